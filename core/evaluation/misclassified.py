"""The test images behind a report's figures: the most confident mistakes, and those of a confusion matrix's cell."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.config.train_config import TrainConfig
from core.datasets.split import images_for_test
from core.datasets.store import DatasetStore
from core.evaluation.predictions import Predictions
from core.pictures.display import data_url, encode


@dataclass(frozen=True)
class PredictedImage:
    """A test image with a network's prediction: its index, its label, the answer and its confidence (0 to 1)."""

    index: int
    label: int
    answer: int
    confidence: float


def most_confident_mistakes(labels: np.ndarray, predictions: Predictions, limit: int = 50) -> list[PredictedImage]:
    """Return at most `limit` misclassified images, the most confident answer first; `labels` are (n,)."""
    return _by_confidence(labels, predictions, predictions.answers != labels)[:limit]


def images_in_cell(labels: np.ndarray, predictions: Predictions, digit: int, answer: int) -> list[PredictedImage]:
    """Return all images of `digit` that were answered `answer`, the most confident first; `labels` are (n,)."""
    chosen = (labels == digit) & (predictions.answers == answer)
    return _by_confidence(labels, predictions, chosen)


def _by_confidence(labels: np.ndarray, predictions: Predictions, chosen: np.ndarray) -> list[PredictedImage]:
    """Return the images that the mask `chosen` (n,) names, the most confident answer first."""
    indices = np.flatnonzero(chosen)
    answers, confidences = predictions.answers, predictions.confidences
    order = indices[np.argsort(-confidences[indices], kind="stable")]
    return [PredictedImage(int(i), int(labels[i]), int(answers[i]), float(confidences[i])) for i in order]


@lru_cache(maxsize=4096)
def picture_url(config: TrainConfig, root: Path, index: int, of_training: bool = False) -> str:
    """Return a test image of the recipe's data set, or training image, 28×28, as a URL that holds its PNG.

    `root` is the folder of all runs. Raises `DatasetError` where the data set is gone.
    """
    if of_training:
        return data_url(encode(DatasetStore(root).load(config.dataset)["x_train"][index]))
    return data_url(encode(images_for_test(config, root).images[index]))
