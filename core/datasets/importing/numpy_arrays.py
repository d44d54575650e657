"""NumPy's files: one .npz with all arrays, or .npy and .npz files of one array each."""

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

import numpy as np

from core.datasets.importing.archives import open_archive
from core.datasets.importing.array_images import GreyScale, image_shape, to_images
from core.datasets.importing.npy_stream import NpyHeader, damage_as_error, read_chunks, read_header
from core.datasets.importing.raw_set import Progress, RawSet, check_image_count, name_labels, number_labels
from core.datasets.importing.source_files import MAX_ARRAY_IMAGES, Source, SourceFile
from core.datasets.mnist import DatasetError
from core.storage import safe_zip

NAME = "NumPy arrays"
WHAT = ".npz with x_train, y_train, x_test and y_test, or images and labels; or .npy files of these names"

_IMAGES, _LABELS = r"x|images?|imgs?|data|pictures?|arr_0", r"y|labels?|targets?|classes|arr_1"
_TEST = re.compile(r"test|t10k|valid|(?<![a-z])val(?![a-z])", re.IGNORECASE)
_MAX_MEMBERS = 100
_MAX_LABEL_BYTES = 64 * 1024**2


@dataclass(frozen=True, eq=False)
class _Array:
    """An array in a file: the name by which its part is known, and how its bytes are opened."""

    name: str
    header: NpyHeader
    open: Callable[[], BinaryIO]

    @property
    def is_test(self) -> bool:
        return bool(_TEST.search(self.name))

    @property
    def is_labels(self) -> bool:
        return len(self.header.shape) == 1 or len(self.header.shape) == 2 and self.header.shape[1] == 1


def claims(source: Source) -> bool:
    """Return whether there are files of NumPy's."""
    return any(file.suffix in (".npz", ".npy") for file in source.files)


def read(source: Source, progress: Progress) -> RawSet:
    """Return the images and labels of the files; raises `DatasetError` with a sentence. A pickle is never opened."""
    arrays = [each for file in source.files if file.suffix in (".npz", ".npy") for each in _arrays_of(file)]
    parts = []
    for is_test in (False, True):
        if members := [each for each in arrays if each.is_test == is_test]:
            parts.append((is_test, *_find_part(members)))
    if not parts:
        raise DatasetError("There is no array in these files. Save the images and the labels with np.savez.")
    check_image_count(sum(images.header.count for _, images, _ in parts), MAX_ARRAY_IMAGES)
    images = _read_images([images for _, images, _ in parts], progress)
    labels = np.concatenate([_read_labels(labels) for _, _, labels in parts])
    named = number_labels(labels) if labels.dtype.kind in "iu" else name_labels([str(each) for each in labels])
    flags = np.concatenate([np.full(labels.header.count, is_test) for is_test, _, labels in parts])
    is_test = flags if 0 < flags.sum() < len(flags) else None
    return RawSet(named.class_names, images, named.labels, is_test=is_test, remarks=named.remarks)


def _arrays_of(file: SourceFile) -> list[_Array]:
    with damage_as_error(file.shown_name):
        if file.suffix == ".npy":
            with file.open() as opened:
                return [_Array(file.name, read_header(opened, file.shown_name), file.open)]
        archive = open_archive(file, _MAX_MEMBERS)
        infos = [info for info in archive.infolist() if info.filename.endswith(".npy")]
        if not all(map(safe_zip.is_allowed, infos)):
            raise DatasetError(f"{file.shown_name} has a password or a compression that is not read here.")
        alone = len(infos) == 1  # such as kmnist-train-imgs.npz, whose array is called arr_0
        return [_member(archive, info, file, alone) for info in infos]


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: SourceFile, alone: bool) -> _Array:
    def opener() -> BinaryIO:
        return cast("BinaryIO", archive.open(info))

    key = info.filename.removesuffix(".npy")
    with opener() as opened:
        header = read_header(opened, f"{key} in {file.shown_name}")
    return _Array(file.name if alone else key, header, opener)


def _find_part(arrays: Sequence[_Array]) -> tuple[_Array, _Array]:
    """Return the array of images and that of labels of one part."""
    images, labels = _choose(arrays, False), _choose(arrays, True)
    if images is None or labels is None:
        found = ", ".join(f"{each.name} {each.header.shape}" for each in arrays[:6]) or "none"
        missing = "labels" if images else "images"
        raise DatasetError(
            f"There is no array of {missing} among these: {found}. Call them x_train, y_train, x_test and y_test, "
            "or images and labels."
        )
    counts = images.header.count, labels.header.count
    if counts[0] != counts[1]:
        raise DatasetError(
            f"{images.name} has {counts[0]:,} images and {labels.name} has {counts[1]:,} labels; as many are wanted."
        )
    return images, labels


def _choose(arrays: Sequence[_Array], of_labels: bool) -> _Array | None:
    """Return the array of images or of labels: the one of that kind, by its name where there are several."""
    fitting = [each for each in arrays if each.is_labels == of_labels]
    pattern = re.compile(rf"(^|[^a-z])({_LABELS if of_labels else _IMAGES})([^a-z]|$)", re.IGNORECASE)
    named = [each for each in fitting if pattern.search(each.name)]
    return (named or fitting or [None])[0]


def _read_images(arrays: Sequence[_Array], progress: Progress) -> np.ndarray:
    """Return the images of all parts as (n, 28, 28) uint8, which are in memory but once."""
    images, done = np.empty((sum(array.header.count for array in arrays), 28, 28), np.uint8), 0
    for array in arrays:
        end = done + array.header.count
        low, share = done / max(1, len(images)), array.header.count / max(1, len(images))
        _fill(images[done:end], array, lambda done, low=low, share=share: progress(low + share * done))
        done = end
    return images


def _fill(images: np.ndarray, array: _Array, progress: Progress) -> None:
    """Read the images of a part into (n, 28, 28) uint8, some at a time."""
    shape, count, done, scale = image_shape(array.header.shape), array.header.count, 0, None
    with damage_as_error(array.name), array.open() as opened:
        header = read_header(opened, array.name)
        for chunk in read_chunks(opened, header, array.name):
            scale = scale or GreyScale.of(chunk)
            images[done : done + len(chunk)] = to_images(chunk, scale, shape)
            done += len(chunk)
            progress(done / count)


def _read_labels(array: _Array) -> np.ndarray:
    if array.header.count * array.header.row_bytes > _MAX_LABEL_BYTES:
        raise DatasetError(
            f"{array.name} has labels of {array.header.row_bytes:,} bytes each; shorter ones are wanted."
        )
    with damage_as_error(array.name), array.open() as opened:
        header = read_header(opened, array.name)
        values = np.concatenate(list(read_chunks(opened, header, array.name))).reshape(-1)
        if values.dtype.kind in "US":
            return values.astype(str).astype(object)
    if values.dtype.kind in "iubf":
        with np.errstate(invalid="ignore"):  # an infinite one, for instance, becomes another number
            whole = values.astype(np.int64)
        if np.array_equal(whole, values):
            return whole
    raise DatasetError(
        f"{array.name} has labels of the type {values.dtype}; whole numbers of at most 18 digits or texts are wanted."
    )
