"""A stamp of a file, which changes whenever the file does: so a file that has not changed is not read again."""

import os
from pathlib import Path

Stamp = tuple[int, int, int]


def file_stamp(path: Path) -> Stamp | None:
    """Return the stamp of a file, None where it cannot be looked at; costs a few microseconds."""
    try:
        return stamp_of(path.stat())
    except OSError:
        return None


def stamp_of(stat: os.stat_result) -> Stamp:
    """Return the stamp of the file that the system says this of, of an opened one for instance."""
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
