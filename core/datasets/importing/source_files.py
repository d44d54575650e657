"""The files of a data set that is to be imported, wherever they lie: in an upload, a folder, or a ZIP of either."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from core.config import dataset_spec
from core.datasets.importing.unpacking import open_gzip
from core.datasets.mnist import DatasetError
from core.pictures.file_names import shorten
from core.storage.os_errors import error_text
from core.storage.printable import to_printable

MAX_IMAGES = 300_000
"""How many pictures or rows an imported data set may have: with all copies they take about a gigabyte of memory."""

MAX_ARRAY_IMAGES = dataset_spec.MAX_IMAGES
"""How many images a set of arrays (IDX, NumPy) may have: they are held once, 784 bytes each, and copied once."""

MAX_FILES = MAX_IMAGES + 1000


@dataclass(frozen=True, eq=False, slots=True)
class SourceFile:
    """One file: its name, a path with '/' within what was given, its size in bytes, and how it is opened."""

    name: str
    size: int
    open: Callable[[], BinaryIO]
    path: Path | None = None  # on this machine, where it is no part of an upload or a ZIP

    @property
    def suffix(self) -> str:
        """Return the end of its name, in lower case: '.png'; of 'a.csv.gz' it is '.csv.gz'."""
        ends = PurePosixPath(self.name.lower()).suffixes
        return "".join(ends[-2:]) if ends and ends[-1] == ".gz" else ends[-1] if ends else ""

    @property
    def shown_name(self) -> str:
        """Return its name as a text that is safe to show."""
        return to_printable(shorten(self.name))

    @contextmanager
    def unpacked(self) -> Iterator[BinaryIO]:
        """Open the file, unpacked where gzip has packed it.

        Raises whatever goes wrong, here or while it is read, as a `DatasetError` with a sentence.
        """
        try:
            with self.open() as opened:
                is_packed = opened.read(2) == b"\x1f\x8b"
            with self.open() as opened:
                yield open_gzip(opened, self.shown_name, self.size) if is_packed else opened
        except DatasetError:
            raise
        except Exception as error:  # gzip, zlib and zipfile raise nearly anything on damaged bytes
            raise DatasetError(
                f"{self.shown_name} is cut off or damaged ({error_text(error)}); get it again."
            ) from error

    def read(self, max_bytes: int) -> bytes:
        """Return its content, at most so many bytes; raises `DatasetError` where it cannot be read."""
        try:
            with self.open() as file:
                return file.read(max_bytes)
        except Exception as error:  # zipfile and zlib raise nearly anything on damaged bytes
            raise DatasetError(f"{self.shown_name} cannot be read: {error_text(error)}") from error


@dataclass(frozen=True, eq=False)
class Source:
    """All files of a data set, what was given being `name`; `folders` are those in it, `remarks` what was left out."""

    name: str
    files: tuple[SourceFile, ...]
    folders: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
