"""The scheduler, which starts the queued runs, one at a time on a machine, those of several people in turn.

A run is trained by a process of its own, the worker, which outlives the page, the browser and the server that started
it. Every process that opens the runs folder (a server, a command line, a worker at its end) calls `start_next`, which
starts the next queued run when none trains. A lock file in the runs folder allows one run to train at a time.

A run that is trained on a cluster waits for none of these: its follower is started at once, and the cluster keeps the
queue.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from core.config.field_spec import ConfigError
from core.jobs import launcher
from core.jobs.followers import Followers
from core.jobs.warm_worker import WarmWorker
from core.runs import trash
from core.runs.commands import CommandError
from core.runs.fair_queue import machine_queue, stop_overdue_run, stores_of
from core.runs.run import Run
from core.runs.schema import RunError, RunState, Status
from core.runs.store import RunStore

EXIT_NOT_ACQUIRED = 75
"""A worker's exit code where the training lock is held by another process, or the run no longer waits."""

_SCHEDULER_INTERVAL_S = 0.5
_IDLE_INTERVAL_S = 1.0  # while this process has no worker: who files a run here has it started at once
_LOOK_INTERVAL_S = 1.0  # between two looks at the queue while a run trains here
_LIMIT_INTERVAL_S = 5.0  # it reads all people's runs
_logger = logging.getLogger(__name__)


class Scheduler:
    """The scheduler: it starts workers and notes how they end; one for each process, `process_scheduler`."""

    def __init__(self) -> None:
        self.workers: dict[str, tuple[Run, launcher.WorkerProcess]] = {}
        self.followers = Followers()
        self._looked = float("-inf")
        self.warm_worker = WarmWorker()
        self._lock = threading.Lock()
        # The file stamps of runs whose worker could not start while the disk was too full to write that into their
        # status. Such a run is not started again before its files change.
        self._could_not_start: dict[Path, tuple] = {}

    def start_next(self, store: RunStore) -> None:
        """Start the next queued run if none trains; cheap enough for several calls a second. Raises `OSError`."""
        with self._lock:
            self._remove_ended_workers()
            for run, process in self.followers.drop_ended():
                self._note_end(run, process)
            if self.workers and time.monotonic() - self._looked < _LOOK_INTERVAL_S:
                return
            self._looked = time.monotonic()
            waiting = machine_queue(store.root)
            queue = [run for run in waiting if self._could_not_start.get(run.folder) != run.file_stamp()]
            here = [run for run in queue if not run.cluster]
            for run in queue:
                if run not in here:
                    self.followers.follow(run)
            if here and not self.workers and not _is_training_locked(store):
                self.start_worker(here[0])

    def start_worker(self, run: Run) -> None:
        """Hand the run to the warm worker, or start a worker for it; raises `OSError`."""
        store = RunStore(run.folder.parent)
        with open(run.log_path, "ab") as log:
            process = self.warm_worker.take(store, run) or launcher.start_worker(store.root, run.id, log)
        self.workers[run.id] = run, process
        _logger.info("process %d trains run %s", process.pid, run.id, extra={"run": run.id})

    def keep_warm_worker(self, now: float) -> None:
        """Start or stop the warm worker as `WarmWorker.keep` says; raises `OSError`.

        It loads after the run that trains has shown its first point, so as not to delay that.
        """
        with self._lock:
            if all(run.has_metrics for run, _ in self.workers.values()):
                self.warm_worker.keep(now)

    def _remove_ended_workers(self) -> None:
        """Forget the workers that have ended."""
        for run_id, (run, process) in list(self.workers.items()):
            if process.poll() is not None:
                del self.workers[run_id]
                self._note_end(run, process)

    def _note_end(self, run: Run, process: launcher.WorkerProcess) -> None:
        """Mark a run as failed whose worker or follower has ended before it could start; raises `OSError`."""
        text, values = "process %d of run %s ended with code %s", (process.pid, run.id, process.returncode)
        _logger.info(text, *values, extra={"run": run.id})
        refused = process.returncode not in (0, EXIT_NOT_ACQUIRED)
        if refused and run.is_waiting() and not run.was_started_by(process.pid):
            error = f"The training process could not start; {run.log_path.name} in the run's folder says why."
            try:
                run.write_status(Status(RunState.FAILED, ended=time.time(), error=error))
            except OSError:
                self._could_not_start[run.folder] = run.file_stamp()
                raise


process_scheduler = Scheduler()
"""The scheduler of this process."""


def start_next(store: RunStore) -> None:
    """Start the next queued run if none trains; cheap enough for several calls a second. Raises `OSError`."""
    process_scheduler.start_next(store)


def expect_training() -> None:
    """Note that somebody may start a run soon: a server keeps a warm worker for the next ten minutes."""
    process_scheduler.warm_worker.expect(time.monotonic())


def run_scheduler(store: RunStore) -> threading.Thread:
    """Start queued runs, keep the warm worker, sweep the trash, from a thread that lives as long as this process."""

    def schedule() -> None:
        checked, failed = 0.0, dict[str, str]()
        while True:
            _attempt("sweep the trash", lambda: _sweep(store), failed)
            if time.monotonic() - checked >= _LIMIT_INTERVAL_S:
                checked = time.monotonic()
                _attempt("stop a run that takes too long", lambda: _stop_overdue(store), failed)
            _attempt("start the next run", lambda: process_scheduler.start_next(store), failed)
            _attempt("keep a warm worker", lambda: process_scheduler.keep_warm_worker(time.monotonic()), failed)
            time.sleep(_SCHEDULER_INTERVAL_S if process_scheduler.workers else _IDLE_INTERVAL_S)

    thread = threading.Thread(target=schedule, name="scheduler", daemon=True)
    thread.start()
    return thread


def _attempt(what: str, act: Callable[[], None], failed: dict[str, str]) -> None:
    """Do it so that an error holds up nothing else; one that is not the disk's is logged, once in a row.

    failed: the last such error of each act.
    """
    try:
        act()
        failed.pop(what, None)
    except OSError:
        pass
    except Exception as error:
        if failed.get(what) != repr(error):
            _logger.exception("the scheduler could not %s", what)
        failed[what] = repr(error)


def _sweep(store: RunStore) -> None:
    for each in stores_of(store.root):
        with contextlib.suppress(OSError):
            trash.sweep(each)


def _stop_overdue(store: RunStore) -> None:
    with contextlib.suppress(RunError, CommandError, ConfigError):
        stop_overdue_run(store.root, time.time())


def _is_training_locked(store: RunStore) -> bool:
    try:
        with FileLock(store.lock_path).acquire(timeout=0):
            return False
    except Timeout:
        return True
