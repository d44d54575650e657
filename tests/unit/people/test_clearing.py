"""What the teacher stops or removes stays stopped: a person's sweeps too, which would file more runs."""

import threading
import time
from dataclasses import replace

from core.config.train_config import TrainConfig
from core.people import clearing
from core.people.clearing import remove_class, remove_person, stop_runs
from core.runs.schema import RunState
from core.runs.store import RunStore
from core.sweeps.sweep import SweepStore
from tests.support.sweeps import sweep_config

CONFIG = TrainConfig(hidden_units=8)


def live_sweep(person):
    """A sweep of a person that this process owns."""
    sweep = SweepStore(RunStore(person.root)).create(sweep_config())
    sweep.begin()
    return sweep


def end_when_asked(sweep, seen):
    """Play the process that owns a sweep: end it once that is asked for, and note whether its folder was there."""

    def own():
        while sweep.is_here and not sweep.is_stop_requested():
            time.sleep(0.01)
        seen.append(sweep.is_here)
        if sweep.is_here:
            sweep.write_status(replace(sweep.status(), state=RunState.STOPPED))

    owner = threading.Thread(target=own)
    owner.start()
    return owner


def test_a_persons_sweeps_are_stopped_before_the_runs(anna, monkeypatch):
    sweep, run = live_sweep(anna), RunStore(anna.root).create(CONFIG)
    real, asked = clearing.stop_run, []
    monkeypatch.setattr(clearing, "stop_run", lambda each: asked.append(sweep.is_stop_requested()) or real(each))
    assert stop_runs(anna) == 1
    assert run.status().state is RunState.STOPPED and asked == [True]


def test_sweeps_that_have_ended_or_are_damaged_are_left_alone(anna):
    ended, damaged = live_sweep(anna), live_sweep(anna)
    ended.write_status(replace(ended.status(), state=RunState.FINISHED))
    (damaged.folder / "owner.json").write_text("[3]")
    run = RunStore(anna.root).create(CONFIG)
    assert stop_runs(anna) == 1 and run.status().is_final
    assert not ended.is_stop_requested() and not damaged.is_stop_requested()


def test_a_persons_sweep_has_ended_before_the_workspace_is_removed(people, anna):
    seen = []
    owner = end_when_asked(live_sweep(anna), seen)
    remove_person(people, anna)
    owner.join()
    assert seen == [True] and people.all() == []


def test_with_the_class_all_sweeps_are_stopped_at_once(people, anna):
    ben, seen = people.join("Ben", 10)[0], []
    sweeps = [live_sweep(each) for each in (anna, ben)]
    owners = [end_when_asked(each, seen) for each in sweeps]
    assert remove_class(people.root) == 2
    for each in owners:
        each.join()
    assert seen == [True, True] and people.all() == []


def test_a_sweep_that_does_not_end_delays_a_removal_for_a_moment_only(people, anna, monkeypatch):
    monkeypatch.setattr(clearing, "_PATIENCE_S", 0.05)
    live_sweep(anna)
    remove_person(people, anna)
    assert people.all() == []
