"""Starting the process of a sweep in a class: each person has one sweep at a time, and it keeps no warm worker."""

from dataclasses import replace

import pytest
from filelock import FileLock

from core.people import People
from core.runs.schema import RunState
from core.runs.store import RunStore
from core.sweeps import start, sweep_runs
from core.sweeps.start import check_may_start, start_owner
from core.sweeps.sweep import SweepError, SweepStore
from tests.support.sweeps import sweep_config


@pytest.fixture
def anna(store):
    """The runs folder of somebody in a class."""
    return RunStore(People(store.root).join("Anna", 10)[0].root)


@pytest.fixture
def started(monkeypatch):
    """The arguments of the processes that were started; none really is."""
    found = []

    def start_module(module, arguments, log):
        found.append(arguments)
        return Process()

    monkeypatch.setattr(start.launcher, "start_module", start_module)
    return found


class Process:
    """A process that ends at once."""

    pid, returncode = 1, 1

    def poll(self):
        return self.returncode


def live_sweep(store):
    sweep = SweepStore(store).create(sweep_config(name="Rates"))
    sweep.begin()
    return sweep


def test_a_second_sweep_of_one_person_waits_for_the_first(anna, started):
    live, second = live_sweep(anna), SweepStore(anna).create(sweep_config())
    for refused in (lambda: check_may_start(anna), lambda: start_owner(second)):
        with pytest.raises(SweepError, match=r"^Your sweep Rates is running already: .* one at a time\. Stop it first"):
            refused()
    assert started == []
    live.write_status(replace(live.status(), state=RunState.STOPPED))
    check_may_start(anna)
    with pytest.raises(SweepError, match="could not start"):
        start_owner(second)
    assert len(started) == 1


def test_a_sweep_that_runs_is_not_in_its_own_way(anna, started):
    with pytest.raises(SweepError, match="is run by process .* already: a sweep has one"):
        start_owner(live_sweep(anna))


def test_of_two_that_are_started_at_the_same_moment_one_waits(anna, started, monkeypatch):
    monkeypatch.setattr(start, "_PATIENCE_S", 0.05)
    sweep = SweepStore(anna).create(sweep_config())
    with FileLock(sweep.folder.parent / ".starting.lock"), pytest.raises(SweepError, match="is being started"):
        start_owner(sweep)
    assert started == []


def test_without_a_class_and_for_the_teacher_many_sweeps_run(store, anna, started):
    live_sweep(anna)
    live_sweep(store)
    check_may_start(store)
    with pytest.raises(SweepError, match="could not start"):
        start_owner(SweepStore(store).create(sweep_config()))
    assert len(started) == 1


def test_in_a_class_the_process_of_a_sweep_keeps_no_warm_worker(store, anna, monkeypatch):
    monkeypatch.setattr(sweep_runs, "start_next", lambda store: None)
    monkeypatch.setattr(sweep_runs, "INTERVAL_S", 0.0)
    kept = []
    monkeypatch.setattr(sweep_runs.process_scheduler, "keep_warm_worker", kept.append)
    for each in (anna, store):
        sweep_runs.SweepRuns(each, "sweep", "Sweep", lambda waits_for: None).look_after()
        assert len(kept) == (each is store)
