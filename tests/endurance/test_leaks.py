"""Starting and stopping runs again and again leaves no process, no open file and no memory behind."""

import gc
import sys
import time

import psutil
import pytest

from core.config.train_config import TrainConfig
from core.jobs import launcher, scheduler
from core.jobs.scheduler import process_scheduler

pytestmark = pytest.mark.endurance

ONE_STEP = TrainConfig(hidden_units=8, batch_size=1024, epochs=1)
PATIENCE_S = 300
GROWTH_BYTES = 50 * 2**20

# Takes the run as a worker does and stops, without TensorFlow.
STAND_IN = """
import sys
from filelock import FileLock
from core.runs import RunStore, Status
from dataclasses import replace
store = RunStore(sys.argv[1])
run = store.get(sys.argv[2])
with FileLock(store.lock_path).acquire(timeout=20):
    status = Status.of_this_process()
    run.write_status(status)
    run.write_status(replace(status, state="stopped"))
"""


def wait_until_over(store, run):
    deadline = time.monotonic() + PATIENCE_S
    while not (run.status().is_final and not process_scheduler.workers):
        assert time.monotonic() < deadline, f"waited in vain: {run.status()}"
        scheduler.start_next(store)
        time.sleep(0.01)


def held():
    """What this process holds: open files, memory in bytes, children."""
    gc.collect()
    me = psutil.Process()
    return me.num_fds() if hasattr(me, "num_fds") else me.num_handles(), me.memory_info().rss, len(me.children())


def assert_nothing_stays(before, after):
    assert after[0] <= before[0], f"open files: {before[0]} before, {after[0]} after"
    assert after[1] - before[1] < GROWTH_BYTES, f"{(after[1] - before[1]) / 2**20:.0f} MB more"
    assert after[2] <= before[2], f"child processes: {before[2]} before, {after[2]} after"
    print(f"files {before[0]} → {after[0]}, memory {(after[1] - before[1]) / 2**20:+.1f} MB, children {after[2]}")


def test_a_hundred_runs_of_a_few_steps(store):
    process_scheduler.warm_worker.expect(time.monotonic())
    process_scheduler.keep_warm_worker(time.monotonic())
    wait_until_over(store, start(store, 0))
    before = held()
    for number in range(1, 101):
        process_scheduler.keep_warm_worker(time.monotonic())
        run = start(store, number)
        wait_until_over(store, run)
    process_scheduler.warm_worker.stop()
    assert_nothing_stays((before[0] + 1, *before[1:]), held())
    assert {run.status().state for run in store.all()} <= {"finished", "stopped"}


def start(store, number):
    """Every second run is sent a stop while it loads or learns."""
    run = store.create(ONE_STEP)
    scheduler.start_next(store)
    if number % 2:
        time.sleep(0.03 * number)
        run.send("stop")
    return run


def test_a_thousand_runs_of_a_stand_in(store, monkeypatch, tmp_path):
    real = launcher.subprocess.Popen

    def stand_in(command, **options):
        return real([sys.executable, "-c", STAND_IN, *command[3:]], **options)

    monkeypatch.setattr(launcher.subprocess, "Popen", stand_in)
    wait_until_over(store, started(store))
    before = held()
    for _ in range(1000):
        run = started(store)
        wait_until_over(store, run)
        assert run.status().state == "stopped"
        run.folder.rename(tmp_path / run.id)  # so that a thousand of them are not looked through each time
    assert_nothing_stays(before, held())


def started(store):
    run = store.create(ONE_STEP)
    scheduler.start_next(store)
    return run
