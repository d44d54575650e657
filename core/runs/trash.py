"""Deleted runs: kept in a folder of the runs' root for a while, so that a deletion can be undone."""

import contextlib
import os
import shutil
import time
from pathlib import Path

from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore

RETENTION_DAYS = 30
REMOVAL_DELAY_S = 300.0
"""How long runs that were taken out of the trash can be brought back to it."""


def trash_folder(store: RunStore) -> Path:
    """Return the folder of the store's deleted runs, which `RunStore.all` leaves out."""
    return store.root / ".trash"


def _removed_folder(store: RunStore) -> Path:
    return store.root / ".removed"


def delete(store: RunStore, run: Run) -> None:
    """Move a run to the trash, and remove for good what has lain there for more than `RETENTION_DAYS`.

    Raises `RunError` for a run that is being trained, and `OSError` where its folder cannot be moved.
    """
    if _is_live(run):
        raise RunError(f"{run.title()} is being trained. Stop it first, then delete it.")
    _move(run, trash_folder(store))
    empty(store, RETENTION_DAYS * 24 * 3600)


def _move(run: Run, folder: Path) -> None:
    """Move a run's folder into another one, with now as its time; raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(run.folder)  # before it is there: a sweep at that very moment must not see an old time
    run.folder.rename(folder / run.id)


def _is_live(run: Run) -> bool:
    with contextlib.suppress(RunError):  # a damaged run may be deleted
        return run.status().is_live
    return False


def deleted_runs(store: RunStore) -> list[Run]:
    """Return the runs in the trash, the last deleted first."""
    return _runs_in(trash_folder(store))


def _runs_in(folder: Path) -> list[Run]:
    there = folder.iterdir() if folder.is_dir() else ()
    folders = [path for path in there if path.is_dir() and not path.name.startswith(".")]
    return [Run(each) for each in sorted(folders, key=_moved_at, reverse=True)]


def restore(store: RunStore, run_id: str) -> Run:
    """Move a run back from the trash and return it; raises `RunError` where it is not there, and `OSError`."""
    for run in deleted_runs(store):
        if run.id == run_id:
            run.folder.rename(store.root / run.id)
            return store.get(run.id)
    raise RunError(f"Run {run_id} is not in the trash any more.")


def empty(store: RunStore, older_than_s: float = 0.0) -> int:
    """Remove for good the runs that were deleted that long ago; return how many. What cannot be removed stays."""
    return _remove_for_good(trash_folder(store), older_than_s)


def _remove_for_good(folder: Path, older_than_s: float) -> int:
    removed = 0
    for begun in folder.glob(".*"):  # by a process that was killed
        shutil.rmtree(begun, ignore_errors=True)
    for run in _runs_in(folder):
        if time.time() - _moved_at(run.folder) < older_than_s:
            continue
        going = run.folder.with_name(f".{run.id}")  # it is never brought back half removed
        with contextlib.suppress(OSError):
            run.folder.rename(going)
            shutil.rmtree(going, ignore_errors=True)
            removed += not going.exists()
    return removed


def remove_all(store: RunStore) -> int:
    """Take all runs out of the trash and return how many; raises `OSError`.

    They are removed for good by the first `sweep` after `REMOVAL_DELAY_S`; until then `undo_removal` brings them back.
    """
    runs = deleted_runs(store)
    for run in runs:
        _move(run, _removed_folder(store))
    return len(runs)


def removed_runs(store: RunStore) -> list[Run]:
    """Return the runs that were taken out of the trash and can still be brought back."""
    return _runs_in(_removed_folder(store))


def undo_removal(store: RunStore) -> None:
    """Move the runs that were taken out of the trash back to it; raises `OSError`."""
    for run in reversed(removed_runs(store)):
        _move(run, trash_folder(store))


def sweep(store: RunStore) -> int:
    """Remove for good what was taken out of the trash `REMOVAL_DELAY_S` ago; return how many runs.

    Cheap enough for several calls a second. What cannot be removed stays.
    """
    return _remove_for_good(_removed_folder(store), REMOVAL_DELAY_S)


def size_bytes(store: RunStore) -> int:
    """Return how many bytes the trash takes on the disk."""
    return sum(path.stat().st_size for path in trash_folder(store).rglob("*") if path.is_file())


def _moved_at(folder: Path) -> float:
    """Return when the folder was moved to where it is, which is its modification time: seconds since 1970.

    That is now for a folder that another process has just removed.
    """
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return time.time()
