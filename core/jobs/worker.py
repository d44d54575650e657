"""The worker: a process that trains one run.

`python -m core.jobs.worker ROOT RUN` trains that run of the runs folder ROOT. Without arguments it is a warm worker: it
loads TensorFlow, reads the two as a JSON list from one line of its standard input, and ends where that is closed.
"""

import contextlib
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from filelock import FileLock, Timeout

from core.jobs import scheduler
from core.jobs.run_log import redirect_output
from core.runs.commands import CommandName
from core.runs.fair_queue import machine_queue
from core.runs.run import Run
from core.runs.schema import RunError, RunState, Status
from core.runs.store import RunStore
from core.runs.teaching import learns_from_corrections
from core.runs.workspaces import note_began
from core.storage.os_errors import error_text

_LOCK_WAIT_S = 5.0
_POLL_INTERVAL_S = 0.1


def main(root: str, run_id: str) -> int:
    """Train one queued run, then start the next one; return the exit code of the process.

    The code is `scheduler.EXIT_NOT_ACQUIRED` where another process trains, or the run no longer waits, or not here.
    """
    store = RunStore(root)
    run = store.get(run_id)
    try:
        with FileLock(store.lock_path).acquire(timeout=_LOCK_WAIT_S, poll_interval=0.02):
            if not run.is_waiting():
                return scheduler.EXIT_NOT_ACQUIRED
            with FileLock(run.follower_lock_path).acquire(timeout=0):
                if run.cluster or not run.is_waiting():
                    return scheduler.EXIT_NOT_ACQUIRED
                with contextlib.suppress(OSError):  # then this person is trained first once more
                    note_began(store.root)
                code = train_run(store, run)
    except Timeout:
        return scheduler.EXIT_NOT_ACQUIRED
    scheduler.start_next(store)
    return code


def run_as_warm_worker() -> int:
    """Load all that training needs, then train the run that standard input names; return the exit code.

    Ends without training where standard input is closed.
    """
    with contextlib.suppress(Exception):  # training reports what is wrong with a library or the data
        _import_training()
    line = sys.stdin.readline()
    if not line:
        return 0
    root, run_id = json.loads(line)
    redirect_output(RunStore(root).get(run_id))
    return main(root, run_id)


def train_run(store: RunStore, run: Run) -> int:
    """Train a run whose lock this process holds; return the exit code of the process."""
    status = Status.of_this_process()
    run.write_status(status)
    try:
        with _stoppable_during_import(store, run):
            _import_training()
        if learns_from_corrections(run):
            from core.training.teaching import teach

            teach(run.config(), run)
        else:
            from core.training.loop import train

            train(run.config(), run)
    except Exception as error:
        traceback.print_exc()
        with contextlib.suppress(OSError, RunError):  # the folder itself may be gone
            if not run.status().is_final:
                run.write_status(replace(status, state=RunState.FAILED, ended=time.time(), error=error_text(error)))
        return 1
    return 0


def _import_training() -> None:
    """Load TensorFlow's libraries and the data side by side; training reports what is wrong with the data.

    Nothing is computed: the number of TensorFlow's threads is set by the run.
    """
    from core.datasets.mnist import load_arrays
    from core.networks.builder import import_keras

    with ThreadPoolExecutor(1) as thread:
        data = thread.submit(load_arrays)
        import_keras()
        import core.training.loop  # noqa: F401

        data.exception()


@contextlib.contextmanager
def _stoppable_during_import(store: RunStore, run: Run) -> Iterator[None]:
    """End the process when the run is stopped meanwhile: the import takes seconds and cannot be interrupted."""
    loaded = threading.Event()

    def watch() -> None:
        while not loaded.wait(_POLL_INTERVAL_S):
            if run.halt() is CommandName.STOP:
                run.write_status(Status(RunState.STOPPED, ended=time.time()))
                queue = [each for each in machine_queue(store.root) if not each.cluster]
                if queue:  # its worker waits for the lock, which ends with this process
                    scheduler.process_scheduler.start_worker(queue[0])
                os._exit(0)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        loaded.set()
        watcher.join()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 1 else run_as_warm_worker())
