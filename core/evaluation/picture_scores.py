"""Scores of readings of labelled pictures: the share of the writing that is read right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.calibration import expected_calibration_error
from core.evaluation.report import confusion_matrix, wilson_interval
from core.recognition.reading import Reading

NOTHING_READ = 10
"""The column of a score's confusion matrix for pictures in which no ink was found."""


@dataclass(frozen=True, eq=False)
class ScoredPicture:
    """The reading of a labelled picture, without its pixels, so that many fit into memory."""

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
            reading.confidence,
            any(digit.refused for digit in digits),
            digits[0].probabilities if single else None,
        )

    @property
    def right(self) -> bool:
        """Return whether the text is the label."""
        return self.text == self.label


@dataclass(frozen=True)
class Mistake:
    """A picture that was misread."""

    file: str
    label: str
    text: str
    confidence: float


@dataclass(frozen=True)
class DigitAccuracy:
    """The share of one digit's pictures that are read right."""

    digit: int
    count: int
    correct: int
    accuracy: float


@dataclass(frozen=True)
class SingleDigitScore:
    """The score of pictures of one digit each."""

    count: int
    correct: int
    accuracy: float
    interval: tuple[float, float]  # 95 %, Wilson
    classes: list[DigitAccuracy]  # of the digits that occur
    confusion_matrix: list[list[int]]  # 10×11: a row a true digit, a column what was read, the last NOTHING_READ
    refused: float  # the share that does not look like a digit, or has no ink
    calibration_error: float | None  # of the pictures with ink; None without any


@dataclass(frozen=True)
class NumberScore:
    """The score of pictures of several digits each; count to interval are of numbers that are right as a whole."""

    count: int
    correct: int
    accuracy: float
    interval: tuple[float, float]  # 95 %, Wilson
    digits_right: float  # 1 less the edits (insertions, deletions, changes) per digit that make all texts right


@dataclass(frozen=True)
class PictureScore:
    """The score of labelled pictures, plain values for JSON."""

    pictures: int
    digits: SingleDigitScore | None  # None where no picture has one digit
    numbers: NumberScore | None  # None where no picture has several
    mistakes: list[Mistake]  # the surest first


def score(pictures: Sequence[ScoredPicture]) -> PictureScore:
    """Return the score of at least one picture."""
    single = [each for each in pictures if len(each.label) == 1]
    several = [each for each in pictures if len(each.label) > 1]
    wrong = sorted((each for each in pictures if not each.right), key=lambda each: -each.confidence)
    return PictureScore(
        len(pictures),
        score_digits(single) if single else None,
        score_numbers(several) if several else None,
        [Mistake(each.file, each.label, each.text, round(each.confidence, 4)) for each in wrong],
    )


def score_digits(pictures: Sequence[ScoredPicture]) -> SingleDigitScore:
    """Return the score of at least one picture of one digit."""
    labels = np.array([int(each.label) for each in pictures])
    found = np.array([each.probabilities is not None for each in pictures])
    matrix = np.zeros((10, NOTHING_READ + 1), int)
    matrix[:, NOTHING_READ] = np.bincount(labels[~found], minlength=10)
    error = None
    if found.any():
        probabilities = np.stack([each.probabilities for each in pictures if each.probabilities is not None])
        matrix[:, :NOTHING_READ] = confusion_matrix(labels[found], probabilities.argmax(axis=1))
        error = expected_calibration_error(probabilities, labels[found])
    correct, count = int(np.trace(matrix)), len(pictures)
    return SingleDigitScore(
        count,
        correct,
        correct / count,
        wilson_interval(correct, count),
        [_class_accuracy(digit, int(row[digit]), int(row.sum())) for digit, row in enumerate(matrix) if row.any()],
        matrix.tolist(),
        sum(each.refused or each.probabilities is None for each in pictures) / count,
        error,
    )


def _class_accuracy(digit: int, correct: int, count: int) -> DigitAccuracy:
    return DigitAccuracy(digit, count, correct, correct / count)


def score_numbers(pictures: Sequence[ScoredPicture]) -> NumberScore:
    """Return the score of at least one picture of several digits."""
    edits = sum(edit_distance(each.text, each.label) for each in pictures)
    digits = sum(len(each.label) for each in pictures)
    correct, count = sum(each.right for each in pictures), len(pictures)
    return NumberScore(count, correct, correct / count, wilson_interval(correct, count), 1 - edits / digits)


def edit_distance(a: str, b: str) -> int:
    """Return the fewest insertions, deletions and changes of letters that make `a` into `b` (Levenshtein, 1966)."""
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
    return row[-1]
