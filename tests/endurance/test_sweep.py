"""A sweep that really trains, its owning process and its workers killed, ends as one that was left in peace."""

import contextlib
import random
import time

import psutil
import pytest

from core.config.train_config import TrainConfig
from core.runs.schema import RunError
from core.sweeps.start import start_owner
from core.sweeps.sweep import SweepStore
from core.sweeps.sweep_config import SweepConfig
from core.sweeps.sweep_runs import NO_TRIAL, runs_of_sweep
from core.sweeps.swept_field import SweptField
from core.sweeps.view import SweepView
from tests.support.endurance import PATIENCE_S

pytestmark = pytest.mark.endurance

KILLS = 10
FIELDS = (
    SweptField("learning_rate", options=(0.001, 0.01)),
    SweptField("hidden_units", options=(16, 32, 64)),
)
BASE = TrainConfig(hidden_units=16, epochs=4, training_share=0.2, batch_size=128)


def await_end(sweep, kill_after=None):
    """Wait until the sweep's process has ended, killed after so many seconds if it is to be."""
    ends = time.monotonic() + (kill_after or PATIENCE_S)
    while time.monotonic() < ends and not sweep.status().is_final:
        time.sleep(0.02)
    if kill_after is None:
        assert sweep.status().is_final, "waited in vain"


def kill(pid):
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.kill()
        psutil.wait_procs([process], 10)


def worker_of(sweep):
    """The process that trains a run now, None where there is none."""
    for run in sweep.store.all():
        try:
            status = run.status()
        except RunError:
            continue
        if status.is_live:
            return status.pid
    return None


def values(view):
    return sorted((tuple(each.labels.items()), each.value) for each in view.trials)


def test_a_sweep_whose_processes_are_killed_ends_as_one_left_in_peace(store):
    whole, cut = (SweepStore(store).create(SweepConfig(BASE, FIELDS, sampler="grid", trials=6)) for _ in range(2))
    start_owner(whole)
    await_end(whole)
    moments = random.Random(0)
    for number in range(KILLS):
        start_owner(cut)
        await_end(cut, moments.uniform(0.5, 6.0))
        assert not cut.status().is_final, "it ended before all kills"
        worker = worker_of(cut) if number % 2 else None
        kill(cut.status().pid)
        if worker:
            kill(worker)
    start_owner(cut)
    await_end(cut)
    first, second = (SweepView.read(each) for each in (whole, cut))
    assert second.state == "finished", second.sentence()
    assert values(first) == values(second), "to the last bit"
    assert first.confirmation.winner == second.confirmation.winner
    runs = runs_of_sweep(store, cut.id)
    assert len(runs) == 6 + 6 and sum(each.trial == NO_TRIAL for each in runs) == 6
    assert {each.id for each in runs if each.trial != NO_TRIAL} == {id for each in second.trials for id in each.run_ids}
