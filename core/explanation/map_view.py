"""A map of digits in words, and the images behind its points."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.config.percent import percent
from core.datasets.mnist import load_arrays
from core.explanation.digit_map import DigitMap
from core.explanation.network import ExplainedNetwork


@dataclass(frozen=True)
class MappedImage:
    """A test image of a map: its index, its label, what was read in it, and how sure (0 to 1)."""

    index: int
    label: int
    answer: int
    confidence: float


def describe_map(network: ExplainedNetwork, found: DigitMap) -> str:
    """Return how the images were laid out, and how many of them there are, as sentences."""
    total, read = len(load_arrays()["y_test"]), len(found.images)
    count = f"The {read:,} test images" if found.is_whole else f"{read:,} of the {total:,} test images"
    what = "the values that enter the last layer" if network.has_hidden_layer else "their pixels"
    why = "" if network.has_hidden_layer else ", for this network has no hidden layer"
    if found.has_embedding:
        how = "laid out by t-SNE: neighbours stay neighbours; the distance between clusters means little."
    else:
        share = percent(float(found.axes.shares[:2].sum()), 0)
        how = f"in the two directions in which they vary most; {share} of the variance lies in them."
    return f"{count} by {what}{why}, {how}"


def misread_images(found: DigitMap, digit: int | None = None) -> list[MappedImage]:
    """Return the images of a digit, of all for None, that were misread; the surest mistake first."""
    wrong = found.answers != found.labels
    return _images(found, np.flatnonzero(wrong if digit is None else wrong & (found.labels == digit)))


def images_at(found: DigitMap, indexes: Sequence[int]) -> list[MappedImage]:
    """Return the images of these indexes among the test images: the misread ones first, the surest first."""
    return _images(found, np.flatnonzero(np.isin(found.images, np.asarray(indexes, np.int64))))


def _images(found: DigitMap, places: np.ndarray) -> list[MappedImage]:
    labels, confidences = found.labels, found.confidences
    is_right = found.answers[places] == labels[places]
    order = places[np.lexsort((-confidences[places], is_right))]
    return [
        MappedImage(int(found.images[each]), int(labels[each]), int(found.answers[each]), float(confidences[each]))
        for each in order
    ]
