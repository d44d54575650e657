"""The process that trains a run for a task of a cluster: `python -m core.jobs.cluster_training ROOT RUN`.

It ends where its standard input is closed, so that it does not outlive the task.
"""

import os
import sys
import threading

from core.jobs.worker import train_run
from core.runs.store import RunStore

_EXIT_TASK_GONE = 76


def main(root: str, run_id: str) -> int:
    """Train the run; return the exit code of the process. The task alone knows the root, so it needs no lock."""
    threading.Thread(target=_end_with_task, name="task", daemon=True).start()
    store = RunStore(root)
    return train_run(store, store.get(run_id))


def _end_with_task() -> None:
    sys.stdin.buffer.read()
    os._exit(_EXIT_TASK_GONE)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
