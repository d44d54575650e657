"""Deleted runs: kept in a folder of the runs' root for a while, so that a deletion can be undone."""

import contextlib
from pathlib import Path

from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.storage import folder_listing
from core.storage.trash_folder import RETENTION_S, move_into, names_in, remove_for_good

REMOVAL_DELAY_S = 300.0
"""How long runs that were taken out of the trash can be brought back to it."""


def trash_folder(store: RunStore) -> Path:
    """Return the folder of the store's deleted runs, which `RunStore.all` leaves out."""
    return store.root / ".trash"


def _removed_folder(store: RunStore) -> Path:
    return store.root / ".removed"


def delete(store: RunStore, run: Run) -> None:
    """Move a run to the trash, and remove for good what has lain there for more than `RETENTION_S`.

    Raises `RunError` for a run that is being trained, and `OSError` where its folder cannot be moved.
    """
    if _is_live(run):
        raise RunError(f"{run.title()} is being trained. Stop it first, then delete it.")
    move_into(trash_folder(store), run.folder)
    folder_listing.forget(store.root)
    empty(store, RETENTION_S)


def _is_live(run: Run) -> bool:
    with contextlib.suppress(RunError):  # a damaged run may be deleted
        return run.status().is_live
    return False


def deleted_runs(store: RunStore) -> list[Run]:
    """Return the runs in the trash, the last deleted first."""
    return _runs_in(trash_folder(store))


def _runs_in(folder: Path) -> list[Run]:
    return [Run(folder / name) for name in names_in(folder)]


def restore(store: RunStore, run_id: str) -> Run:
    """Move a run back from the trash and return it; raises `RunError` where it is not there, and `OSError`."""
    for run in deleted_runs(store):
        if run.id == run_id:
            run.folder.rename(store.root / run.id)
            folder_listing.forget(store.root)
            return store.get(run.id)
    raise RunError(f"Run {run_id} is not in the trash any more.")


def empty(store: RunStore, older_than_s: float = 0.0) -> int:
    """Remove for good the runs that were deleted that long ago; return how many. What cannot be removed stays."""
    return len(remove_for_good(trash_folder(store), older_than_s))


def remove_all(store: RunStore) -> int:
    """Take all runs out of the trash and return how many; raises `OSError`.

    They are removed for good by the first `sweep` after `REMOVAL_DELAY_S`; until then `undo_removal` brings them back.
    """
    runs = deleted_runs(store)
    for run in runs:
        move_into(_removed_folder(store), run.folder)
    return len(runs)


def removed_runs(store: RunStore) -> list[Run]:
    """Return the runs that were taken out of the trash and can still be brought back."""
    return _runs_in(_removed_folder(store))


def undo_removal(store: RunStore) -> None:
    """Move the runs that were taken out of the trash back to it; raises `OSError`."""
    for run in reversed(removed_runs(store)):
        move_into(trash_folder(store), run.folder)


def sweep(store: RunStore) -> int:
    """Remove for good what was taken out of the trash `REMOVAL_DELAY_S` ago; return how many runs.

    Cheap enough for several calls a second. What cannot be removed stays.
    """
    return len(remove_for_good(_removed_folder(store), REMOVAL_DELAY_S))


def size_bytes(store: RunStore) -> int:
    """Return how many bytes the trash takes on the disk."""
    return sum(path.stat().st_size for path in trash_folder(store).rglob("*") if path.is_file())
