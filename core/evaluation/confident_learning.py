"""The images whose label a network doubts, by confident learning."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DoubtfulLabel:
    """An image whose label is doubted: its index, its label, the class that is read instead, and both probabilities."""

    index: int
    label: int
    answer: int
    label_probability: float
    confidence: float


def find_doubtful_labels(labels: np.ndarray, probabilities: np.ndarray) -> list[DoubtfulLabel]:
    """Return the images whose label is likely wrong, the most doubtful first.

    labels: (n,). probabilities: (n, classes), of a network that has not learned from these labels (out of sample). An
    image counts as a digit where that digit's probability reaches the mean that it has among the images labelled so:
    a network that is less sure of one digit in general is not taken to doubt its labels. The most doubtful are those in
    which the label's probability lies furthest behind.

    Source: Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", 2021: the
    off-diagonal of the confident joint, ranked by normalized margin.
    """
    p = probabilities.astype(np.float64)
    counted = np.where(p >= _thresholds(labels, p), p, -1.0)
    likely = counted.argmax(axis=1)
    each = np.arange(len(p))
    margins = p[each, labels] - p[each, likely]
    doubted = np.flatnonzero((counted[each, likely] >= 0) & (likely != labels))
    return [
        DoubtfulLabel(int(i), int(labels[i]), int(likely[i]), float(p[i, labels[i]]), float(p[i, likely[i]]))
        for i in doubted[np.argsort(margins[doubted], kind="stable")]
    ]


def _thresholds(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return each class's mean probability among the images labelled so, (classes,); above 1 where there is none."""
    classes = range(probabilities.shape[1])
    return np.array(
        [probabilities[labels == digit, digit].mean() if (labels == digit).any() else 2.0 for digit in classes]
    )
