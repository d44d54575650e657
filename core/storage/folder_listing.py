"""The folders in a folder, listed anew where it has changed: pages ask for them several times a second."""

import os
import time
from pathlib import Path
from typing import NamedTuple

_SAME_TIME_NS = 3 * 10**9  # two changes so close may have the same time, on some file systems
_LISTED_EACH_S = 10.0  # where a file system keeps no modification time of folders


class _Listed(NamedTuple):
    stamp: tuple[int, int, int]  # of the folder, which changes with everything that comes or goes in it
    seen_s: float  # on a monotonic clock
    paths: tuple[str, ...]


_listed: dict[Path, _Listed] = {}


def list_shown(parent: Path) -> tuple[str, ...]:
    """Return the paths of the folders in a folder in the order of their names; none where there is no such folder.

    Those whose names begin with a dot or cannot be shown are left out. Raises `OSError` where it cannot be read.
    """
    began_ns = time.time_ns()
    try:
        found = parent.stat()
        stamp, listed = (found.st_dev, found.st_ino, found.st_mtime_ns), _listed.get(parent)
        if listed and listed.stamp == stamp and time.monotonic() - listed.seen_s < _LISTED_EACH_S:
            return listed.paths
        with os.scandir(parent) as entries:
            names = (each for each in entries if not each.name.startswith(".") and each.name.isprintable())
            paths = tuple(sorted(each.path for each in names if each.is_dir()))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    if began_ns - found.st_mtime_ns > _SAME_TIME_NS:
        _listed[parent] = _Listed(stamp, time.monotonic(), paths)
    return paths


def forget(parent: Path) -> None:
    """Have a folder listed anew where this process itself has changed what is in it."""
    _listed.pop(parent, None)
