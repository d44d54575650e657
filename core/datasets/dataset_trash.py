"""Deleted data sets: kept for a while in a folder beside the others, so that a deletion can be undone."""

import contextlib
from pathlib import Path

from core.config.dataset_spec import MNIST
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from core.storage.trash_folder import RETENTION_DAYS, RETENTION_S, move_into, names_in, remove_for_good

__all__ = ["RETENTION_DAYS", "delete", "deleted", "empty", "restore"]


def _folder(store: DatasetStore) -> Path:
    return store.folder / ".trash"


def delete(store: DatasetStore, set_id: str) -> None:
    """Move a data set, all its versions, to the trash, and remove for good what has lain there for too long.

    Raises `DatasetError` where there is no such set or it is built in, `OSError` where it cannot be moved.
    """
    if set_id == MNIST.id:
        raise DatasetError("MNIST is built in and cannot be deleted.")
    if set_id not in (folder.name for folder in store.folders()):
        raise DatasetError(f"There is no data set {set_id[:80]!r} here any more.")
    move_into(_folder(store), store.folder / set_id)
    empty(store, RETENTION_S)


def deleted(store: DatasetStore) -> list[str]:
    """Return the ids of the data sets in the trash, the last deleted first."""
    return names_in(_folder(store))


def restore(store: DatasetStore, set_id: str) -> None:
    """Move a data set back from the trash; raises `DatasetError` where it is not there, `OSError`."""
    if set_id not in deleted(store):
        raise DatasetError(f"The data set {set_id[:80]!r} is not in the trash any more.")
    (_folder(store) / set_id).rename(store.folder / set_id)


def empty(store: DatasetStore, older_than_s: float = 0.0) -> int:
    """Remove for good the data sets that were deleted that long ago, with their drawings; return how many."""
    removed = remove_for_good(_folder(store), older_than_s)
    for set_id in removed:
        with contextlib.suppress(OSError):
            (store.folder / ".drawn" / f"{set_id}.jsonl").unlink(missing_ok=True)
    return len(removed)
