"""The errors of the command line, as sentences that name the file and what to do."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.pictures.file_names import to_printable

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = "cannot be opened: permission is denied. Change its permissions, or choose another path."
_REASONS = {
    errno.EEXIST: "exists already. Choose another path, or remove it.",
    errno.EISDIR: "is a folder. Choose a file.",
    errno.ENOTDIR: "cannot be opened: a part of its path is a file, not a folder. Check the path.",
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: "cannot be written: its disk is read-only. Choose another path.",
    errno.ENAMETOOLONG: "cannot be opened: its name is too long. Choose a shorter one.",
}


class UsageError(ValueError):
    """A command line that cannot be carried out as it is written; the text says what to write instead."""


@contextmanager
def name_file_in_errors(path: Path) -> Iterator[None]:
    """Add this path to an `OSError` that names no file, as one of a full disk while writing does."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def describe_os_error(error: OSError) -> str:
    """Return an error of the operating system as sentences: the path where it names one, the reason, what to do."""
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    if error.errno in _DISK_FULL:
        target = f" for {to_printable(str(path))}" if path else ""
        return f"No space is left on the disk{target}. Free some, then try again."
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    if path is None:
        return f"{reason}."
    return f"{to_printable(str(path))} {_describe_reason(error, path, reason)}"


def _describe_reason(error: OSError, path: Path, reason: str) -> str:
    if error.errno != errno.ENOENT:
        return _REASONS.get(error.errno or 0, f"cannot be used: {reason}.")
    if path.parent.is_dir():
        return "does not exist. Check the path."
    folder = to_printable(str(path.parent))
    return f"cannot be opened: there is no folder {folder}. Create it, or choose another path."
