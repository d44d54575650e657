"""Predictions and labels become a report: how exact a network is, digit by digit."""

import math
from collections.abc import Sequence

import numpy as np

from core.evaluation.calibration import expected_calibration_error, reliability


def make_report(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """Return what is worth saying of predictions, as plain numbers for JSON.

    `probabilities` (n, 10), `labels` (n,) with values 0 to 9. The dict holds `count`, `correct`, `accuracy` (0 to 1),
    `interval` (its 95 % interval), `loss` (mean cross-entropy in nats), `digits` (a dict per digit with `count`,
    `accuracy`, which is its recall, `precision` and `f1`), `confusion_matrix` (10×10: a row a true digit, a column an
    answer), `reliability` and `calibration_error` (both as in `evaluation.calibration`).
    """
    answers = probabilities.argmax(axis=1)
    matrix = confusion_matrix(labels, answers)
    correct, count = int(np.trace(matrix)), len(labels)
    likelihood = np.clip(probabilities[np.arange(count), labels], 1e-7, 1.0)
    return {
        "count": count,
        "correct": correct,
        "accuracy": correct / count,
        "interval": list(wilson_interval(correct, count)),
        "loss": float(-np.log(likelihood).mean()),
        "digits": [_digit_row(matrix, digit) for digit in range(10)],
        "confusion_matrix": matrix.tolist(),
        "reliability": reliability(probabilities, labels),
        "calibration_error": expected_calibration_error(probabilities, labels),
    }


def confusion_matrix(labels: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Return the (10, 10) counts of each true digit (row) answered as each digit (column)."""
    cells = labels.astype(np.int64) * 10 + answers
    return np.bincount(cells, minlength=100).reshape(10, 10)


def most_confused(matrix: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return the digit and the answer of the most frequent mistake in a confusion matrix."""
    mistakes = ((matrix[digit][answer], digit, answer) for digit in range(10) for answer in range(10))
    _, digit, answer = max(each for each in mistakes if each[1] != each[2])
    return digit, answer


def _digit_row(matrix, digit):
    right, of_digit, answered = matrix[digit, digit], matrix[digit].sum(), matrix[:, digit].sum()
    return {
        "digit": digit,
        "count": int(of_digit),
        "accuracy": float(right / of_digit) if of_digit else 0.0,
        "precision": float(right / answered) if answered else 0.0,
        "f1": float(2 * right / (of_digit + answered)) if of_digit + answered else 0.0,
    }


def wilson_interval(correct: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share of `correct` out of `count` (Wilson, 1927)."""
    share = correct / count
    centre = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (centre - spread) / (1 + z * z / count), (centre + spread) / (1 + z * z / count)
