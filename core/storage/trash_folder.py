"""Folders of what was deleted: kept there for a while, so that a deletion can be undone, then removed for good."""

import contextlib
import os
import shutil
import time
from pathlib import Path

RETENTION_DAYS = 30
RETENTION_S = RETENTION_DAYS * 24 * 3600.0


def move_into(trash: Path, folder: Path) -> None:
    """Move a folder into the trash, with now as its time; raises `OSError`."""
    trash.mkdir(parents=True, exist_ok=True)
    os.utime(folder)  # before it is there: a removal at that very moment must not see an old time
    folder.rename(trash / folder.name)


def names_in(trash: Path) -> list[str]:
    """Return the names of the folders in the trash, the last deleted first; none where there is no trash."""
    there = trash.iterdir() if trash.is_dir() else ()
    folders = [path for path in there if path.is_dir() and not path.name.startswith(".")]
    return [path.name for path in sorted(folders, key=_moved_at, reverse=True)]


def remove_for_good(trash: Path, older_than_s: float = RETENTION_S) -> list[str]:
    """Remove for good what was deleted that long ago; return the names of it. What cannot be removed stays."""
    for begun in trash.glob(".*"):  # by a process that was killed
        shutil.rmtree(begun, ignore_errors=True)
    removed = []
    for name in names_in(trash):
        if time.time() - _moved_at(trash / name) < older_than_s:
            continue
        going = trash / f".{name}"  # it is never brought back half removed
        with contextlib.suppress(OSError):
            (trash / name).rename(going)
            shutil.rmtree(going, ignore_errors=True)
            removed += [name] * (not going.exists())
    return removed


def _moved_at(folder: Path) -> float:
    """Return when the folder was moved to where it is, which is its modification time: seconds since 1970.

    That is now for a folder that another process has just removed.
    """
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return time.time()
