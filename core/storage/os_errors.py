"""Sentences for errors of the operating system: they name the file and what to do."""

import errno
import os
from pathlib import Path

from core.storage.printable import to_printable

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


def error_text(error: Exception) -> str:
    """Return what an error says to people: an `OSError` in sentences (`describe_os_error`), others in their words."""
    return describe_os_error(error) if isinstance(error, OSError) else str(error)


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
