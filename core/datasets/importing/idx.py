"""IDX files, MNIST's own format, packed with gzip or not: a file of images and one of labels for each part.

Format: https://yann.lecun.com/exdb/mnist, whose files train-images-idx3-ubyte.gz and so on are named by all its family.
"""

import re
import struct
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

import numpy as np

from core.datasets.importing.array_images import GreyScale, image_shape, to_images
from core.datasets.importing.picture_reading import PICTURE_SUFFIXES
from core.datasets.importing.raw_set import Progress, RawSet, check_image_count, counted, number_labels
from core.datasets.importing.source_files import MAX_ARRAY_IMAGES, Source, SourceFile
from core.datasets.mnist import DatasetError

NAME = "IDX files"
WHAT = "MNIST's own format: train-images, train-labels, t10k-images and t10k-labels, with or without .gz"

_NAMED = re.compile(r"idx[1-4]?[-.]u?byte|\.idx[1-4]?(\.gz)?$")
_TEST = re.compile(r"t10k|test|valid", re.IGNORECASE)
_UBYTE = 8
_CHUNK_BYTES = 16 * 1024**2
_OTHERS = (*PICTURE_SUFFIXES, ".csv", ".csv.gz", ".tsv", ".txt", ".json", ".npy", ".npz")


def claims(source: Source) -> bool:
    """Return whether there are IDX files, by their names or by how they begin."""
    return any(_is_idx(file) for file in source.files)


def read(source: Source, progress: Progress) -> RawSet:
    """Return the images and labels of IDX files; raises `DatasetError` with a sentence on the file that is wrong."""
    files = [file for file in source.files if _is_idx(file)]
    parts = {False: [f for f in files if not _is_test(f)], True: [f for f in files if _is_test(f)]}
    found = [(is_test, _find_part(members)) for is_test, members in parts.items() if members]
    if not found:
        raise DatasetError("There is no IDX file in what was given.")
    check_image_count(sum(part.shape[0] for _, part in found), MAX_ARRAY_IMAGES)
    images = _read_images([part for _, part in found], progress)
    named = number_labels(np.concatenate([_read_labels(part.labels, part.shape[0]) for _, part in found]))
    flags = np.concatenate([np.full(part.shape[0], is_test) for is_test, part in found])
    others = len(source.files) - len(files)
    remarks = (f"Not looked at: {counted(others, 'other file')}.",) if others else ()
    is_test = flags if 0 < flags.sum() < len(flags) else None
    return RawSet(named.class_names, images, named.labels, is_test=is_test, remarks=remarks)


def _is_test(file: SourceFile) -> bool:
    return bool(_TEST.search(file.name.rpartition("/")[2]))


def _is_idx(file: SourceFile) -> bool:
    """Return whether a file is one of IDX; what its name says to be another is not opened: there may be 300,000."""
    if file.suffix in _OTHERS:
        return False
    return bool(_NAMED.search(file.name.lower())) or _begins_like_idx(file)


def _begins_like_idx(file: SourceFile) -> bool:
    try:
        start = file.read(8)
    except DatasetError:
        return False
    return start[:3] == b"\0\0\x08" and len(start) == 8 and 1 <= start[3] <= 4


class _Part(NamedTuple):
    """The two files of a part, and the shape of its images."""

    images: SourceFile
    labels: SourceFile
    shape: tuple[int, ...]


def _find_part(files: Sequence[SourceFile]) -> _Part:
    """Return the images and labels of one part: the two files that it has."""
    shapes = {file: _header_of(file) for file in files}
    images = [file for file, shape in shapes.items() if len(shape) >= 2]
    labels = [file for file, shape in shapes.items() if len(shape) == 1]
    if len(images) != 1 or len(labels) != 1:
        names = ", ".join(file.shown_name for file in files[:4])
        raise DatasetError(
            f"A file of images and a file of labels belong together; here {len(images)} and {len(labels)} were found "
            f"({names}). Send both files of each part: train-images and train-labels, t10k-images and t10k-labels."
        )
    (image_file,), (label_file,) = images, labels
    counts = shapes[image_file][0], shapes[label_file][0]
    if counts[0] != counts[1]:
        raise DatasetError(
            f"{image_file.shown_name} has {counts[0]:,} images and {label_file.shown_name} has {counts[1]:,} labels; "
            "the two do not belong together."
        )
    return _Part(image_file, label_file, shapes[image_file])


def _header_of(file: SourceFile) -> tuple[int, ...]:
    with file.unpacked() as opened:
        return _read_header(opened, file)


def _read_header(opened: BinaryIO, file: SourceFile) -> tuple[int, ...]:
    start = opened.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or not 1 <= start[3] <= 4:
        raise DatasetError(f"{file.shown_name} does not begin like an IDX file; get it again.")
    if start[2] != _UBYTE:
        raise DatasetError(f"{file.shown_name} holds numbers of the type {start[2]:#x}; bytes (0x08) are read here.")
    sizes = opened.read(4 * start[3])
    if len(sizes) < 4 * start[3]:
        raise DatasetError(f"{file.shown_name} ends within its header; get it again.")
    return struct.unpack(f">{start[3]}I", sizes)


def _read_images(parts: Sequence[_Part], progress: Progress) -> np.ndarray:
    """Return the images of all parts as (n, 28, 28) uint8, which are in memory but once."""
    images, done = np.empty((sum(part.shape[0] for part in parts), 28, 28), np.uint8), 0
    for part in parts:
        end = done + part.shape[0]
        low, share = done / len(images), part.shape[0] / len(images)
        _fill(images[done:end], part, lambda done, low=low, share=share: progress(low + share * done))
        done = end
    return images


def _fill(images: np.ndarray, part: _Part, progress: Progress) -> None:
    """Read the images of a part into (n, 28, 28) uint8, some at a time."""
    file, count, sides = part.images, part.shape[0], image_shape(part.shape)
    each = sides[0] * sides[1] * sides[2]
    with file.unpacked() as opened:
        _read_header(opened, file)
        step = max(1, _CHUNK_BYTES // each)
        for first in range(0, count, step):
            number = min(step, count - first)
            chunk = np.frombuffer(_read_exactly(opened, number * each, file, count), np.uint8)
            images[first : first + number] = to_images(chunk.reshape(number, each), GreyScale(0, 255), sides)
            progress((first + number) / count)
        _check_end(opened, file, count)


def _read_labels(file: SourceFile, count: int) -> np.ndarray:
    with file.unpacked() as opened:
        _read_header(opened, file)
        data = _read_exactly(opened, count, file, count)
        _check_end(opened, file, count)
    return np.frombuffer(data, np.uint8)


def _read_exactly(opened: BinaryIO, size: int, file: SourceFile, count: int) -> bytes:
    data = opened.read(size)
    if len(data) < size:
        raise DatasetError(f"{file.shown_name} says that it holds {count:,} entries, and ends before; get it again.")
    return data


def _check_end(opened: BinaryIO, file: SourceFile, count: int) -> None:
    if opened.read(1):
        raise DatasetError(
            f"{file.shown_name} holds more than the {count:,} entries that its header says; get it again."
        )
