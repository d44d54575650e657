"""Starting the process that owns a sweep."""

import time

from core.jobs import launcher
from core.runs.schema import RunState
from core.sweeps.sweep import Sweep, SweepError

_MODULE = "core.sweeps.owner"
_PATIENCE_S = 30.0
_INTERVAL_S = 0.05

_started: list[launcher.WorkerProcess] = []
"""The processes that this one has started; each is waited for when it has ended, at the next start."""


def start_owner(sweep: Sweep) -> None:
    """Start the process that owns a sweep from now on, whether new, stopped or cut off; it outlives this one.

    Returns when it owns the sweep. Raises `SweepError` where another one does, where the sweep has finished, and where
    the process ends at once; `OSError`.
    """
    _started[:] = [each for each in _started if each.poll() is None]
    before = sweep.status()
    if before.is_live:
        raise SweepError(f"Sweep {sweep.id} is run by process {before.pid} already: a sweep has one.")
    if before.state is RunState.FINISHED:
        raise SweepError(f"Sweep {sweep.id} has finished. Start a new one to try more recipes.")
    with open(sweep.log_path, "ab") as log:
        process = launcher.start_module(_MODULE, [str(sweep.store.root), sweep.id], log)
    _started.append(process)
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None and sweep.status().pid != process.pid:
        time.sleep(_INTERVAL_S)
    status = sweep.status()
    if status.pid == process.pid:
        return
    if status.is_live:
        raise SweepError(f"Sweep {sweep.id} is run by process {status.pid} already: a sweep has one.")
    raise SweepError(f"The process of sweep {sweep.id} could not start; {sweep.log_path} says why.")
