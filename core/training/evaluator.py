"""Evaluation of a network on labelled images while it trains."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.networks.batching import predict_in_batches
from core.training.metrics_writer import check_finite

if TYPE_CHECKING:
    import keras


class Evaluator:
    """A classifier of images by a network as it then is.

    `before_batch` is called before each batch of images: it keeps the run responsive, and may raise. Each batch is
    computed in so many `parts`.
    """

    def __init__(self, model: "keras.Model", before_batch: Callable[[], None], parts: int = 1) -> None:
        self._model, self._before_batch, self._parts = model, before_batch, parts

    @cached_property
    def classify(self) -> Callable[[np.ndarray], np.ndarray]:
        """Return a function: (n, 28, 28) uint8 → (n, classes) float32 probabilities.

        It is traced when it is first needed, at the first epoch's end, so that the curve's first point comes sooner.
        """
        from core.training import train_step

        traced = train_step.make_classifier(self._model, self._parts)
        return lambda images: traced(images).numpy()

    def probabilities(self, images: np.ndarray, step: int) -> np.ndarray:
        """Return the (n, classes) float32 probabilities of (n, 28, 28) uint8 images, after `step` optimizer steps.

        Raises `TrainingError` where one is not finite.
        """

        def predict(batch: np.ndarray) -> np.ndarray:
            probabilities = self.classify(batch)
            check_finite(probabilities, step)
            return probabilities

        return predict_in_batches(predict, images, self._before_batch)
