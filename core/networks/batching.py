"""Predictions for many images, a batch at a time."""

from collections.abc import Callable

import numpy as np

BATCH_IMAGES = 500


def predict_in_batches(
    predict: Callable[[np.ndarray], np.ndarray],
    images: np.ndarray,
    before_batch: Callable[[], None] | None = None,
) -> np.ndarray:
    """Return the predictions of at least one image: images (n, …) → (n, classes).

    `predict` is given `BATCH_IMAGES` at a time; `before_batch` is called before each, and may raise to end it.
    """
    parts = []
    for start in range(0, len(images), BATCH_IMAGES):
        if before_batch:
            before_batch()
        parts.append(predict(images[start : start + BATCH_IMAGES]))
    return np.concatenate(parts)
