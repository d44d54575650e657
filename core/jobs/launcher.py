"""Training processes: the only room that starts, signals or waits for one.

A run is trained by a process of its own (`core.jobs.worker`), which outlives the page, the tab and the server that started
it. Whoever opens the runs folder (a server, a command line, a trainer at its end) calls `tend`, which starts the next
queued run when none trains; a lock in the root sees to it that one run trains at a time.

A server keeps a spare trainer that has TensorFlow loaded, while somebody may press Train: it takes the next run at
once, and another takes its place. A spare holds nothing but memory; it ends when its server does.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from filelock import FileLock, Timeout

from core.runs.run import Run
from core.runs.schema import Status
from core.runs.store import RunStore

_PROJECT = Path(__file__).resolve().parents[2]
_SCHEDULER_INTERVAL_S = 0.5
_IDLE_S = 600.0
_WARM_WORKER_RETRY_S = 30.0
_MODULE_TIMEOUT_S = 300.0
EXIT_NOT_ACQUIRED = 75
"""A trainer's exit code where somebody else trains the run, or nobody should."""

_workers: dict[str, tuple[Run, subprocess.Popen]] = {}
_scheduling = threading.Lock()
# Runs whose trainer could not even start and whose status cannot say so, the disk being full; as they then were.
_given_up: dict[Path, tuple] = {}


def start_next(store: RunStore) -> None:
    """Start the next queued run if none trains; cheap enough to call several times a second. Raises `OSError`."""
    with _scheduling:
        _reap()
        if _workers:
            return
        queue = [run for run in store.queue() if _given_up.get(run.folder) != run.file_stamp()]
        if queue and not _is_training_locked(store):
            start_worker(store, queue[0])


def run_scheduler(store: RunStore) -> threading.Thread:
    """Tend the store from a thread of its own for as long as this process lives, so that no tab has to be open."""

    def watch():
        while True:
            with contextlib.suppress(OSError):
                start_next(store)
                keep_warm_worker(time.monotonic())
            time.sleep(_SCHEDULER_INTERVAL_S)

    thread = threading.Thread(target=watch, name="launcher", daemon=True)
    thread.start()
    return thread


def serve(app: Path, arguments: list[str]) -> int:
    """Serve a Streamlit app in place of this process; on Windows, which has no such thing, wait for it to end."""
    command = [sys.executable, "-m", "streamlit", "run", str(app), *arguments]
    if os.name == "nt":
        return subprocess.run(command).returncode
    return os.execv(sys.executable, command)


def run_module(module: str, *arguments: str) -> tuple[int, str]:
    """Run a module of ours in a process of its own and wait for it; return its exit code and the last line it said.

    It is killed where it takes longer than five minutes; the line then says so.
    """
    command, quiet = [sys.executable, "-m", module, *arguments], {"stdin": subprocess.DEVNULL, "capture_output": True}
    try:
        done = subprocess.run(command, cwd=_PROJECT, text=True, timeout=_MODULE_TIMEOUT_S, **quiet)
    except subprocess.TimeoutExpired:
        return 1, f"after {_MODULE_TIMEOUT_S / 60:.0f} minutes it was ended. Try again when the machine has less to do."
    lines = done.stderr.strip().splitlines()
    return done.returncode, lines[-1] if lines else ""


class WarmWorker:
    """A trainer that waits for a run with TensorFlow loaded: used once, replaced, and dismissed when nobody is here."""

    def __init__(self):
        self.process: subprocess.Popen | None = None
        self._began = self._visited = float("-inf")

    def expect(self, now: float) -> None:
        """Note that somebody is where runs are started; `now` in seconds, monotonic."""
        self._visited = now

    def keep(self, now: float) -> None:
        """Have a process where somebody was here in the last ten minutes, none otherwise; raises `OSError`."""
        if now - self._visited > _IDLE_S:
            self.stop()
        elif not self._waits() and (self.process is None or now - self._began > _WARM_WORKER_RETRY_S):
            self.stop()
            self.process, self._began = _process([], subprocess.PIPE, subprocess.DEVNULL), now

    def take(self, store: RunStore, run: Run) -> subprocess.Popen | None:
        """Return the process, told to train this run, or None where there is none."""
        if not self._waits():
            return None
        trainer = self.process
        try:
            trainer.stdin.write(json.dumps([str(store.root), run.id]).encode() + b"\n")
            trainer.stdin.close()
        except OSError:  # it has ended this very moment
            return None
        self.process = None
        return trainer

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process:
            process.stdin.close()
            process.kill()
            process.wait()

    def _waits(self):
        return self.process is not None and self.process.poll() is None


warm_worker = WarmWorker()
"""The one of this process; only a server that keeps tending has one."""


def expect_training() -> None:
    """Say that somebody is where runs are started: a server keeps a spare trainer for the next ten minutes."""
    warm_worker.expect(time.monotonic())


def keep_warm_worker(now: float) -> None:
    """Keep the spare trainer, as `Spare.keep` says.

    It is loaded after the run that trains has shown its first point, so as not to hold that up.
    """
    with _scheduling:
        if all(run.has_metrics for run, _ in _workers.values()):
            warm_worker.keep(now)


def start_worker(store: RunStore, run: Run) -> None:
    """Start a trainer for this run; raises `OSError`."""
    with open(run.log_path, "ab") as log:
        trainer = warm_worker.take(store, run) or _process([str(store.root), run.id], subprocess.DEVNULL, log)
    _workers[run.id] = run, trainer


def _process(arguments, stdin, output):
    own_group = (
        {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
    )
    command = [sys.executable, "-m", "core.jobs.worker", *arguments]
    return subprocess.Popen(
        command, cwd=_PROJECT, stdin=stdin, stdout=output, stderr=output, close_fds=True, **own_group
    )


def _reap():
    """Forget the trainers that have ended. One that ended before it could say why is reported in its place."""
    for run_id, (run, trainer) in list(_workers.items()):
        if trainer.poll() is None:
            continue
        del _workers[run_id]
        if (
            trainer.returncode not in (0, EXIT_NOT_ACQUIRED)
            and run.is_waiting()
            and not run.was_started_by(trainer.pid)
        ):
            error = f"The training process could not start; {run.log_path.name} in the run's folder says why."
            try:
                run.write_status(Status("failed", ended=time.time(), error=error))
            except OSError:
                _given_up[run.folder] = run.file_stamp()
                raise


def _is_training_locked(store):
    try:
        with FileLock(store.lock_path).acquire(timeout=0):
            return False
    except Timeout:
        return True
