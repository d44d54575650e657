"""An image of each class of a data set, by which a network is watched while it trains."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from core.config.dataset_spec import DatasetSpec
from core.datasets.store import DatasetStore


@lru_cache(maxsize=4)
def class_examples(dataset: DatasetSpec, root: Path) -> np.ndarray:
    """Return the first test image of each class, else its first training image: (classes, 28, 28) uint8, read-only.

    A class without any image has an empty one. `root` is the folder of all runs. Raises `DatasetError`.
    """
    arrays = DatasetStore(root).load(dataset)
    images = np.zeros((dataset.num_classes, 28, 28), np.uint8)
    for label in range(dataset.num_classes):
        for part in ("test", "train"):
            found = np.flatnonzero(arrays[f"y_{part}"] == label)
            if len(found):
                images[label] = arrays[f"x_{part}"][found[0]]
                break
    images.flags.writeable = False
    return images
