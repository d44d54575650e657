"""Comparison of networks by the test images on which they disagree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.predictions import Predictions


@dataclass(frozen=True)
class Disagreement:
    """A test image on which networks disagree: its index and label, each network's answer and confidence (0 to 1)."""

    index: int
    label: int
    answers: tuple[int, ...]
    confidences: tuple[float, ...]


def disagreements(labels: np.ndarray, predictions: Sequence[Predictions]) -> list[Disagreement]:
    """Return the images to which not all networks give the same answer, the most confident mistake first.

    `labels` (n,) are 0 to 9; every one of `predictions` is of the same n images.
    """
    answers = np.stack([each.answers for each in predictions])  # (networks, n)
    confidences = np.stack([each.confidences for each in predictions])
    wrong = np.where(answers != labels, confidences, 0).max(axis=0)  # (n,)
    split = np.flatnonzero((answers != answers[0]).any(axis=0))
    return [
        Disagreement(
            int(index), int(labels[index]), tuple(answers[:, index].tolist()), tuple(confidences[:, index].tolist())
        )
        for index in split[np.argsort(-wrong[split], kind="stable")]
    ]


def only_right(labels: np.ndarray, predictions: Sequence[Predictions]) -> list[int]:
    """Return for each network how many images it alone answers correctly; arguments as of `disagreements`."""
    right = np.stack([each.answers == labels for each in predictions])  # (networks, n)
    alone = right & (right.sum(axis=0) == 1)
    return alone.sum(axis=1).tolist()
