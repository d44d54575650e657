"""Files that a command writes: what is there already is never overwritten, and nothing half written stays."""

from pathlib import Path


def check_is_free(target: Path) -> None:
    """Raise an `OSError` where the file cannot be made, before what it is to hold is made, which may take seconds."""
    target.touch(exist_ok=False)
    target.unlink()


def write_new(target: Path, data: bytes) -> None:
    """Write a file that is not there yet; raises `OSError`."""
    target.touch(exist_ok=False)
    try:
        target.write_bytes(data)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
