"""Sentences for errors of the operating system: they name the file and what to do."""

import errno
import os
import re
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
_SHORT_REASONS = {
    errno.EEXIST: "a file of that name exists already; choose another path, or remove it",
    errno.EISDIR: "it is a folder; choose a file",
    errno.ENOENT: "there is no such file; check the path",
    errno.ENOTDIR: "a part of its path is a file, not a folder; check the path",
    errno.EACCES: "permission is denied; change its permissions, or choose another path",
    errno.EPERM: "permission is denied; change its permissions, or choose another path",
    errno.EROFS: "its disk is read-only; choose another path",
    errno.ENAMETOOLONG: "its name is too long; choose a shorter one",
}


_NUMBER = re.compile(r"\[Errno (\d+)\]|errno = (\d+)")


def error_text(error: Exception) -> str:
    """Return what an error says to people: an `OSError` in sentences (`describe_os_error`), others in their words.

    An error in whose text a library has put the number of one of the operating system is said as that one.
    """
    if isinstance(error, OSError):
        return describe_os_error(error)
    wrapped = _number_within(error)
    return describe_os_error(OSError(wrapped, os.strerror(wrapped))) if wrapped else str(error)


def _number_within(error: Exception) -> int:
    """Return the operating system's number in an error's text, 0 where there is none: HDF5 gives it only there."""
    found = _NUMBER.search(str(error))
    return int(found[1] or found[2]) if found else 0


def os_reason(error: OSError) -> str:
    """Return why something failed, as the end of a sentence that names the file itself: no space is left on the disk.

    The system's own words where there are no better ones.
    """
    if error.errno in _DISK_FULL:
        return "no space is left on the disk; free some, then try again"
    words = _SHORT_REASONS.get(error.errno or 0) or (error.strerror or str(error) or type(error).__name__).rstrip(".")
    return words[:1].lower() + words[1:]


def describe_os_error(error: OSError) -> str:
    """Return an error of the operating system as sentences: the path where it names one, the reason, what to do."""
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    if not error.errno and (number := _number_within(error)):
        return describe_os_error(OSError(number, os.strerror(number), error.filename))
    if error.errno in _DISK_FULL:
        target = f" for {to_printable(str(path))}" if path else ""
        return f"No space is left on the disk{target}. Free some, then try again."
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    if path is None:
        return f"A file or folder {_REASONS[error.errno]}" if error.errno in _REASONS else f"{reason}."
    return f"{to_printable(str(path))} {_describe_reason(error, path, reason)}"


def _describe_reason(error: OSError, path: Path, reason: str) -> str:
    if error.errno != errno.ENOENT:
        return _REASONS.get(error.errno or 0, f"cannot be used: {reason}.")
    if path.parent.is_dir():
        return "does not exist. Check the path."
    folder = to_printable(str(path.parent))
    return f"cannot be opened: there is no folder {folder}. Create it, or choose another path."
