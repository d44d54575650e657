"""Starting the process that owns a sweep."""

import contextlib
import time

from filelock import FileLock, Timeout

from core.jobs import launcher
from core.runs.schema import RunState
from core.runs.store import RunStore
from core.runs.workspaces import is_workspace
from core.sweeps.sweep import Sweep, SweepError, SweepStore

_MODULE = "core.sweeps.owner"
_PATIENCE_S = 30.0
_INTERVAL_S = 0.05
_LOCK = ".starting.lock"

_started: list[launcher.WorkerProcess] = []
"""The processes that this one has started; each is waited for when it has ended, at the next start."""


def start_owner(sweep: Sweep) -> None:
    """Start the process that owns a sweep from now on, whether new, stopped or cut off; it outlives this one.

    Returns when it owns the sweep. Raises `SweepError` where another one does, where the sweep has finished, where
    `check_may_start` does, and where the process ends at once; `OSError`.
    """
    if not is_workspace(sweep.store.root):
        _start(sweep)
        return
    try:
        with FileLock(sweep.folder.parent / _LOCK).acquire(timeout=_PATIENCE_S):
            check_may_start(sweep.store, sweep.id)
            _start(sweep)
    except Timeout as error:
        raise SweepError("Another sweep of yours is being started. Wait a moment, then try again.") from error


def check_may_start(store: RunStore, sweep_id: str = "") -> None:
    """Raise `SweepError` where a person of a class has a live sweep, but for the one of this id.

    Each holds a process for hours, and they all train by the one queue of the machine.
    """
    if not is_workspace(store.root):
        return
    for each in SweepStore(store).live():
        if each.id != sweep_id:
            raise SweepError(
                f"Your sweep {_title(each)} is running already: in a class each person has one at a time. Stop it "
                "first, or wait for its end."
            )


def _title(sweep: Sweep) -> str:
    with contextlib.suppress(SweepError):
        return sweep.config().title
    return sweep.id


def _start(sweep: Sweep) -> None:
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
