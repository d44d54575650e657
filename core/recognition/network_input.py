"""The last step of every reading: the images that the network saw."""

import math
from collections.abc import Sequence

import numpy as np

from core.preprocessing.mnist_form import SIDE, Step, shrink_for_display

FITTED = "Each digit fitted into 20×20 and centred by its mass, as MNIST's digits are."
_MIN_COLUMNS = 10  # before a second row begins


def network_input_step(images: Sequence[np.ndarray] | np.ndarray, why: str) -> Step:
    """Return the step that shows (28, 28) uint8 images side by side, ten in a row or more on a full page."""
    columns = min(len(images), max(_MIN_COLUMNS, math.ceil(len(images) ** 0.5)))
    cells = np.stack([*images, *[np.zeros((SIDE, SIDE), np.uint8)] * (-len(images) % columns)])
    rows = cells.reshape(-1, columns, SIDE, SIDE).swapaxes(1, 2)  # (rows, 28, columns, 28)
    return Step("what the network saw", shrink_for_display(rows.reshape(rows.shape[0] * SIDE, -1)), why)
