"""The parts of a data set that a run learns from, chooses by and is tested on, as its recipe says."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.config.dataset_spec import MNIST, DatasetSpec
from core.config.recipe_fields import FOLDS
from core.config.train_config import TrainConfig
from core.datasets.mnist import Images, Split
from core.datasets.store import DatasetStore

SUBSAMPLE_STREAM = 2**32
"""The stream of random numbers that chooses images and wrong labels; those of the epochs are counted from 0."""


def split_for(config: TrainConfig, root: Path) -> Split:
    """Return the recipe's data set as a run splits it: its fold, or the last images, are the validation part.

    The last images of MNIST are those of its file. The images of another set are first put into an order in which all
    classes go on evenly (`training_order`), since they may be stored class by class. `root` is the folder of all runs,
    which holds the data sets. Raises `DatasetError` where the set is missing or damaged.
    """
    arrays = DatasetStore(root).load(config.dataset)
    images, labels = arrays["x_train"], arrays["y_train"]
    order = training_order(config.dataset, labels)
    if config.fold:
        chosen = np.arange(len(order)) % FOLDS == config.fold - 1
        train, validation = order[~chosen], order[chosen]
    else:
        cut = len(order) - config.kept_back
        train, validation = order[:cut], order[cut:]
    kept, validated = (Images(_take(images, each), _take(labels, each)) for each in (train, validation))
    seen = slice(0 if config.test_unseen else None)
    return _with_test(Split(kept, validated, Images(arrays["x_test"][seen], arrays["y_test"][seen])))


def images_for_test(config: TrainConfig, root: Path) -> Images:
    """Return the images that the report of a run of this recipe is on; raises `DatasetError` as `split_for` does."""
    if config.dataset.test_images and not config.test_unseen:
        arrays = DatasetStore(root).load(config.dataset)
        return Images(arrays["x_test"], arrays["y_test"])
    return _split_test(config, root)


@lru_cache(maxsize=2)
def _split_test(config: TrainConfig, root: Path) -> Images:
    return split_for(config, root).test


def _with_test(split: Split) -> Split:
    """Return the split; without test images the validation images stand in for them, or those of training."""
    parts = (split.test, split.validation, split.train)
    return replace(split, test=next(part for part in parts if len(part)))


def training_order(dataset: DatasetSpec, labels: np.ndarray) -> np.ndarray:
    """Return the order in which the training images of a data set are split, their indexes (n,) int64.

    MNIST's are in the order of its file. In that of another set every part of it has each class in its share, so that
    the validation images do; within a class chance decides, the same for every run.
    """
    return np.arange(len(labels)) if dataset == MNIST else even_order(labels)


def even_order(labels: np.ndarray) -> np.ndarray:
    """Return an order of images, (n,) int64, in every part of which each class has its share; `labels` are (n,)."""
    shuffled = np.random.default_rng(0).permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    counts = np.bincount(labels)
    firsts = np.cumsum(counts) - counts
    places = np.arange(len(labels)) - firsts[labels[by_class]]
    return by_class[np.argsort((places + 0.5) / counts[labels[by_class]], kind="stable")]


def _take(array: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the chosen entries; a view, without a copy, where they follow one another."""
    if len(chosen) and (np.diff(chosen) == 1).all():
        return array[chosen[0] : chosen[-1] + 1]
    return array[chosen]


def fold_images(config: TrainConfig, labels: np.ndarray) -> np.ndarray:
    """Return which training images are in the recipe's fold, 1 to `FOLDS`: their indexes; `labels` (n,) are of all."""
    return training_order(config.dataset, labels)[config.fold - 1 :: FOLDS]


def subsample_and_corrupt_labels(data: Split, config: TrainConfig) -> Split:
    """Return the data set with the recipe's share of the training images and its share of wrong labels among them.

    The seed decides which. The validation and test parts stay as they are.
    """
    rng = np.random.default_rng([config.seed, SUBSAMPLE_STREAM])
    train = _subsample(data.train, config.training_share, rng)
    return replace(data, train=_corrupt_labels(train, config.label_noise, config.dataset.num_classes, rng))


def count_training_images(config: TrainConfig) -> int:
    """Return how many images an epoch of this recipe has."""
    images = config.dataset.train_images
    kept_back = len(range(config.fold - 1, images, FOLDS)) if config.fold else config.kept_back
    return max(1, round((images - kept_back) * config.training_share))


def _subsample(data: Images, share: float, rng: np.random.Generator) -> Images:
    if share == 1:
        return data
    chosen = np.sort(rng.permutation(len(data))[: max(1, round(len(data) * share))])
    return Images(data.images[chosen], data.labels[chosen])


def _corrupt_labels(data: Images, share: float, classes: int, rng: np.random.Generator) -> Images:
    """Return the images with that share of them labelled as one of the classes that they are not."""
    if share == 0:
        return data
    wrong = rng.permutation(len(data))[: round(len(data) * share)]
    labels = data.labels.copy()
    labels[wrong] = (labels[wrong] + rng.integers(1, classes, len(wrong), dtype=np.uint8)) % classes
    return Images(data.images, labels)
