"""Sentences for errors of the operating system: they name the file and what to do."""

import errno
import os
import re
from pathlib import Path
from typing import NamedTuple

from core.storage.printable import to_printable

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class _Reason(NamedTuple):
    """An error's reason as a clause, what to do, and how a sentence goes on that begins with the file's name."""

    clause: str
    advice: str
    after_name: str = "cannot be opened: {clause}"

    @property
    def sentences(self) -> str:
        """Return the end of a sentence that begins with the file's name, and what to do."""
        return f"{self.after_name.format(clause=self.clause)}. {self.advice[:1].upper()}{self.advice[1:]}."


_DENIED = _Reason("permission is denied", "change its permissions, or choose another path")
_REASONS = {
    errno.EEXIST: _Reason("a file of that name exists already", "choose another path, or remove it", "exists already"),
    errno.EISDIR: _Reason("it is a folder", "choose a file", "is a folder"),
    errno.ENOENT: _Reason("there is no such file", "check the path"),
    errno.ENOTDIR: _Reason("a part of its path is a file, not a folder", "check the path"),
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: _Reason("its disk is read-only", "choose another path", "cannot be written: {clause}"),
    errno.ENAMETOOLONG: _Reason("its name is too long", "choose a shorter one"),
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
    if known := _REASONS.get(error.errno or 0):
        return f"{known.clause}; {known.advice}"
    words = _words(error)
    return words[:1].lower() + words[1:]


def describe_os_error(error: OSError) -> str:
    """Return an error of the operating system as sentences: the path where it names one, the reason, what to do."""
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    if not error.errno and (number := _number_within(error)):
        return describe_os_error(OSError(number, os.strerror(number), error.filename))
    if error.errno in _DISK_FULL:
        target = f" for {to_printable(str(path))}" if path else ""
        return f"No space is left on the disk{target}. Free some, then try again."
    known = _REASONS.get(error.errno or 0)
    if path is None:
        return f"A file or folder {known.sentences}" if known else f"{_words(error)}."
    name = to_printable(str(path))
    if error.errno == errno.ENOENT:
        return f"{name} {_describe_missing(path)}"
    return f"{name} {known.sentences}" if known else f"{name} cannot be used: {_words(error)}."


def _words(error: OSError) -> str:
    """Return the system's or Python's own words for an error, without a full stop."""
    return (error.strerror or str(error) or type(error).__name__).rstrip(".")


def _describe_missing(path: Path) -> str:
    if path.parent.is_dir():
        return "does not exist. Check the path."
    folder = to_printable(str(path.parent))
    return f"cannot be opened: there is no folder {folder}. Create it, or choose another path."
