"""The choice of how far the weights are moved by learning (Wortsman et al., 2022, WiSE-FT)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.config.dataset_spec import DatasetSpec
from core.datasets.augmentation import augment_for
from core.datasets.mnist import Images

if TYPE_CHECKING:
    import keras

_SHARES = (1.0, 0.85, 0.7, 0.55)
_OWN_LOSS = 0.04  # of the person's digits that may be lost by moving less far


def choose_share(
    model: "keras.Model",
    before: "keras.Model",
    own: Images,
    validation: Images,
    dataset: DatasetSpec,
    classify: Callable[[np.ndarray], np.ndarray],
) -> float:
    """Move the model's weights between those before and its own, and return how far they are moved, 0 to 1.

    Of the shares at which the person's digits are read nearly as well as at the end of learning, the one is taken at
    which most of the validation images, as they are and augmented, are read right.

    own: copies of the person's digits. classify: the model's probabilities of images, with its weights of then.
    """
    start, end = before.get_weights(), model.get_weights()
    others = _with_augmented(validation, dataset)
    found = []
    for share in _SHARES:
        model.set_weights(_mix(start, end, share))
        found.append((_right(classify, own), _right(classify, others), share))
    least = found[0][0] - _OWN_LOSS
    _, _, chosen = max((each for each in found if each[0] >= least), key=lambda each: (each[1], each[2]))
    model.set_weights(_mix(start, end, chosen))
    return chosen


def _mix(start: list[np.ndarray], end: list[np.ndarray], share: float) -> list[np.ndarray]:
    if share == 1:
        return end
    return [((1 - share) * one + share * other).astype(other.dtype) for one, other in zip(start, end, strict=True)]


def _with_augmented(images: Images, dataset: DatasetSpec) -> Images:
    half = slice(None, None, 2)  # enough to choose by, and each share is measured on all of them
    augmented = augment_for(dataset, images.images[half], np.random.default_rng(1))
    return Images(np.concatenate([images.images, augmented]), np.concatenate([images.labels, images.labels[half]]))


def _right(classify: Callable[[np.ndarray], np.ndarray], images: Images) -> float:
    """Return the share of images that is read right, 0 where there are none."""
    return float((classify(images.images).argmax(axis=1) == images.labels).mean()) if len(images) else 0.0
