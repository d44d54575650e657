"""Readings of labelled pictures become a score: how much of what people wrote is read right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.calibration import expected_calibration_error
from core.evaluation.report import confusion_matrix, wilson_interval
from core.recognition.recognizer import Reading, counted_digits

NOTHING_READ = 10
"""The column of a score's confusion matrix for pictures in which no ink was found."""


@dataclass(frozen=True, eq=False)
class ScoredPicture:
    """What was read of a labelled picture, without its pictures, so that many fit into memory."""

    file: str
    label: str
    text: str  # all lines in a row
    confidence: float  # of its least sure digit that counts; 0 where nothing was read
    refused: bool
    probabilities: np.ndarray | None  # (10,) of a single digit

    @classmethod
    def from_reading(cls, file: str, label: str, reading: Reading) -> "ScoredPicture":
        """Return what counts of a reading."""
        digits = reading.digits
        single = len(label) == 1 and len(digits) == 1
        return cls(
            file,
            label,
            "".join(reading.text.split()),
            min((digit.confidence for digit in counted_digits(digits)), default=0.0),
            any(digit.refused for digit in digits),
            digits[0].probabilities if single else None,
        )

    @property
    def right(self) -> bool:
        """Whether all of it was read as it is."""
        return self.text == self.label


def score(answers: Sequence[ScoredPicture]) -> dict:
    """Return the score of at least one answer, as plain numbers for JSON.

    The dict holds `pictures` (how many); `digits`, the score of those of one digit, and `numbers`, that of the others,
    each None where there are none (see `score_digits` and `score_numbers`); and `mistakes`, a dict for each picture
    that was misread with `file`, `label`, `text` and `confidence`, the surest first.
    """
    single = [each for each in answers if len(each.label) == 1]
    several = [each for each in answers if len(each.label) > 1]
    mistakes = sorted((each for each in answers if not each.right), key=lambda each: -each.confidence)
    return {
        "pictures": len(answers),
        "digits": score_digits(single) if single else None,
        "numbers": score_numbers(several) if several else None,
        "mistakes": [
            {"file": each.file, "label": each.label, "text": each.text, "confidence": round(each.confidence, 4)}
            for each in mistakes
        ],
    }


def score_digits(answers: Sequence[ScoredPicture]) -> dict:
    """Return the score of pictures of one digit each.

    `count`, `correct`, `accuracy`, `interval` (95 %, Wilson), `classes` (a dict a digit that occurs: `digit`, `count`,
    `correct`, `accuracy`), `confusion_matrix` (10×11: a row a true digit, a column an answer, the last NOTHING),
    `refused` (the share that does not look like a digit, or is none), `calibration_error` of those with ink.
    """
    labels = np.array([int(each.label) for each in answers])
    found = np.array([each.probabilities is not None for each in answers])
    matrix = np.zeros((10, NOTHING_READ + 1), int)
    np.add.at(matrix, (labels[~found], NOTHING_READ), 1)
    error = None
    if found.any():
        probabilities = np.stack([each.probabilities for each in answers if each.probabilities is not None])
        matrix[:, :NOTHING_READ] = confusion_matrix(labels[found], probabilities.argmax(axis=1))
        error = expected_calibration_error(probabilities, labels[found])
    classes = [_class(digit, int(row[digit]), int(row.sum())) for digit, row in enumerate(matrix) if row.any()]
    refused = sum(each.refused or each.probabilities is None for each in answers)
    return _share(int(np.trace(matrix)), len(answers)) | {
        "classes": classes,
        "confusion_matrix": matrix.tolist(),
        "refused": refused / len(answers),
        "calibration_error": error,
    }


def _class(digit, correct, count):
    return {"digit": digit, "count": count, "correct": correct, "accuracy": correct / count}


def score_numbers(answers: Sequence[ScoredPicture]) -> dict:
    """Return the score of pictures of several digits each.

    `count`, `correct`, `accuracy`, `interval` of numbers that are right as a whole; `digits_right`: 1 less the edits
    (digits put in, left out or changed) that make all texts right, as a share of all their digits.
    """
    edits = sum(edit_distance(each.text, each.label) for each in answers)
    digits = sum(len(each.label) for each in answers)
    return _share(sum(each.right for each in answers), len(answers)) | {"digits_right": 1 - edits / digits}


def _share(correct, count):
    interval = list(wilson_interval(correct, count))
    return {"count": count, "correct": correct, "accuracy": correct / count, "interval": interval}


def edit_distance(a: str, b: str) -> int:
    """Return how many letters must be put in, left out or changed to make `a` into `b` (Levenshtein, 1966)."""
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
    return row[-1]
