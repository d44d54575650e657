"""A real worker that can write no more fails in words, keeps its newest whole checkpoint, and goes on from it."""

import sys

import pytest

from core.config.train_config import TrainConfig
from core.jobs.scheduler import process_scheduler
from tests.support.endurance import assert_ends_like, drive, is_over, newest

pytestmark = pytest.mark.endurance


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux can another process be limited")
def test_a_worker_that_can_write_no_more_keeps_its_newest_whole_checkpoint(store):
    """Its files may not grow any further from now on: to a process, that is a full disk."""
    import resource

    config = TrainConfig(hidden_units=32, batch_size=128, epochs=20, dropout=0.5)
    whole = store.create(config)
    drive(store, whole, is_over)
    cut = store.create(config)
    drive(store, cut, lambda run: newest(run) >= 1)
    cut.send("pause")
    drive(store, cut, lambda run: run.status().state == "paused")
    resource.prlimit(cut.status().pid, resource.RLIMIT_FSIZE, (32 * 1024, resource.RLIM_INFINITY))
    cut.send("resume")
    drive(store, cut, lambda run: is_over(run) and not process_scheduler.workers)
    assert cut.status().state == "failed"
    assert cut.status().error == "No space is left on the disk. Free some, then press Resume: the run goes on."
    assert 1 <= cut.checkpoint()["epoch"] < config.epochs
    assert not [path.name for path in cut.folder.iterdir() if path.name.startswith(".")], "no half file is left"
    cut.send("resume")
    drive(store, cut, is_over)
    assert cut.status().state == "finished"
    assert_ends_like(cut, whole)
