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


def trash_folder(store: RunStore) -> Path:
    """Return the folder of the store's deleted runs, which `RunStore.all` leaves out."""
    return store.root / ".trash"


def delete(store: RunStore, run: Run) -> None:
    """Move a run to the trash, and remove for good what has lain there for more than `RETENTION_DAYS`.

    Raises `RunError` for a run that is being trained, and `OSError` where its folder cannot be moved.
    """
    if _is_live(run):
        raise RunError(f"{run.title()} is being trained. Stop it first, then delete it.")
    trash = trash_folder(store)
    trash.mkdir(parents=True, exist_ok=True)
    run.folder.rename(trash / run.id)
    os.utime(trash / run.id)
    empty(store, RETENTION_DAYS * 24 * 3600)


def _is_live(run: Run) -> bool:
    with contextlib.suppress(RunError):  # a damaged run may be deleted
        return run.status().is_live
    return False


def deleted_runs(store: RunStore) -> list[Run]:
    """Return the runs in the trash, the last deleted first."""
    trash = trash_folder(store)
    folders = [path for path in trash.iterdir() if path.is_dir()] if trash.is_dir() else []
    return [Run(folder) for folder in sorted(folders, key=_deleted_at, reverse=True)]


def restore(store: RunStore, run_id: str) -> Run:
    """Move a run back from the trash and return it; raises `RunError` where it is not there, and `OSError`."""
    for run in deleted_runs(store):
        if run.id == run_id:
            run.folder.rename(store.root / run.id)
            return store.get(run.id)
    raise RunError(f"Run {run_id} is not in the trash any more.")


def empty(store: RunStore, older_than_s: float = 0.0) -> int:
    """Remove for good the runs that were deleted that long ago; return how many. What cannot be removed stays."""
    removed = 0
    for run in deleted_runs(store):
        if time.time() - _deleted_at(run.folder) >= older_than_s:
            shutil.rmtree(run.folder, ignore_errors=True)
            removed += not run.folder.exists()
    return removed


def size_bytes(store: RunStore) -> int:
    """Return how many bytes the trash takes on the disk."""
    return sum(path.stat().st_size for path in trash_folder(store).rglob("*") if path.is_file())


def _deleted_at(folder: Path) -> float:
    """Return when the folder was moved to the trash, which is its modification time: seconds since 1970."""
    return folder.stat().st_mtime
