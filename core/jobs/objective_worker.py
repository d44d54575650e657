"""The worker that trains a network from drawn things: `python -m core.jobs.objective_worker FOLDER`."""

import sys
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from core.jobs.drawing_process import drawn_batches
from core.jobs.scheduler import EXIT_NOT_ACQUIRED
from core.runs.objective_run import ObjectiveRun
from core.training.objective_loop import train_objective
from core.training.objectives import OBJECTIVES

_LOCK_WAIT_S = 5.0


def main(folder: str) -> int:
    """Train what waits in the folder; return the exit code of the process.

    The code is `EXIT_NOT_ACQUIRED` where another process trains there, or nothing waits.
    """
    run = ObjectiveRun(Path(folder))
    try:
        with FileLock(run.lock_path).acquire(timeout=_LOCK_WAIT_S):
            if not run.is_waiting():
                return EXIT_NOT_ACQUIRED
            config = run.config()
            draw_from = partial(drawn_batches, config.objective, config.examples)
            train_objective(OBJECTIVES[config.objective], run, draw_from)
    except Timeout:
        return EXIT_NOT_ACQUIRED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
