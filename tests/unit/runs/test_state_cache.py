"""The state of each run: read again only where its files have changed, and never out of date."""

import shutil
from dataclasses import replace

import pytest

from core.config.train_config import TrainConfig
from core.runs import run_folder, state_cache
from core.runs.run import Run
from core.runs.schema import Status
from core.runs.state_cache import busy_run, run_states, waiting_runs
from tests.support.runs import finished_status


def states(store):
    return [state for _, state in run_states(store)]


def test_what_has_not_changed_is_not_read_again(store, finished_run, monkeypatch):
    other = store.create(TrainConfig())
    assert states(store) == ["queued", "finished"]
    read, real = [], Run.status
    monkeypatch.setattr(Run, "status", lambda run: read.append(run.id) or real(run))
    assert states(store) == ["queued", "finished"] and read == []
    finished_run.send("resume")
    assert states(store) == ["queued", "queued"] and set(read) == {finished_run.id}
    other.send("stop")
    assert states(store) == ["stopped", "queued"]


def test_a_live_run_is_read_every_time(store, monkeypatch):
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    assert states(store) == ["running"] and busy_run(store).id == run.id
    monkeypatch.setattr(run_folder, "is_process_alive", lambda status: False)
    assert states(store) == ["failed"] and busy_run(store) is None


def test_the_queue_is_in_the_order_of_the_store(store):
    runs = [store.create(TrainConfig()) for _ in range(3)]
    assert busy_run(store).id == runs[0].id
    runs[2].send("first")
    assert [run.id for run in waiting_runs(store)] == [run.id for run in store.queue()]
    assert busy_run(store).id == runs[2].id


@pytest.mark.parametrize("name", ["config.json", "status.json"])
def test_a_damaged_run_does_not_wait(store, finished_run, name):
    run_states(store)
    (finished_run.folder / name).write_bytes(b"[]")
    assert states(store) == ["damaged"] and waiting_runs(store) == []


def test_a_run_that_is_gone_is_forgotten(store, finished_run):
    finished_run.write_status(replace(finished_status(), state="stopped"))
    run_states(store)
    assert finished_run.id in state_cache._states._roots[store.root].known
    shutil.rmtree(finished_run.folder)
    assert run_states(store) == [] and finished_run.id not in state_cache._states._roots[store.root].known
