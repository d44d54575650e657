"""Training processes, with real ones: they train alone, one at a time, and the queue outlives a killed one."""

import errno
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

from core.config.train_config import TrainConfig
from core.jobs import scheduler, worker
from core.jobs.scheduler import process_scheduler
from core.jobs.warm_worker import WarmWorker
from core.networks.builder import import_keras
from core.runs.run import Run
from tests.support.processes import LONG, PATIENCE_S, QUICK, epochs_of, wait_until
from tests.support.runs import finished_status

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def earlier():
    """Return the children of this process that the tests before have left."""
    return set(psutil.Process().children())


def zombies(earlier):
    return [child for child in set(psutil.Process().children()) - earlier if child.status() == psutil.STATUS_ZOMBIE]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_the_queue_goes_on_after_a_killed_worker_without_any_server(store, earlier):
    killed, second, third = (store.create(config) for config in (LONG, QUICK, QUICK))
    scheduler.start_next(store)
    wait_until(lambda: epochs_of(killed) >= 1, meanwhile=lambda: scheduler.start_next(store))
    process = psutil.Process(killed.status().pid)
    assert process in psutil.Process().children(), "a process of its own"

    another_process = (
        "import sys; from core.jobs import start_next; from core.runs import RunStore; "
        "start_next(RunStore(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", another_process, store.root], cwd=PROJECT, check=True)
    assert [run.status().state for run in (killed, second, third)] == ["running", "queued", "queued"]

    process.send_signal(signal.SIGKILL)
    wait_until(lambda: killed.status().state == "failed")
    assert killed.status().error.startswith("The training process ended without saying why")
    wait_until(lambda: second.status().state != "queued", meanwhile=lambda: scheduler.start_next(store))
    assert third.status().state == "queued", "one run trains at a time"

    wait_until(lambda: third.status().is_final)
    assert [run.status().state for run in (second, third)] == ["finished", "finished"]
    assert second.status().ended <= third.status().started
    for run in (second, third):
        assert run.report().count == 10_000 and run.report().accuracy > 0.5
        assert run.has_model and epochs_of(run) == 1
    wait_until(lambda: not process_scheduler.workers, meanwhile=lambda: scheduler.start_next(store))
    assert not zombies(earlier)


def test_stop_in_the_middle_keeps_the_newest_whole_epoch(store):
    run = store.create(LONG)
    scheduler.start_next(store)
    wait_until(lambda: epochs_of(run) >= 1)
    run.send("stop")
    wait_until(lambda: run.status().is_final)
    assert run.status().state == "stopped" and run.report() is None
    checkpoint = run.checkpoint()
    assert 1 <= checkpoint["epoch"] == int(epochs_of(run)) < 200
    first_weight = import_keras().saving.load_model(run.model_path).get_weights()[0]
    assert np.array_equal(first_weight, checkpoint["model.0"])


def test_stop_while_tensorflow_is_loading_ends_at_once_and_frees_the_queue(store, earlier):
    run = store.create(LONG)
    scheduler.start_next(store)
    wait_until(lambda: run.status().state == "running")
    run.send("stop")
    wait_until(lambda: run.status().is_final)
    assert (run.status().state, run.status().error) == ("stopped", "")
    assert not run.has_model and run.metrics().rows == ()
    wait_until(lambda: not process_scheduler.workers, meanwhile=lambda: scheduler.start_next(store))
    assert not zombies(earlier)
    with FileLock(store.lock_path).acquire(timeout=0):
        pass


def test_of_two_workers_of_one_run_one_trains(store):
    run = store.create(QUICK)
    command = [sys.executable, "-m", "core.jobs.worker", store.root, run.id]
    workers = [subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert {each.wait(PATIENCE_S) for each in workers} == {0, scheduler.EXIT_NOT_ACQUIRED}
    assert run.status().state == "finished"
    assert run.status().pid in {each.pid for each in workers}
    steps = [row.step for row in run.metrics().rows if row.val_loss is None]
    assert steps == sorted(set(steps)), "one process wrote them"


def test_a_worker_that_cannot_start_is_reported_and_the_queue_goes_on(store, monkeypatch):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    first, second = store.create(QUICK), store.create(QUICK)
    wait_until(
        lambda: not store.queue() and not process_scheduler.workers, meanwhile=lambda: scheduler.start_next(store)
    )
    for run in (first, second):
        assert run.status().state == "failed"
        assert run.status().error == "The training process could not start; train.log in the run's folder says why."
        assert run.log_path.exists()


def dead_worker_of(run, monkeypatch):
    """A worker of the run that ended before it wrote a status; returns the ids of the runs that are started since."""
    started = []
    monkeypatch.setattr(process_scheduler, "start_worker", lambda run: started.append(run.id))
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"])
    process.wait()
    process_scheduler.workers[run.id] = run, process
    return started


def test_a_run_whose_worker_could_not_start_is_tried_again_when_it_is_resumed(store, monkeypatch):
    run = store.create(QUICK)
    started = dead_worker_of(run, monkeypatch)
    scheduler.start_next(store)
    assert run.status().state == "failed" and started == []
    run.send("resume")
    scheduler.start_next(store)
    assert started == [run.id]


def test_a_worker_that_could_not_start_on_a_full_disk_is_not_tried_again_by_itself(store, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    run = store.create(QUICK)
    started = dead_worker_of(run, monkeypatch)
    with monkeypatch.context() as disk:
        disk.setattr(Run, "write_status", full)
        with pytest.raises(OSError, match="No space"):
            scheduler.start_next(store)
    scheduler.start_next(store)
    assert run.status().state == "queued" and started == []
    run.send("resume")
    scheduler.start_next(store)
    assert started == [run.id]


def test_nothing_is_started_while_somebody_trains(store):
    run = store.create(QUICK)
    with FileLock(store.lock_path):
        scheduler.start_next(store)
        assert not process_scheduler.workers and run.status().state == "queued"


def test_nothing_is_started_for_an_empty_queue(store):
    scheduler.start_next(store)
    store.create(QUICK).send("stop")
    store.create(QUICK).write_status(finished_status())
    scheduler.start_next(store)
    assert not process_scheduler.workers


def test_a_worker_that_does_not_acquire_the_run_leaves_it_alone(store, monkeypatch):
    monkeypatch.setattr(worker, "_LOCK_WAIT_S", 0.1)
    waiting, done = store.create(QUICK), store.create(QUICK)
    done.write_status(finished_status())
    assert worker.main(str(store.root), done.id) == scheduler.EXIT_NOT_ACQUIRED
    with FileLock(store.lock_path):
        assert worker.main(str(store.root), waiting.id) == scheduler.EXIT_NOT_ACQUIRED
    assert waiting.status().state == "queued" and done.status().state == "finished"


def test_a_worker_leaves_a_run_to_the_cluster_it_was_given_to_meanwhile(store):
    given, followed = store.create(QUICK, lambda new: new.set_cluster("tcp://127.0.0.1:9")), store.create(QUICK)
    assert worker.main(str(store.root), given.id) == scheduler.EXIT_NOT_ACQUIRED
    with FileLock(followed.follower_lock_path):
        assert worker.main(str(store.root), followed.id) == scheduler.EXIT_NOT_ACQUIRED
    assert given.status().state == followed.status().state == "queued"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.EACCES, "Permission denied", "x.npz"), "x.npz cannot be opened: permission is denied."),
        (OSError(errno.ENOSPC, "No space left on device"), "No space is left on the disk. Free some, then try again."),
        (ImportError("TensorFlow is missing."), "TensorFlow is missing."),
    ],
)
def test_what_keeps_a_worker_from_training_is_a_sentence_of_the_run(store, monkeypatch, error, sentence):
    def fails():
        raise error

    run = store.create(QUICK)
    monkeypatch.setattr(worker, "_import_training", fails)
    assert worker.main(str(store.root), run.id) == 1
    assert run.status().state == "failed" and run.status().error.startswith(sentence)


# The warm worker


@pytest.fixture
def warm_worker(monkeypatch):
    """A warm worker of this test alone, with a run expected at second 0."""
    monkeypatch.setattr(process_scheduler, "warm_worker", WarmWorker())
    process_scheduler.warm_worker.expect(0.0)
    yield process_scheduler.warm_worker
    process_scheduler.warm_worker.stop()


def test_a_warm_worker_takes_a_run_once_and_is_replaced(store, warm_worker):
    process_scheduler.keep_warm_worker(1.0)
    first = warm_worker.process
    process_scheduler.keep_warm_worker(2.0)
    assert warm_worker.process is first, "one is enough"
    run = store.create(QUICK)
    scheduler.start_next(store)
    assert warm_worker.process is None
    process_scheduler.keep_warm_worker(3.0)
    assert warm_worker.process is None or run.has_metrics, "the first point comes first"
    wait_until(lambda: run.has_metrics)
    assert run.status().pid == first.pid
    process_scheduler.keep_warm_worker(4.0)
    assert warm_worker.process.pid != first.pid
    wait_until(lambda: run.status().is_final)
    assert run.status().state == "finished" and run.log_path.exists()


def test_a_warm_worker_is_kept_only_while_a_run_is_expected(store, warm_worker):
    process_scheduler.keep_warm_worker(599.0)
    process = warm_worker.process
    assert process.poll() is None
    process_scheduler.keep_warm_worker(601.0)
    assert warm_worker.process is None and process.returncode is not None
    process_scheduler.keep_warm_worker(602.0)
    assert warm_worker.process is None
    warm_worker.expect(700.0)
    process_scheduler.keep_warm_worker(701.0)
    assert warm_worker.process.poll() is None


def test_there_is_no_warm_worker_where_no_run_is_expected(monkeypatch):
    warm_worker = WarmWorker()
    monkeypatch.setattr(process_scheduler, "warm_worker", warm_worker)
    process_scheduler.keep_warm_worker(time.monotonic())
    assert warm_worker.process is None


def test_a_warm_worker_that_is_gone_costs_no_run(store, warm_worker):
    process_scheduler.keep_warm_worker(1.0)
    warm_worker.process.kill()
    warm_worker.process.wait()
    process_scheduler.keep_warm_worker(2.0)
    assert warm_worker.process.poll() is not None, "what fails at once is not tried at once"
    run = store.create(QUICK)
    scheduler.start_next(store)
    wait_until(lambda: run.status().is_final)
    assert run.status().state == "finished"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_warm_worker_ends_with_its_server(store):
    keeps = (
        "import time; from core.jobs.scheduler import expect_training, process_scheduler as scheduler; "
        "expect_training(); scheduler.keep_warm_worker(time.monotonic()); "
        "print(scheduler.warm_worker.process.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", keeps], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        waiting = psutil.Process(int(server.stdout.readline()))
        server.kill()
    waiting.wait(PATIENCE_S)
    assert not waiting.is_running()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_is_resumed_to_the_same_bits(store):
    config = TrainConfig(hidden_units=32, batch_size=128, epochs=6, dropout=0.5)
    whole, cut = store.create(config), store.create(config)
    cut.send("first")
    for epoch in (0.5, 3.2):
        wait_until(lambda epoch=epoch: epochs_of(cut) >= epoch, meanwhile=lambda: scheduler.start_next(store))
        psutil.Process(cut.status().pid).kill()
        wait_until(lambda: cut.status().is_final)
        assert cut.status().state == "failed"
        cut.send("resume")
    wait_until(lambda: whole.status().is_final and cut.status().is_final, meanwhile=lambda: scheduler.start_next(store))
    first, second = whole.checkpoint(), cut.checkpoint()
    assert first.keys() == second.keys() and first["epoch"] == 6
    assert [name for name in first if first[name].tobytes() != second[name].tobytes()] == []
    assert cut.report() == whole.report()
