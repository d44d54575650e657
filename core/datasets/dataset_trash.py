"""Deleted data sets: kept for a while in a folder beside the others, so that a deletion can be undone."""

import contextlib
import os
import shutil
import time
from pathlib import Path

from core.config.dataset_spec import MNIST
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore

RETENTION_DAYS = 30


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
    trash = _folder(store)
    trash.mkdir(exist_ok=True)
    os.utime(store.folder / set_id)  # before it is there: a removal at that very moment must not see an old time
    (store.folder / set_id).rename(trash / set_id)
    _remove_old(trash)


def deleted(store: DatasetStore) -> list[str]:
    """Return the ids of the data sets in the trash, the last deleted first."""
    times = {}
    for path in _folder(store).glob("*"):
        with contextlib.suppress(OSError):  # removed for good at this moment
            if path.is_dir():
                times[path.name] = path.stat().st_mtime
    return sorted(times, key=times.__getitem__, reverse=True)


def restore(store: DatasetStore, set_id: str) -> None:
    """Move a data set back from the trash; raises `DatasetError` where it is not there, `OSError`."""
    if set_id not in deleted(store):
        raise DatasetError(f"The data set {set_id[:80]!r} is not in the trash any more.")
    (_folder(store) / set_id).rename(store.folder / set_id)


def _remove_old(trash: Path) -> None:
    for path in trash.glob("*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > RETENTION_DAYS * 24 * 3600:
                shutil.rmtree(path, ignore_errors=True)
                (trash.parent / ".drawn" / f"{path.name}.jsonl").unlink(missing_ok=True)  # its drawings
