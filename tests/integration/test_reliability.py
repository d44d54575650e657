"""Servers that are killed or share a folder, clocks that are set, folders that vanish: no other run is harmed."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from core.config.train_config import TrainConfig
from core.jobs import scheduler
from core.runs.schema import RunError, Status
from core.storage import atomic
from tests.support.processes import LONG, QUICK, epochs_of, wait_until

PROJECT = Path(__file__).resolve().parents[2]

# What a server does for the queue, without the pages.
SERVER = """
import sys, time
from core.jobs import expect_training, run_scheduler
from core.runs import RunStore
expect_training()
run_scheduler(RunStore(sys.argv[1]))
time.sleep(600)
"""


@pytest.fixture
def serve(store):
    """Start a process that runs the scheduler, as often as this is called; all end with the test."""
    servers = []

    def start():
        servers.append(subprocess.Popen([sys.executable, "-c", SERVER, store.root], cwd=PROJECT))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()
        server.wait()


def test_a_run_outlives_its_killed_server_and_another_server_goes_on_with_the_queue(store, serve):
    first, second = store.create(TrainConfig(hidden_units=8, batch_size=256, epochs=12)), store.create(QUICK)
    server = serve()
    wait_until(lambda: epochs_of(first) >= 1)
    server.kill()
    server.wait()
    assert first.status().state == "running"
    serve()
    wait_until(lambda: first.status().is_final and second.status().is_final)
    assert [run.status().state for run in (first, second)] == ["finished", "finished"]
    assert epochs_of(first) == 12


def test_two_servers_on_one_folder_train_each_run_once_and_one_at_a_time(store, serve):
    runs = [store.create(QUICK) for _ in range(3)]
    serve(), serve()
    wait_until(lambda: all(run.status().is_final for run in runs))
    assert [run.status().state for run in runs] == ["finished"] * 3
    for run in runs:
        steps = [row.step for row in run.metrics().rows if row.val_loss is None]
        assert steps == sorted(set(steps)), "one process wrote them"
    spans = sorted((run.status().started, run.status().ended) for run in runs)
    assert all(ended <= started for (_, ended), (started, _) in zip(spans, spans[1:], strict=False))


def test_a_folder_that_is_deleted_while_its_run_trains_ends_the_worker_and_frees_the_queue(store):
    gone, following = store.create(LONG), store.create(QUICK)
    scheduler.start_next(store)
    wait_until(lambda: epochs_of(gone) >= 1)
    process = psutil.Process(gone.status().pid)
    while gone.folder.exists():  # the worker writes meanwhile
        shutil.rmtree(gone.folder, ignore_errors=True)
    with pytest.raises(RunError, match="is gone"):
        gone.status()
    wait_until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
    wait_until(lambda: following.status().is_final, meanwhile=lambda: scheduler.start_next(store))
    assert following.status().state == "finished"
    assert [run.id for run in store.all()] == [following.id]


def test_a_reader_never_sees_half_a_file_that_is_being_replaced(tmp_path):
    path, wrong = tmp_path / "status", []
    atomic.replace_json(path, {"n": 0, "long": "0" * 5000})
    over = threading.Event()

    def read():
        while not over.is_set():
            text = path.read_text()
            wrong.append(text) if not text.endswith("}") else None

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(300):
        atomic.replace_json(path, {"n": number, "long": str(number % 10) * 5000})
    over.set()
    reader.join()
    assert wrong == []


@pytest.mark.parametrize("back_s", [3600.0, -3600.0], ids=["set back", "set forward"])
def test_a_clock_that_is_set_loses_no_live_run(store, monkeypatch, back_s):
    run, waiting = store.create(QUICK), store.create(QUICK)
    run.write_status(Status.of_this_process())
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - back_s)
    assert run.status().state == "running" and [each.id for each in store.queue()] == [waiting.id]
    run.send("pause")
    run.send("resume")
    assert run.halt() is None, "what counts is the order, not the time"
