"""Files that several processes read while one writes: replaced atomically, or appended to by whole lines."""

import contextlib
import errno
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from core.storage import json_files

MAX_LINE_BYTES = 64 * 1024
"""How long a line of JSON may be; those that are written have a few hundred bytes."""

_WINDOWS_RETRIES = 20
_WINDOWS_RETRY_S = 0.05
_DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def as_disk_full() -> Iterator[None]:
    """Raise every error that means "no space" as the `OSError` of a full disk (`ENOSPC`).

    For whoever writes, an exhausted quota and a file at its maximal size are the same as a full disk.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL_ERRNOS:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), error.filename) from error
        raise


@as_disk_full()
def replace_file(path: Path, write: Callable[[BinaryIO], object], durable: bool = True) -> None:
    """Replace `path` atomically with what `write(file)` writes into a binary file: beside it, fsync, rename.

    A reader sees the old file or the new one, never a part of it. Raises `OSError` (no space left, for instance); the
    incomplete copy is removed first, so that its space is free again. With `durable` False the file is written without
    waiting for the disk: for what need not outlive a power cut.
    """
    copy = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        with open(copy, "wb") as file:
            write(file)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        _rename(copy, path)
    except BaseException:
        with contextlib.suppress(OSError):
            copy.unlink()
        raise


def remove_leftovers(folder: Path, pattern: str) -> None:
    """Remove the files in a folder that match `pattern`, left by a killed writer; skip those that cannot be removed."""
    for leftover in folder.glob(pattern):
        with contextlib.suppress(OSError):
            leftover.unlink()


def _rename(source: Path, target: Path) -> None:
    """Rename a file; try again on Windows, which refuses to replace a file while a reader holds it open."""
    for attempt in range(_WINDOWS_RETRIES):
        try:
            source.replace(target)
            return
        except PermissionError:
            if os.name != "nt" or attempt == _WINDOWS_RETRIES - 1:
                raise
            time.sleep(_WINDOWS_RETRY_S)


def replace_json(path: Path, value: object) -> None:
    """Replace `path` atomically with `value` as JSON; on a full disk, overwrite the old file in place.

    The old file's blocks can still hold a short new one, so even on a full disk a status can say that it is full.
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

    An incomplete line that a writer left behind is ended first, so that it does not damage this one. With `durable`
    the line is on the disk, and so outlives a power cut, before this returns.
    """
    with open(path, "ab+") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        is_incomplete = file.read(1) not in (b"", b"\n")
        file.write(b"\n" * is_incomplete + json.dumps(value).encode() + b"\n")
        if durable:
            file.flush()
            os.fsync(file.fileno())


@as_disk_full()
def fsync(path: Path) -> None:
    """Return once everything appended to the file is on the disk; do nothing without a file. Raises `OSError`."""
    with contextlib.suppress(FileNotFoundError), open(path, "r+b") as file:
        os.fsync(file.fileno())


def read_lines(path: Path, offset: int = 0, max_bytes: int | None = None) -> tuple[list[dict], int]:
    """Return the complete lines of JSON from byte `offset` on, and the offset after the last of them.

    At most `max_bytes` are read, at least one whole line of up to `MAX_LINE_BYTES`. An incomplete last line is left for
    the next call; a damaged or longer line is skipped; a missing file has no lines. Texts are cleaned (`json_files`).
    """
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            data = file.read() if max_bytes is None else file.read(max(max_bytes, MAX_LINE_BYTES))
    except FileNotFoundError:
        return [], offset
    end = data.rfind(b"\n") + 1
    if not end and len(data) >= MAX_LINE_BYTES:  # the middle of a line that is too long
        return [], offset + len(data)
    rows = []
    for line in data[:end].splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            row = json_files.parse_json(line) if len(line) <= MAX_LINE_BYTES else None
            if isinstance(row, dict):
                rows.append(row)
    return rows, offset + end
