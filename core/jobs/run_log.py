"""The log of a run: what the process that trains or follows it prints."""

import os
import sys

from core.runs.run import Run


def redirect_output(run: Run) -> None:
    """Send what this process prints from now on to the run's log; raises `OSError`."""
    sys.stdout.flush()
    sys.stderr.flush()
    with open(run.log_path, "ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
