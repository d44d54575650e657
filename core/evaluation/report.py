"""The report computed from predictions and labels: a network's accuracy, class by class."""

import math
from collections.abc import Sequence

import numpy as np

from core.config.layer_math import NUM_DIGITS
from core.evaluation.calibration import expected_calibration_error, reliability
from core.runs.report_schema import DigitScore, Report


def make_report(probabilities: np.ndarray, labels: np.ndarray) -> Report:
    """Return the report of predictions: `probabilities` (n, classes), `labels` (n,), n at least 1."""
    answers, classes = probabilities.argmax(axis=1), probabilities.shape[1]
    matrix = confusion_matrix(labels, answers, classes)
    correct, count = int(np.trace(matrix)), len(labels)
    likelihood = np.clip(probabilities[np.arange(count), labels], 1e-7, 1.0)
    return Report(
        count=count,
        correct=correct,
        accuracy=correct / count,
        interval=wilson_interval(correct, count),
        loss=float(-np.log(likelihood).mean()),
        digits=tuple(_class_score(matrix, digit) for digit in range(classes)),
        confusion_matrix=tuple(tuple(row) for row in matrix.tolist()),
        reliability=tuple(reliability(probabilities, labels)),
        calibration_error=expected_calibration_error(probabilities, labels),
    )


def confusion_matrix(labels: np.ndarray, answers: np.ndarray, classes: int = NUM_DIGITS) -> np.ndarray:
    """Return the (classes, classes) int64 counts of each true class (row) answered as each class (column)."""
    cells = labels.astype(np.int64) * classes + answers
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def most_confused(matrix: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return the class and the answer of the most frequent mistake in a confusion matrix."""
    mistakes = ((matrix[digit][answer], digit, answer) for digit in range(len(matrix)) for answer in range(len(matrix)))
    _, digit, answer = max(each for each in mistakes if each[1] != each[2])
    return digit, answer


def _class_score(matrix: np.ndarray, digit: int) -> DigitScore:
    right, of_digit, answered = (
        int(each) for each in (matrix[digit, digit], matrix[digit].sum(), matrix[:, digit].sum())
    )
    return DigitScore(
        digit=digit,
        count=of_digit,
        accuracy=right / of_digit if of_digit else 0.0,
        precision=right / answered if answered else 0.0,
        f1=2 * right / (of_digit + answered) if of_digit + answered else 0.0,
    )


def wilson_interval(correct: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share of `correct` out of `count`, 0 to 1 (Wilson, 1927); all of it for none."""
    if not count:
        return 0.0, 1.0
    share = correct / count
    centre = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    low, high = (centre - spread) / (1 + z * z / count), (centre + spread) / (1 + z * z / count)
    return 0.0 if correct == 0 else max(0.0, low), 1.0 if correct == count else min(1.0, high)
