"""Files that several processes read while one writes: replaced whole or appended by whole lines."""

import contextlib
import errno
import json
import os
import threading
import time
from pathlib import Path

_WINDOWS_RETRIES = 20
_DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def as_disk_full():
    """Raise what is no room, by whatever name, as the `OSError` of a full disk.

    To who writes, a quota that is used up and a file that may not grow any further are the same.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL_ERRNOS:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), error.filename) from error
        raise


@as_disk_full()
def replace_file(path: Path, write, durable: bool = True) -> None:
    """Replace `path` atomically with what `write(file)` puts into a binary file: beside it, fsync, rename.

    A reader sees the old file or the new one, never a half. Raises `OSError` (no space left, say); the half-written
    copy is removed first, so that what it took is free again. What need not outlive a power cut is not `durable`: it
    is written without waiting for the disk.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        with open(beside, "wb") as file:
            write(file)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        _rename(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def remove_leftovers(folder: Path, pattern: str) -> None:
    """Remove the files in a folder that a writer who was killed left there, as far as that can be done."""
    for left in folder.glob(pattern):
        with contextlib.suppress(OSError):
            left.unlink()


def _rename(source, target):
    """Windows refuses to replace a file while a reader holds it open, so there a refusal is tried again."""
    for attempt in range(_WINDOWS_RETRIES):
        try:
            source.replace(target)
            return
        except PermissionError:
            if os.name != "nt" or attempt == _WINDOWS_RETRIES - 1:
                raise
            time.sleep(0.05)


def replace_json(path: Path, value) -> None:
    """Replace `path` atomically with `value` as JSON; where the disk is full, write over the old file in place.

    The old file's blocks are still there to take a short one, so even a full disk can say that it is full.
    """
    data = json.dumps(value, indent=2).encode()
    try:
        replace_file(path, lambda file: file.write(data))
    except OSError as error:
        if error.errno != errno.ENOSPC or not path.exists():
            raise
        with open(path, "r+b") as file:
            file.write(data)
            file.truncate()


@as_disk_full()
def append_line(path: Path, value: dict, durable: bool = False) -> None:
    """Append `value` as one line of JSON in a single write, and flush it; raises `OSError`.

    A half line that a writer left behind is closed first, so that it does not swallow this one. A `durable` line is
    on the disk, and so outlives a loss of power, before this returns.
    """
    with open(path, "ab+") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        broken = file.read(1) not in (b"", b"\n")
        file.write(b"\n" * broken + json.dumps(value).encode() + b"\n")
        if durable:
            file.flush()
            os.fsync(file.fileno())


@as_disk_full()
def fsync(path: Path) -> None:
    """Return when all that was appended to the file is on the disk, if there is one; raises `OSError`."""
    with contextlib.suppress(FileNotFoundError), open(path, "r+b") as file:
        os.fsync(file.fileno())


def read_lines(path: Path, offset: int = 0) -> tuple[list[dict], int]:
    """Return the whole lines of JSON from byte `offset` on, and the offset behind the last of them.

    A last line that is only half written is left for the next call; a damaged line is passed over; a missing file
    has no lines.
    """
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return [], offset
    end = data.rfind(b"\n") + 1
    rows = []
    for line in data[:end].splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            row = json.loads(line)
            if isinstance(row, dict):
                rows.append(row)
    return rows, offset + end
