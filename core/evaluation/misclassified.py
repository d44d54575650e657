"""The test images behind a report's figures: the worst mistakes, and what stands in a cell of the confusion matrix."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.datasets.mnist import load_mnist
from core.evaluation.predictions import Predictions
from core.pictures.display import data_url, encode


@dataclass(frozen=True)
class PredictedImage:
    """A test image as a network answered it: its index, its label, the answer, and how sure it was (0 to 1)."""

    index: int
    label: int
    answer: int
    confidence: float


def most_confident_mistakes(labels: np.ndarray, predictions: Predictions, most: int = 50) -> list[PredictedImage]:
    """Return the wrong answers that the network was surest of, the surest first. `labels` (n,)."""
    return _surest(labels, predictions, predictions.answers != labels, most)


def images_in_cell(labels: np.ndarray, predictions: Predictions, digit: int, answer: int) -> list[PredictedImage]:
    """Return all images of `digit` that were answered `answer`, the surest first. `labels` (n,)."""
    chosen = (labels == digit) & (predictions.answers == answer)
    return _surest(labels, predictions, chosen, len(labels))


def _surest(labels, predictions, chosen, most):
    places = np.flatnonzero(chosen)
    confidences = predictions.confidences
    order = places[np.argsort(-confidences[places], kind="stable")][:most]
    answers = predictions.answers
    return [PredictedImage(int(i), int(labels[i]), int(answers[i]), float(confidences[i])) for i in order]


@lru_cache(maxsize=4096)
def picture_url(index: int) -> str:
    """Return a test image, 28×28, as the `data:` address of a PNG."""
    return data_url(encode(load_mnist().test.images[index]))
