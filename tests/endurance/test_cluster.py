"""A run on a cluster whose process on this machine is killed, and a task whose process here is gone."""

import psutil
import pytest

from core.config.train_config import TrainConfig
from core.jobs.scheduler import start_next
from core.runs.quota import file_run
from tests.support.cluster import Cluster, wait_for_workers
from tests.support.endurance import assert_ends_like, drive, is_over
from tests.support.processes import wait_until

pytestmark = pytest.mark.endurance

CONFIG = TrainConfig(hidden_units=32, epochs=20, training_share=0.2, batch_size=32, dropout=0.2)


def test_a_run_whose_follower_was_killed_is_resumed_and_its_task_ends(store, tmp_path):
    whole = file_run(store, CONFIG)
    drive(store, whole, is_over)
    with Cluster(tmp_path, workers=2) as cluster:
        wait_for_workers(cluster.address, 2)
        run = file_run(store, CONFIG, cluster.address)
        drive(store, run, lambda run: run.checkpoint() is not None)
        psutil.Process(run.status().pid).kill()
        wait_until(lambda: run.status().is_final)
        assert run.status().state == "failed" and "Resume goes on" in run.status().error
        run.send("resume")
        drive(store, run, is_over)
        assert_ends_like(run, whole)
        wait_until(lambda: not cluster.busy_workers(), meanwhile=lambda: start_next(store))


def test_a_run_whose_cluster_is_gone_fails_with_a_sentence(store, tmp_path):
    with Cluster(tmp_path, workers=1) as cluster:
        wait_for_workers(cluster.address, 1)
        run = file_run(store, CONFIG, cluster.address)
        drive(store, run, lambda run: run.checkpoint() is not None)
    drive(store, run, is_over)
    assert run.status().state == "failed" and "when the cluster is there again" in run.status().error
    run.set_cluster(None)
    run.send("resume")
    drive(store, run, is_over)
    assert run.status().state == "finished"
