"""The result of reading files of any format: images of 28×28, a label each, and sentences on what it left out."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.config.dataset_spec import MAX_CLASS_NAME, MAX_CLASSES, MIN_CLASSES
from core.datasets.importing.source_files import MAX_IMAGES
from core.datasets.mnist import DatasetError
from core.datasets.packed_images import PackedImages
from core.pictures.file_names import natural_sort_key
from core.storage.printable import to_printable

Progress = Callable[[float], None]
"""Is called with the share of the work that is done, 0 to 1."""


@dataclass(frozen=True, eq=False)
class RawSet:
    """Images as they were found: `plain` (n, 28, 28) uint8, packed or not, `labels` (n,) integers into `class_names`.

    strokes: the same pictures in MNIST form, made of the whole pictures; None where `plain` is all there is of them.
    is_test: (n,) bool; None where the files name no test part.
    """

    class_names: tuple[str, ...]
    plain: np.ndarray | PackedImages
    labels: np.ndarray
    strokes: np.ndarray | PackedImages | None = None
    is_test: np.ndarray | None = None
    remarks: tuple[str, ...] = ()


class NamedLabels(NamedTuple):
    """Labels as indexes into the names of their classes."""

    class_names: tuple[str, ...]
    labels: np.ndarray  # (n,) int64
    remarks: tuple[str, ...]


def name_labels(texts: Sequence[str]) -> NamedLabels:
    """Return labels for the texts of pictures, each the name of its class; classes stand in natural order.

    A name that is too long or cannot be shown is made one that can. Raises `DatasetError` for too few or many classes.
    """
    different = sorted(Counter(texts), key=natural_sort_key)
    check_class_count(len(different), different)
    names, remarks = _shown_names(different)
    place = {text: index for index, text in enumerate(different)}
    labels = np.fromiter((place[text] for text in texts), np.int64, len(texts))
    return NamedLabels(names, labels, remarks)


def number_labels(labels: np.ndarray) -> NamedLabels:
    """Return labels that are whole numbers (n,) as indexes into those that occur, each the name of its class.

    Raises `DatasetError` for too few or many classes.
    """
    numbers, indexes = np.unique(labels, return_inverse=True)
    check_class_count(len(numbers), [str(each) for each in numbers[:3].tolist()])
    names = tuple(map(str, numbers.tolist()))
    return NamedLabels(names, indexes.astype(np.int64), ())


def counted(count: int, noun: str) -> str:
    """Return a number and a noun that takes an s: '1 picture', '2,000 pictures'."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def check_class_count(count: int, first: Sequence[str]) -> None:
    """Raise `DatasetError` where there are fewer classes than 2 or more than 62."""
    if count < MIN_CLASSES:
        only = f", {to_printable(first[0])[:MAX_CLASS_NAME]!r}" if first else ""
        raise DatasetError(
            f"There is {'one class' if count else 'no class'} in it{only}; a data set needs at least {MIN_CLASSES}, "
            "each with pictures that can be read."
        )
    if count > MAX_CLASSES:
        some = ", ".join(to_printable(each)[:20] for each in first[:3])
        raise DatasetError(
            f"There are {count:,} classes in it ({some}, …); a data set may have at most {MAX_CLASSES}. "
            "Take fewer of them."
        )


def check_image_count(count: int, limit: int = MAX_IMAGES) -> None:
    """Raise `DatasetError` where there are no images, or more than are imported."""
    if count > limit:
        raise DatasetError(
            f"There are {count:,} images; at most {limit:,} are imported. Take a part of them, for instance every "
            f"{-(-count // limit)}th."
        )
    if not count:
        raise DatasetError("There is no image in it that can be read.")


def _shown_names(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a printable name of its own for each text, and a sentence on those that had to be changed."""
    names: list[str] = []
    changed = 0
    for text in texts:
        clean = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split()) or "unnamed"
        short = clean if len(clean) <= MAX_CLASS_NAME else clean[: MAX_CLASS_NAME - 1].rstrip() + "…"
        name, number = short, 2
        while name in names:
            name = f"{short[: MAX_CLASS_NAME - 5]} ({number})"
            number += 1
        changed += name != text
        names.append(name)
    remark = f"{counted(changed, 'class name')} had to be shortened or cleaned."
    return tuple(names), (remark,) if changed else ()
