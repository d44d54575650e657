"""Arrays in NumPy's own file format, read a part at a time, so that a large one is never in memory as it is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy_format

from core.datasets.mnist import DatasetError

_CHUNK_BYTES = 16 * 1024**2
_MAX_WHOLE_BYTES = 512 * 1024**2  # of an array that is stored by columns, and so cannot be read in parts


@dataclass(frozen=True)
class NpyHeader:
    """The header of a .npy file: shape, order and type of its array."""

    shape: tuple[int, ...]  # at least one dimension
    is_fortran: bool
    dtype: np.dtype

    @property
    def count(self) -> int:
        """Return how many entries there are along the first dimension."""
        return self.shape[0]

    @property
    def row_bytes(self) -> int:
        """Return how many bytes an entry along the first dimension has."""
        return int(np.prod(self.shape[1:], dtype=object)) * self.dtype.itemsize


def read_header(file: BinaryIO, name: str) -> NpyHeader:
    """Return the header that the file begins with; raises `DatasetError` for objects (pickles) and for what is none."""
    try:
        version = npy_format.read_magic(file)
        reader = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
        header = NpyHeader(*reader(file))
    except ValueError as error:
        raise DatasetError(
            f"{name} is no array that NumPy has saved ({error}). Save it with np.save or np.savez."
        ) from error
    if header.dtype.hasobject:
        raise DatasetError(
            f"{name} holds Python objects (a pickle), which could run a program and are never opened. "
            "Save it as an array of numbers."
        )
    if not header.shape:
        raise DatasetError(f"{name} is a single number, not an array.")
    return header


def read_chunks(file: BinaryIO, header: NpyHeader, name: str) -> Iterator[np.ndarray]:
    """Yield the entries along the first dimension, in parts; raises `DatasetError` where the file ends early."""
    if header.is_fortran and len(header.shape) > 1:
        yield _read_columns(file, header, name)
        return
    count = header.count
    step = max(1, _CHUNK_BYTES // max(1, header.row_bytes))
    for first in range(0, count, step):
        number = min(step, count - first)
        data = _read_exactly(file, number * header.row_bytes, name)
        yield np.frombuffer(data, header.dtype).reshape(number, *header.shape[1:])


def _read_columns(file: BinaryIO, header: NpyHeader, name: str) -> np.ndarray:
    size = header.count * header.row_bytes
    if size > _MAX_WHOLE_BYTES:
        raise DatasetError(f"{name} is stored by columns and too large for it; save it by rows (np.ascontiguousarray).")
    return np.frombuffer(_read_exactly(file, size, name), header.dtype).reshape(header.shape, order="F")


def _read_exactly(file: BinaryIO, size: int, name: str) -> bytes:
    if size > 4 * _MAX_WHOLE_BYTES:
        raise DatasetError(f"{name} has entries of {size / 1024**2:,.0f} MB each; images are smaller.")
    data = file.read(size)
    if len(data) < size:
        raise DatasetError(f"{name} ends before all of its array; get or save it again.")
    return data


@contextmanager
def damage_as_error(name: str) -> Iterator[None]:
    """Raise whatever goes wrong while a file is read as a `DatasetError`."""
    try:
        yield
    except DatasetError:
        raise
    except Exception as error:  # zipfile, zlib and NumPy raise nearly anything on damaged bytes
        raise DatasetError(f"{name} is cut off or damaged ({error}); get or save it again.") from error
