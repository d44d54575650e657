"""Training processes, with real ones: they train alone, one at a time, and the queue outlives a killed one."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from filelock import FileLock

from core import launcher
from core.config import TrainConfig
from core.networks import import_keras
from core.runs import state_of
from tests.conftest import finished_status

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120
QUICK = TrainConfig(hidden_units=8, batch_size=512, epochs=1)
LONG = TrainConfig(hidden_units=8, batch_size=64, epochs=200)


@pytest.fixture(autouse=True)
def no_trainer_outlives_its_test(store):
    yield
    for run in store.all():
        if run.status().is_live:
            psutil.Process(run.status().pid).kill()
    for _, trainer in launcher._trainers.values():
        trainer.kill()
        trainer.wait()
    launcher._trainers.clear()


def wait_until(true, meanwhile=lambda: None):
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        meanwhile()
        time.sleep(0.05)


def epochs_of(run):
    rows = run.metrics().rows
    return rows[-1]["epoch"] if rows else 0


def zombies():
    return [child for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_the_queue_goes_on_after_a_killed_trainer_and_without_anybody_tending(store):
    killed, second, third = (store.create(config) for config in (LONG, QUICK, QUICK))
    launcher.tend(store)
    wait_until(lambda: epochs_of(killed) >= 1, meanwhile=lambda: launcher.tend(store))
    trainer = psutil.Process(killed.status().pid)
    assert trainer in psutil.Process().children(), "a process of its own"

    somebody_else = "import sys; from core import launcher, runs; launcher.tend(runs.RunStore(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", somebody_else, store.root], cwd=PROJECT, check=True)
    assert [state_of(run) for run in (killed, second, third)] == ["running", "queued", "queued"]

    trainer.send_signal(signal.SIGKILL)
    wait_until(lambda: killed.status().state == "failed")
    assert killed.status().error.startswith("The training process is gone without a word")
    wait_until(lambda: second.status().state != "queued", meanwhile=lambda: launcher.tend(store))
    assert third.status().state == "queued", "one run trains at a time"

    wait_until(lambda: third.status().is_final)
    assert [run.status().state for run in (second, third)] == ["finished", "finished"]
    assert second.status().ended <= third.status().started
    for run in (second, third):
        assert run.report()["count"] == 10_000 and run.report()["accuracy"] > 0.5
        assert run.has_model and epochs_of(run) == 1
    wait_until(lambda: not launcher._trainers, meanwhile=lambda: launcher.tend(store))
    assert not zombies()


def test_stop_in_the_middle_keeps_the_newest_whole_epoch(store):
    run = store.create(LONG)
    launcher.tend(store)
    wait_until(lambda: epochs_of(run) >= 1)
    run.send("stop")
    wait_until(lambda: run.status().is_final)
    assert run.status().state == "stopped" and run.report() is None
    checkpoint = run.checkpoint()
    assert 1 <= checkpoint["epoch"] == int(epochs_of(run)) < 200
    first_weight = import_keras().saving.load_model(run.model_path).get_weights()[0]
    assert np.array_equal(first_weight, checkpoint["model.0"])


def test_stop_while_tensorflow_is_loading_ends_at_once_and_frees_the_queue(store):
    run = store.create(LONG)
    launcher.tend(store)
    wait_until(lambda: run.status().state == "running")
    run.send("stop")
    wait_until(lambda: run.status().is_final)
    assert (run.status().state, run.status().error) == ("stopped", "")
    assert not run.has_model and run.metrics().rows == ()
    wait_until(lambda: not launcher._trainers, meanwhile=lambda: launcher.tend(store))
    assert not zombies()
    with FileLock(store.lock_path).acquire(timeout=0):
        pass


def test_of_two_trainers_of_one_run_one_trains(store):
    run = store.create(QUICK)
    command = [sys.executable, "-m", "core.launcher", store.root, run.id]
    trainers = [subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert {trainer.wait(PATIENCE_S) for trainer in trainers} == {0, launcher._NOT_MY_TURN}
    assert run.status().state == "finished"
    assert run.status().pid in {trainer.pid for trainer in trainers}
    steps = [row["step"] for row in run.metrics().rows if "val_loss" not in row]
    assert steps == sorted(set(steps)), "one process wrote them"


def test_a_trainer_that_cannot_start_is_reported_and_the_queue_goes_on(store, monkeypatch):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    first, second = store.create(QUICK), store.create(QUICK)
    wait_until(lambda: not store.queue() and not launcher._trainers, meanwhile=lambda: launcher.tend(store))
    for run in (first, second):
        assert run.status().state == "failed"
        assert run.status().error == "The training process could not start; train.log in the run's folder says why."
        assert run.log_path.exists()


def test_nothing_is_started_while_somebody_trains(store):
    run = store.create(QUICK)
    with FileLock(store.lock_path):
        launcher.tend(store)
        assert not launcher._trainers and run.status().state == "queued"


def test_nothing_is_started_for_an_empty_queue(store):
    launcher.tend(store)
    store.create(QUICK).send("stop")
    store.create(QUICK).write_status(finished_status())
    launcher.tend(store)
    assert not launcher._trainers


def test_a_trainer_whose_turn_it_is_not_leaves_the_run_alone(store, monkeypatch):
    monkeypatch.setattr(launcher, "_LOCK_WAIT_S", 0.1)
    waiting, done = store.create(QUICK), store.create(QUICK)
    done.write_status(finished_status())
    assert launcher.main(str(store.root), done.id) == launcher._NOT_MY_TURN
    with FileLock(store.lock_path):
        assert launcher.main(str(store.root), waiting.id) == launcher._NOT_MY_TURN
    assert waiting.status().state == "queued" and done.status().state == "finished"
