"""The process that has runs trained on a cluster and writes their folders: `python -m core.jobs.cluster_follower`.

It is the worker of its run for everybody who reads the run's folder: its status names this process, and commands are
sent on by it. It submits one task, which a worker of the cluster carries out (`cluster_task`). Where that worker is
lost, the training begins anew elsewhere from the newest checkpoint that arrived here.

When its run has ended it may be told another one through its standard input (`followers`), so that it loads Dask once.
"""

import contextlib
import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace

from filelock import FileLock, Timeout

from core.cluster.connection import ClusterError
from core.jobs import scheduler
from core.jobs.run_follower import RunFollower
from core.jobs.run_log import redirect_output
from core.runs.run import Run
from core.runs.schema import RunError, RunState, Status
from core.runs.status_writer import StatusWriter
from core.runs.store import RunStore
from core.storage.os_errors import error_text

IDLE_S = 5.0
"""For how long a follower whose run has ended waits for another one."""


class _Starter:
    """Who started this process, and is told once for each run that it ends: with a byte on standard output."""

    def __init__(self) -> None:
        self._output, self._is_told = os.dup(1), False

    def begin_run(self, run: Run) -> None:
        """Send what is printed from now on to the run's log."""
        redirect_output(run)
        self._is_told = False

    def end_run(self) -> None:
        """Say that the run has ended, or will have in a moment, unless that was said."""
        if not self._is_told:
            self._is_told = True
            with contextlib.suppress(OSError):  # who started this process has ended
                os.write(self._output, b"\n")


class _LastStatus(StatusWriter):
    """A writer that says when it writes the last status of a run, so that the next run does not wait for the rest."""

    def __init__(self, run: Run, say: Callable[[], None]) -> None:
        super().__init__(run, Status.of_this_process())
        self._say = say

    def write(self, state: RunState) -> Status:
        """Write the status with this state and return it; raises `OSError`."""
        if state.is_final:
            self._say()
        return super().write(state)


def main(root: str, run_id: str) -> int:
    """Have a queued run trained on its cluster, then those that standard input names; return the last exit code.

    Ends where no other run is named for `IDLE_S`, or standard input is closed, as it is where the process that started
    this one has ended.
    """
    run: Run | None = RunStore(root).get(run_id)
    starter, told, code = _Starter(), queue.SimpleQueue[str](), 0
    threading.Thread(target=_listen, args=(told,), name="told", daemon=True).start()
    while run:
        starter.begin_run(run)
        code = follow(run, starter.end_run)
        starter.end_run()
        run = _next_run(told)
    scheduler.start_next(RunStore(root))
    return code


def _listen(told: "queue.SimpleQueue[str]") -> None:
    """Pass on the lines of standard input, at its end ''."""
    while line := sys.stdin.readline():
        told.put(line)
    told.put("")


def _next_run(told: "queue.SimpleQueue[str]") -> Run | None:
    """Return the run that is named next, if one is in time and there still."""
    try:
        line = told.get(timeout=IDLE_S)
    except queue.Empty:
        return None
    if not line:
        return None
    root, run_id = json.loads(line)
    with contextlib.suppress(RunError):
        return RunStore(root).get(run_id)
    return None


def follow(run: Run, say_end: Callable[[], None] = lambda: None) -> int:
    """Have one queued run trained on its cluster; return the exit code of a process that follows it alone.

    `say_end` is called just before its last status is written. The code is `scheduler.EXIT_NOT_ACQUIRED` where another
    process follows the run, or it no longer waits.
    """
    store = RunStore(run.folder.parent)
    try:
        with FileLock(run.follower_lock_path).acquire(timeout=0):
            address = run.cluster
            if address is None or not run.is_waiting():
                return scheduler.EXIT_NOT_ACQUIRED
            return _follow(store, run, address, _LastStatus(run, say_end))
    except Timeout:
        return scheduler.EXIT_NOT_ACQUIRED


def _follow(store: RunStore, run: Run, address: str, status: StatusWriter) -> int:
    status.write(RunState.RUNNING)
    try:
        run.remove_leftovers()
        RunFollower(store, run, address, status).follow()
    except Exception as error:
        is_of_cluster = isinstance(error, ClusterError)
        if not is_of_cluster:
            traceback.print_exc()
        with contextlib.suppress(OSError, RunError):  # the folder itself may be gone
            status.status = replace(status.status, error=str(error) if is_of_cluster else error_text(error))
            status.write(RunState.FAILED)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
