"""The limits of what packed files may unpack to, and gzip within them: a small file can claim terabytes."""

import gzip
import io
from typing import TYPE_CHECKING, BinaryIO

from core.datasets.mnist import DatasetError
from core.pictures.zip_archives import MAX_UNPACKED_RATIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_UNPACKED_BYTES = 4 * 1024**3
"""How many bytes a file may unpack to; they are never in memory together."""

_MIN_UNPACKED_BYTES = 64 * 1024**2  # so much any file may unpack to: many pictures of one colour pack very well
_BUFFER_BYTES = 256 * 1024


def check_unpacked(name: str, packed: int, unpacked: int) -> None:
    """Raise `DatasetError` where a file of `packed` bytes unpacks to more than a data set has."""
    is_bomb = unpacked > max(_MIN_UNPACKED_BYTES, MAX_UNPACKED_RATIO * packed)
    if is_bomb or unpacked > MAX_UNPACKED_BYTES:
        raise DatasetError(
            f"{name} has {packed:,} bytes and would unpack to {unpacked / 1024**2:,.0f} MB"
            f"{', as no data set does' if is_bomb else ''}; it is not opened. Send the files themselves, or fewer."
        )


def open_gzip(packed: BinaryIO, name: str, size: int) -> BinaryIO:
    """Return what gzip has packed into a file of `size` bytes; reading more than it may unpack to raises."""
    return io.BufferedReader(_Limited(gzip.GzipFile(fileobj=packed), name, size), _BUFFER_BYTES)


class _Limited(io.RawIOBase):
    """A file that gzip has packed, which counts the bytes that it has unpacked."""

    def __init__(self, file: gzip.GzipFile, name: str, size: int) -> None:
        self._file, self._name, self._size, self._done = file, name, size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        count = self._file.readinto(buffer)
        self._done += count
        check_unpacked(self._name, self._size, self._done)
        return count
