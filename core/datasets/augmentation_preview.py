"""A preview of the training images as a recipe augments them, for a person to look at."""

from pathlib import Path

import cv2
import numpy as np

from core.config.train_config import TrainConfig
from core.datasets.augmentation import augment_for
from core.datasets.split import split_for
from core.datasets.strong_augmentation import augment_strongly

_COUNT, _COLUMNS, _ZOOM = 20, 10, 3


def preview_augmentation(config: TrainConfig, root: Path, draw: int = 0) -> np.ndarray:
    """Return 20 training images, augmented as the recipe says, as one picture of two rows: (168, 840) uint8.

    `root` is the folder of all runs. Another `draw` chooses other images. Raises `DatasetError`.
    """
    data = split_for(config, root).train
    rng = np.random.default_rng([config.seed, draw])
    chosen = rng.integers(0, len(data), _COUNT)
    images, labels = data.images[chosen], data.labels[chosen].astype(np.int32)
    if config.other_hands:
        images, _ = augment_strongly(images, labels, rng)
    elif config.augmentation:
        images = augment_for(config.dataset, images, rng)
    rows = images.reshape(-1, _COLUMNS, 28, 28).swapaxes(1, 2).reshape(-1, _COLUMNS * 28)  # (56, 280)
    return cv2.resize(rows, None, fx=_ZOOM, fy=_ZOOM, interpolation=cv2.INTER_NEAREST)
