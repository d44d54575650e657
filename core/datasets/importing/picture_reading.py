"""Picture files with a label each to images of 28×28, both as strokes in MNIST form and as the plain picture."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from core.datasets.importing.raw_set import Progress, RawSet, check_image_count, counted, name_labels
from core.datasets.importing.source_files import SourceFile
from core.datasets.mnist import DatasetError
from core.datasets.packed_images import PackedImages
from core.pictures.decoding import MAX_BYTES, SUFFIXES, PictureError, open_picture
from core.pictures.entries import PictureEntry
from core.pictures.prefetch import prefetch_batches
from core.preprocessing.binarization import find_inks
from core.preprocessing.mnist_form import to_reading_form
from core.preprocessing.naive_resize import resize_naively
from core.preprocessing.segmentation import find_pieces, merge_pieces
from core.storage.printable import to_printable

PICTURE_SUFFIXES = tuple(suffix for suffix in SUFFIXES if suffix != ".pdf")
_SIDE = 28
_INK_BATCH = 16  # pictures that the ink finder sees at a time: more take more memory and no less time
_MAX_NAMED = 3  # pictures that could not be read and are named


class LabelledFile(NamedTuple):
    """A picture file, the name of its class, and its part: True for the test part, None where none is named."""

    file: SourceFile
    label: str
    is_test: bool | None


def is_picture(file: SourceFile) -> bool:
    """Return whether a file is a picture by its name."""
    return file.suffix in PICTURE_SUFFIXES


def read_pictures(labelled: Sequence[LabelledFile], remarks: Sequence[str], progress: Progress) -> RawSet:
    """Return the pictures of labelled files; those that cannot be read are left out, and counted in a sentence.

    Raises `DatasetError` for too few or too many pictures or classes.
    """
    check_image_count(len(labelled))
    plain, strokes = PackedImages(), PackedImages()
    is_read = np.zeros(len(labelled), bool)
    problems, are_bitmaps, place = [], True, 0
    for batch in prefetch_batches(_entry(each.file) for each in labelled):
        places = [place + number for number, each in enumerate(batch) if each.picture is not None]
        pictures = [each.picture for each in batch if each.picture is not None]
        problems += [each.note for each in batch if each.picture is None]
        if are_bitmaps and not all(map(_is_bitmap, pictures)):
            are_bitmaps = False
            for image in plain:
                strokes.append(_in_mnist_form([image]))
        is_read[places] = True
        plain.append(np.array([resize_naively(picture) for picture in pictures]))
        for first in range(0, 0 if are_bitmaps else len(pictures), _INK_BATCH):
            strokes.append(_in_mnist_form(pictures[first : first + _INK_BATCH]))
        place += len(batch)
        progress(place / len(labelled))
        del batch, pictures
    return _raw_set(labelled, plain, None if are_bitmaps else strokes, is_read, [*remarks, *_sentences(problems)])


def read_photo(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return a photo, as the bytes of its file, as strokes in MNIST form and plain: (28, 28) uint8 each.

    Raises `PictureError` where it cannot be opened, `DatasetError` where there is no ink in it.
    """
    picture = open_picture(data, "The photo")
    (strokes,) = _in_mnist_form([picture])
    if not strokes.any():
        raise DatasetError("No ink was found in this photo. Take it closer, with more light, and once more.")
    return strokes, resize_naively(picture)


def _raw_set(
    labelled: Sequence[LabelledFile],
    plain: PackedImages,
    strokes: PackedImages | None,
    is_read: np.ndarray,
    remarks: Sequence[str],
) -> RawSet:
    kept = [each for each, good in zip(labelled, is_read.tolist(), strict=True) if good]
    if not kept:
        raise DatasetError(" ".join(["None of the pictures can be read.", *remarks]))
    lost = sorted({each.label for each in labelled} - {each.label for each in kept})
    named = name_labels([each.label for each in kept])
    flags = [each.is_test for each in kept]
    has_test = any(flags) and not all(flags)
    empty = (
        (f"Left out, for none of its pictures can be read: {', '.join(map(to_printable, lost[:5]))}.",) if lost else ()
    )
    is_test = np.array([bool(flag) for flag in flags]) if has_test else None
    return RawSet(named.class_names, plain, named.labels, strokes, is_test, (*remarks, *empty, *named.remarks))


def _entry(file: SourceFile) -> PictureEntry:
    def unpack() -> bytes:
        try:
            return file.read(MAX_BYTES + 1)
        except DatasetError as error:
            raise PictureError(str(error)) from error

    return PictureEntry(file.shown_name, unpack=unpack)


def _is_bitmap(picture: Image.Image) -> bool:
    """Return whether a picture has 28×28 pixels of grey, as the images of data sets have."""
    return picture.size == (_SIDE, _SIDE) and picture.mode in ("L", "1")


def _in_mnist_form(pictures: Sequence[Image.Image | np.ndarray]) -> np.ndarray:
    """Return each picture's ink in MNIST form, as a reader sees it, (k, 28, 28) uint8; black where there is none."""
    found = []
    for ink in find_inks(pictures, single=True):
        pieces = find_pieces(ink.strength)
        found.append(to_reading_form(merge_pieces(pieces).ink) if pieces else np.zeros((_SIDE, _SIDE), np.uint8))
    return np.array(found)


def _sentences(problems: Sequence[str]) -> list[str]:
    """Return a sentence on the pictures that cannot be read, with the first few reasons."""
    if not problems:
        return []
    more = " …" if len(problems) > _MAX_NAMED else ""
    return [f"Left out: {counted(len(problems), 'picture')}. {' '.join(problems[:_MAX_NAMED])}{more}"]
