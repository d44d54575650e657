"""Deleted sweeps: kept with their runs for a while, so that a deletion can be undone."""

import contextlib
from pathlib import Path

from filelock import FileLock, Timeout

from core.runs import trash
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.storage.child_folders import find_child
from core.storage.trash_folder import RETENTION_DAYS, move_into, names_in, remove_for_good
from core.sweeps.sweep import Sweep, SweepError, SweepStore
from core.sweeps.sweep_runs import runs_of_sweep

__all__ = ["RETENTION_DAYS", "delete", "deleted", "restore"]


def _folder(store: RunStore) -> Path:
    return SweepStore(store).root / ".trash"


def delete(sweep: Sweep, keep_runs: bool = False) -> int:
    """Move a sweep to the trash, and its runs to theirs unless they are kept; return how many runs were moved.

    A run that is being trained stays. What has lain in the trash for more than `RETENTION_DAYS` is removed for good.
    Raises `SweepError` for a sweep that is running, `OSError` where its folder cannot be moved.
    """
    _check_is_idle(sweep)
    store, runs = sweep.store, runs_of_sweep(sweep.store, sweep.id)
    move_into(_folder(store), sweep.folder)
    moved = 0 if keep_runs else sum(_delete_run(store, each.id) for each in runs)
    remove_for_good(_folder(store))
    return moved


def _check_is_idle(sweep: Sweep) -> None:
    """Raise `SweepError` where a process owns the sweep, whatever its files say."""
    if sweep.is_live or _is_locked(sweep):
        raise SweepError(f"Sweep {sweep.id} is running. Stop it first, then delete it.")


def _is_locked(sweep: Sweep) -> bool:
    """Return whether a process holds the sweep's lock, which it takes before it writes a status."""
    try:
        with FileLock(sweep.lock_path).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _delete_run(store: RunStore, run_id: str) -> bool:
    with contextlib.suppress(RunError, OSError):  # it is being trained, or gone: it stays among all runs
        trash.delete(store, store.get(run_id))
        return True
    return False


def deleted(store: RunStore) -> list[str]:
    """Return the ids of the sweeps in the trash, the last deleted first."""
    return names_in(_folder(store))


def restore(store: RunStore, sweep_id: str) -> Sweep:
    """Move a sweep back from the trash, with its runs that lie in theirs, and return it.

    Raises `SweepError` where it is not there, and `OSError`.
    """
    found = find_child(_folder(store), sweep_id)
    if found is None:
        raise SweepError(f"Sweep {sweep_id[:80]!r} is not in the trash.")
    for run in trash.deleted_runs(store):
        if _is_of(run, sweep_id):
            with contextlib.suppress(RunError):  # removed for good at this moment
                trash.restore(store, run.id)
    sweeps = SweepStore(store)
    found.rename(sweeps.root / sweep_id)
    return sweeps.get(sweep_id)


def _is_of(run: Run, sweep_id: str) -> bool:
    with contextlib.suppress(RunError):
        return run.notes().sweep == sweep_id
    return False
