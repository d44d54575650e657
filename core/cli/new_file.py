"""Files that a command writes: what is there already is never overwritten, and nothing half written stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def check_is_free(target: Path) -> None:
    """Raise an `OSError` where the file cannot be made, before what it is to hold is made, which may take seconds."""
    target.touch(exist_ok=False)
    target.unlink()


def write_new(target: Path, data: bytes) -> None:
    """Write a file that is not there yet; raises `OSError`."""
    with new_file(target) as file:
        file.write(data)


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file that is not there yet for writing; it is removed where anything is raised meanwhile.

    Raises `OSError` where it is there, and leaves that file alone.
    """
    target.touch(exist_ok=False)
    try:
        with open(target, "wb") as file:
            yield file
    except BaseException:
        target.unlink(missing_ok=True)
        raise
