"""Several trials at a time, and a cluster that is gone."""

from dataclasses import replace

from core.runs.liveness import CLUSTER_GONE
from core.runs.schema import Mark, MarkKind, RunState
from core.sweeps import owner, sweep_runs
from core.sweeps.sweep import SweepStore
from core.sweeps.swept_field import SweptField
from core.sweeps.view import SweepView
from core.sweeps.works import Slots
from tests.support import sweep_owner
from tests.support.runs import finished_status
from tests.support.sweeps import owned_sweep, sweep_config

GRID = SweptField("learning_rate", options=(0.0003, 0.001, 0.003, 0.01, 0.03))


def values(view):
    return sorted((each.labels["learning_rate"], each.value) for each in view.trials)


def test_as_many_trials_go_on_as_there_are_slots_and_find_the_same(store, monkeypatch):
    alone = owned_sweep(store, monkeypatch, sweep_config(GRID, sampler="grid", trials=5))
    waiting = []

    def end_when_all_slots_are_taken(store):
        waiting.append(len(store.queue()))
        if waiting[-3:] == waiting[-1:] * 3:  # no further one is filed
            sweep_owner.end_waiting_runs(store)

    monkeypatch.setattr(Slots, "count", lambda self: 3)
    sweep = SweepStore(store).create(sweep_config(GRID, sampler="grid", trials=5))
    monkeypatch.setattr(sweep_runs, "start_next", end_when_all_slots_are_taken)
    assert owner.main(str(store.root), sweep.id) == 0, sweep.status().error
    together = SweepView.read(sweep)
    assert max(waiting) == 3
    assert values(together) == values(alone)
    assert together.confirmation.winner == alone.confirmation.winner


def test_the_trials_are_not_read_again_once_the_budget_is_used_up(store, monkeypatch):
    reads = []

    def end_late(store):
        reads.append(0)
        if len(reads) > 50:
            sweep_owner.end_waiting_runs(store)

    sweep = SweepStore(store).create(sweep_config(GRID, sampler="grid", trials=2))
    monkeypatch.setattr(Slots, "count", lambda self: 3)
    monkeypatch.setattr(sweep_runs, "INTERVAL_S", 0.0)
    monkeypatch.setattr(sweep_owner, "RUN_S", 0.0)
    monkeypatch.setattr(sweep_runs, "start_next", end_late)
    monkeypatch.setattr(sweep_runs.process_scheduler, "keep_warm_worker", lambda now: None)
    set_sampler, asked = owner.set_sampler, []
    monkeypatch.setattr(owner, "set_sampler", lambda *args: (asked.append(0), set_sampler(*args)))
    assert owner.main(str(store.root), sweep.id) == 0, sweep.status().error
    assert len(reads) > 50 and len(asked) == 3, "for two trials, and once for none"


def test_a_sweep_whose_cluster_is_gone_says_so_and_is_resumed(store, monkeypatch):
    gone = replace(finished_status(), state=RunState.FAILED, error=f"Nothing answers. {CLUSTER_GONE}")
    sweep = SweepStore(store).create(sweep_config(GRID, sampler="grid", trials=5))
    monkeypatch.setattr(sweep_runs, "INTERVAL_S", 0.0)
    monkeypatch.setattr(sweep_runs, "start_next", lambda store: [run.write_status(gone) for run in store.queue()])
    monkeypatch.setattr(sweep_runs.process_scheduler, "keep_warm_worker", lambda now: None)
    assert owner.main(str(store.root), sweep.id) == 1
    assert sweep.status().state == "failed" and sweep.status().error.endswith(CLUSTER_GONE)

    def end_and_receive(store):
        resumed = [run for run in store.queue() if run.commands()]
        sweep_owner.end_waiting_runs(store)
        for run in resumed:
            run.append_mark(Mark(MarkKind.RESUME, 0, 0.0, 0.0, acknowledged=1))

    monkeypatch.setattr(sweep_owner, "RUN_S", 0.0)
    monkeypatch.setattr(sweep_runs, "start_next", end_and_receive)
    assert owner.main(str(store.root), sweep.id) == 0, sweep.status().error
    view = SweepView.read(sweep)
    assert view.state == "finished" and len(view.trials) == 5
    assert not any(each.error for each in view.trials) and len(store.all()) == 5 + 6
