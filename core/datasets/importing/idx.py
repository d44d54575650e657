"""IDX files, MNIST's own format, packed with gzip or not: a file of images and one of labels for each part.

Format: https://yann.lecun.com/exdb/mnist, whose files train-images-idx3-ubyte.gz and so on are named by all its family.
"""

import re
import struct
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from core.datasets.importing.array_images import GreyScale, image_shape, to_images
from core.datasets.importing.picture_reading import PICTURE_SUFFIXES
from core.datasets.importing.raw_set import Progress, RawSet, check_image_count, counted, number_labels
from core.datasets.importing.source_files import Source, SourceFile
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
    found = []
    for is_test, members in parts.items():
        if members:
            found.append((is_test, *_read_part(members, progress)))
    if not found:
        raise DatasetError("There is no IDX file in what was given.")
    named = number_labels(np.concatenate([labels for _, _, labels in found]))
    flags = np.concatenate([np.full(len(labels), is_test) for is_test, _, labels in found])
    others = len(source.files) - len(files)
    remarks = (f"Not looked at: {counted(others, 'other file')}.",) if others else ()
    images = found[0][1] if len(found) == 1 else np.concatenate([images for _, images, _ in found])
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


def _read_part(files: Sequence[SourceFile], progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Return the images and labels of one part: of the two files that it has."""
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
    check_image_count(counts[0])
    return _read_images(image_file, shapes[image_file], progress), _read_labels(label_file, counts[1])


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


def _read_images(file: SourceFile, shape: tuple[int, ...], progress: Progress) -> np.ndarray:
    """Return the images of an array of that shape as (n, 28, 28) uint8, read a part at a time."""
    sides = image_shape(shape)
    each = sides[0] * sides[1] * sides[2]
    count = shape[0]
    images = np.empty((count, 28, 28), np.uint8)
    with file.unpacked() as opened:
        _read_header(opened, file)
        step = max(1, _CHUNK_BYTES // each)
        for first in range(0, count, step):
            number = min(step, count - first)
            chunk = np.frombuffer(_read_exactly(opened, number * each, file, count), np.uint8)
            images[first : first + number] = to_images(chunk.reshape(number, each), GreyScale(0, 255), sides)
            progress((first + number) / count)
        _check_end(opened, file, count)
    return images


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
