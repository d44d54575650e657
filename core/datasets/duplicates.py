"""The same picture more than once in a data set: in two classes, in both of its parts, or in one of them twice."""

import hashlib
from dataclasses import dataclass

import numpy as np

from core.datasets.near_copies import find_near_copies
from core.datasets.packed_images import PackedImages

_NEARLY = " Perhaps they were saved again. They are kept, for they may be different pictures."


@dataclass(frozen=True, eq=False)
class Duplicates:
    """The number of pictures that occur more than once, by kind; `repeated` (n,) bool: all but the first of them.

    `nearly_across_classes` and `nearly_across_parts` are of those that are nearly the same as another one.
    """

    across_classes: int
    across_parts: int
    within: int
    repeated: np.ndarray
    contradicting: np.ndarray  # (n,) bool: a picture that is in two classes
    nearly_across_classes: int = 0
    nearly_across_parts: int = 0

    @property
    def has_equal(self) -> bool:
        """Return whether there are equal pictures, all but the first of which can be left out."""
        return bool(self.repeated.any())

    def sentences(self) -> list[str]:
        """Return a sentence on each kind that there is."""
        found = []
        if self.across_classes:
            found.append(
                f"{_pictures(self.across_classes)} in more than one class: a network can learn only one of its labels."
            )
        if self.across_parts:
            found.append(
                f"{_pictures(self.across_parts)} both in the training and in the test part: the test looks better than "
                "it is."
            )
        if self.within:
            found.append(f"{_pictures(self.within)} more than once in the same class and part.")
        if self.nearly_across_classes:
            found.append(f"{_pictures(self.nearly_across_classes)} nearly the same as one of another class.{_NEARLY}")
        if self.nearly_across_parts:
            found.append(
                f"{_pictures(self.nearly_across_parts)} in the test part and nearly the same as one to learn from: the "
                f"test looks better than it is.{_NEARLY}"
            )
        return found


def find_duplicates(images: np.ndarray | PackedImages, labels: np.ndarray, is_test: np.ndarray) -> Duplicates:
    """Return what occurs more than once among (n, 28, 28) uint8 images of (n,) labels, (n,) bool of the test part.

    What is nearly the same is looked for among different images.
    """
    sums = np.frombuffer(
        b"".join(hashlib.blake2b(image.tobytes(), digest_size=8).digest() for image in images), np.uint64
    )
    _, first, inverse, counts = np.unique(sums, return_index=True, return_inverse=True, return_counts=True)
    is_first = np.zeros(len(labels), bool)
    is_first[first] = True
    several = counts > 1
    low, high = _extremes(labels.astype(np.int64), inverse, len(counts))
    early, late = _extremes(is_test.astype(np.int64), inverse, len(counts))
    classes, parts = several & (low != high), several & (early != late)
    within = several & ~classes & ~parts
    pairs = find_near_copies(images, np.flatnonzero(is_first))
    other_class = np.unique(pairs[labels[pairs[:, 0]] != labels[pairs[:, 1]]])
    other_part = np.unique(pairs[is_test[pairs[:, 0]] != is_test[pairs[:, 1]]])
    return Duplicates(
        int(classes.sum()),
        int(parts.sum()),
        int(within.sum()),
        ~is_first,
        classes[inverse],
        len(other_class),
        int(is_test[other_part].sum()),
    )


def _extremes(values: np.ndarray, groups: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest of the values of each group."""
    low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1, np.int64)
    np.minimum.at(low, groups, values)
    np.maximum.at(high, groups, values)
    return low, high


def _pictures(count: int) -> str:
    return "1 picture is" if count == 1 else f"{count:,} pictures are"
