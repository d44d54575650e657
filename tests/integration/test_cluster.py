"""Runs that are trained on a cluster of two workers on this machine: live, steerable, and not lost with a worker."""

import psutil
import pytest

from core.config.train_config import TrainConfig
from core.jobs.scheduler import start_next
from core.runs.quota import file_run
from core.runs.store import RunStore
from core.sweeps.start import start_owner
from core.sweeps.sweep import SweepStore
from core.sweeps.sweep_config import SweepConfig
from core.sweeps.sweep_runs import NO_TRIAL, runs_of_sweep
from core.sweeps.swept_field import SweptField
from core.sweeps.view import SweepView
from tests.support.cluster import Cluster, queues_of, trainings, wait_for_workers
from tests.support.processes import wait_until
from tests.support.runs import assert_same

# So many epochs that a run is not over before its worker is killed.
CONFIG = TrainConfig(hidden_units=32, epochs=20, training_share=0.2, batch_size=32, dropout=0.2)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("cluster"), workers=2) as cluster:
        wait_for_workers(cluster.address, 2)
        yield cluster


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run of the recipe that was trained here."""
    store = RunStore(tmp_path_factory.mktemp("whole"))
    run = store.create(CONFIG)
    start_next(store)
    wait_until(lambda: run.status().is_final)
    return run


def assert_same_with_figures(first, second):
    assert_same(first, second)
    figures = [[(row.step, row.val_loss) for row in run.metrics().rows if row.val_loss] for run in (first, second)]
    assert figures[0] == figures[1] and len(figures[0]) == CONFIG.epochs


def filed(store, cluster, config=CONFIG):
    run = file_run(store, config, cluster.address)
    start_next(store)
    return run


def test_a_run_ends_with_the_weights_of_one_that_was_trained_here(store, cluster, whole):
    run = filed(store, cluster)
    wait_until(lambda: run.status().is_final)
    assert run.status().state == "finished", run.status().error
    assert_same_with_figures(run, whole)
    assert run.has_model and run.predictions() is not None and run.snapshots.steps() == whole.snapshots.steps()


def test_a_run_goes_on_where_its_worker_was_killed(store, cluster, whole):
    run = filed(store, cluster)
    wait_until(lambda: run.checkpoint() is not None)
    (busy,) = cluster.busy_workers()
    (training,) = trainings(cluster.workers[busy].pid)
    cluster.kill_worker(busy)
    cluster.add_worker()
    wait_until(lambda: not training.is_running() or training.status() == psutil.STATUS_ZOMBIE)
    wait_until(lambda: run.status().is_final)
    assert run.status().state == "finished", run.status().error
    assert_same_with_figures(run, whole)
    assert "is lost" in run.log_path.read_text() and run.snapshots.steps() == whole.snapshots.steps()


def test_two_runs_train_at_once_and_follow_commands(store, cluster):
    config = CONFIG.changed({"epochs": 100})
    first, second = filed(store, cluster, config), filed(store, cluster, config)
    wait_until(lambda: first.has_metrics and second.has_metrics)
    first.send("pause")
    wait_until(lambda: first.status().state == "paused")
    second.send("rate", 0.005)
    wait_until(lambda: any(mark.kind == "rate" for mark in second.marks()))
    first.send("stop")
    second.send("stop")
    wait_until(lambda: first.status().state == second.status().state == "stopped")
    assert [mark.kind for mark in first.marks()] == ["pause", "stop"]
    wait_until(lambda: not cluster.busy_workers())
    wait_until(lambda: queues_of(cluster.address) == [])  # of these, and of the worker that was killed before


def test_a_sweep_keeps_a_trial_going_on_each_worker_with_one_follower_for_each(store, cluster):
    config = SweepConfig(
        CONFIG.changed({"epochs": 2, "validation_images": 5000}),
        (SweptField("learning_rate", options=(0.001, 0.003, 0.01)),),
        sampler="grid",
        trials=3,
        cluster=cluster.address,
    )
    sweep = SweepStore(store).create(config)
    start_owner(sweep)
    wait_until(lambda: SweepView.read(sweep).told == 3)
    sweep.request_stop()
    wait_until(lambda: sweep.status().is_final)
    assert sweep.status().state == "stopped", sweep.status().error
    trials = [store.get(each.id) for each in runs_of_sweep(store, sweep.id) if each.trial != NO_TRIAL]
    first, second, third = sorted(trials, key=lambda run: run.created)
    assert {each.cluster for each in (first, second, third)} == {cluster.address}
    assert second.created < first.status().ended, "none waits for the other"
    assert third.status().pid in (first.status().pid, second.status().pid), "Dask is loaded once for each worker"


def test_a_run_goes_on_when_the_scheduler_was_killed_and_is_there_again(store, cluster, whole):
    run = filed(store, cluster)
    wait_until(lambda: run.checkpoint() is not None)
    cluster.kill_scheduler()
    cluster.start_scheduler()
    cluster.add_worker()
    cluster.add_worker()
    wait_until(lambda: run.status().is_final)
    assert run.status().state == "finished", run.status().error
    assert_same_with_figures(run, whole)
