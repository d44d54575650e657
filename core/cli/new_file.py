"""Files that a command writes: what is there already is never overwritten, and nothing half written stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def check_is_free(target: Path) -> None:
    """Raise an `OSError` where the file cannot be made, before what it is to hold is made, which may take seconds."""
    target.touch(exist_ok=False)
    target.unlink()


def write_new(target: Path, data: bytes) -> None:
    """Write a file that is not there yet; raises `OSError`."""
    with claimed(target):
        target.write_bytes(data)


@contextmanager
def claimed(target: Path) -> Iterator[None]:
    """Make a file that is not there yet, to be written within; it is removed where anything is raised meanwhile.

    Raises `OSError` where it is there already, and leaves that file alone.
    """
    target.touch(exist_ok=False)
    try:
        yield
    except BaseException:
        target.unlink(missing_ok=True)
        raise
