"""Wrong use of the command line, and the file that an error names; `core.storage.os_errors` has the sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
