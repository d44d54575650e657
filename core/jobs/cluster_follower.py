"""The process that has runs trained on a cluster and writes their folders: `python -m core.jobs.cluster_follower`.

It is the worker of its run for everybody who reads the run's folder: its status names this process, and commands are
sent on by it. It submits one task, which a worker of the cluster carries out (`cluster_task`). Where that worker is
lost, the training begins anew elsewhere from the newest checkpoint that arrived here.

When its run has ended it may be told another one through its standard input (`followers`), so that it loads Dask once.
"""

import contextlib
import json
import os
import sys
import traceback
from dataclasses import replace

from filelock import FileLock, Timeout

from core.cluster.connection import ClusterError
from core.jobs import scheduler
from core.jobs.followers import has_followed
from core.jobs.run_follower import RunFollower
from core.jobs.run_log import redirect_output
from core.runs.run import Run
from core.runs.schema import RunError, RunState, Status
from core.runs.status_writer import StatusWriter
from core.runs.store import RunStore
from core.storage.os_errors import error_text


def main(root: str, run_id: str) -> int:
    """Have a queued run trained on its cluster, then those that standard input names; return the last exit code.

    Ends where standard input is closed, and after a run that it could not follow.
    """
    run = RunStore(root).get(run_id)
    while True:
        code = follow(run)
        line = sys.stdin.readline() if has_followed(run, os.getpid()) else ""
        if not line:
            return code
        root, run_id = json.loads(line)
        try:
            run = RunStore(root).get(run_id)
        except RunError:  # it was deleted meanwhile
            return scheduler.EXIT_NOT_ACQUIRED
        redirect_output(run)


def follow(run: Run) -> int:
    """Have one queued run trained on its cluster; return the exit code of a process that follows it alone.

    The code is `scheduler.EXIT_NOT_ACQUIRED` where another process follows the run, or it no longer waits.
    """
    store = RunStore(run.folder.parent)
    try:
        with FileLock(run.follower_lock_path).acquire(timeout=0):
            address = run.cluster
            if address is None or not run.is_waiting():
                return scheduler.EXIT_NOT_ACQUIRED
            code = _follow(store, run, address)
    except Timeout:
        return scheduler.EXIT_NOT_ACQUIRED
    scheduler.start_next(store)
    return code


def _follow(store: RunStore, run: Run, address: str) -> int:
    status = StatusWriter(run, Status.of_this_process())
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
