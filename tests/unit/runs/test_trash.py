"""Deleted runs are restored as they were, and are removed for good in the end."""

import os
import time
from dataclasses import replace

import pytest

from core.config.train_config import TrainConfig
from core.runs import trash
from core.runs.schema import RunError, Status
from core.storage.trash_folder import RETENTION_DAYS


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_deleted_run_comes_back_as_it_was(store, finished_run):
    before = contents(finished_run.folder)
    trash.delete(store, finished_run)
    assert store.all() == [] and [run.id for run in trash.deleted_runs(store)] == [finished_run.id]
    assert trash.size_bytes(store) == sum(map(len, before.values()))
    assert contents(trash.restore(store, finished_run.id).folder) == before
    assert trash.deleted_runs(store) == [] and len(store.all()) == 1


def test_a_queued_run_is_deleted_out_of_the_queue(store):
    run = store.create(TrainConfig())
    trash.delete(store, run)
    assert store.queue() == []


@pytest.mark.parametrize("state", ["running", "paused", "stopping"])
def test_a_run_that_is_trained_is_not_deleted(store, state):
    run = store.create(TrainConfig())
    run.write_status(replace(Status.of_this_process(), state=state))
    with pytest.raises(RunError, match="Stop it first"):
        trash.delete(store, run)
    assert len(store.all()) == 1


def test_a_damaged_run_can_be_deleted(store, finished_run):
    (finished_run.folder / "status.json").write_text("{")
    trash.delete(store, finished_run)
    assert store.all() == []


def test_a_run_that_is_gone_is_an_error_in_words(store, finished_run):
    trash.delete(store, finished_run)
    with pytest.raises(OSError):
        trash.delete(store, finished_run)
    for nothing in ("", "..", "20200101-000000-000-mlp-0000"):
        with pytest.raises(RunError, match="not in the trash any more"):
            trash.restore(store, nothing)


def test_a_run_is_removed_for_good_after_its_time(store):
    old, new = store.create(TrainConfig()), store.create(TrainConfig())
    trash.delete(store, old)
    long_ago = time.time() - (RETENTION_DAYS + 1) * 24 * 3600
    os.utime(trash.trash_folder(store) / old.id, (long_ago, long_ago))
    trash.delete(store, new)
    assert [run.id for run in trash.deleted_runs(store)] == [new.id]


def test_emptied_on_demand(store, finished_run):
    assert trash.empty(store) == 0
    trash.delete(store, finished_run)
    assert trash.empty(store) == 1
    assert trash.deleted_runs(store) == [] and trash.size_bytes(store) == 0


def test_what_is_removed_comes_back_to_the_trash_until_its_time_is_over(store, monkeypatch):
    runs = [store.create(TrainConfig()) for _ in range(2)]
    for run in runs:
        trash.delete(store, run)
    before = {run.id for run in runs}
    assert trash.remove_all(store) == 2
    assert trash.deleted_runs(store) == store.all() == [] and trash.sweep(store) == 0
    trash.undo_removal(store)
    assert {run.id for run in trash.deleted_runs(store)} == before and trash.removed_runs(store) == []
    trash.remove_all(store)
    monkeypatch.setattr(trash, "REMOVAL_DELAY_S", 0.0)
    assert trash.sweep(store) == 2 and trash.removed_runs(store) == []
