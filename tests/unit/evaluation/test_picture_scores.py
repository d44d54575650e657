"""Scores of labelled pictures, against counts by hand."""

import numpy as np
import pytest

from core.evaluation.picture_scores import NOTHING_READ, DigitAccuracy, ScoredPicture, edit_distance, score
from core.evaluation.report import wilson_interval
from core.recognition.reading import Digit, Reading


def digit(label, confidence=0.9, refused=False):
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[label] = confidence
    return Digit(label, confidence, refused, probabilities, (0, 0, 1, 1), np.zeros((28, 28), np.uint8))


def read(label, text, **options):
    digits = tuple(digit(int(each), **options) for each in text if each.isdigit())
    return ScoredPicture.from_reading(f"{label}.png", label, Reading(text, digits, ()))


def test_digits_are_scored_with_what_was_not_read():
    answers = [read("7", "7")] * 6 + [read("7", "1"), read("3", "3", confidence=0.4, refused=True), read("3", "")]
    result = score(answers)
    digits = result.digits
    assert (result.pictures, result.numbers) == (9, None)
    assert (digits.count, digits.correct, digits.accuracy) == (9, 7, pytest.approx(7 / 9))
    assert digits.interval == wilson_interval(7, 9)
    assert digits.classes == [
        DigitAccuracy(3, count=2, correct=1, accuracy=0.5),
        DigitAccuracy(7, count=7, correct=6, accuracy=pytest.approx(6 / 7)),
    ]
    matrix = np.array(digits.confusion_matrix)
    assert matrix.shape == (10, 11) and matrix.sum() == 9
    assert (matrix[7, 7], matrix[7, 1], matrix[3, 3], matrix[3, NOTHING_READ]) == (6, 1, 1, 1)
    assert digits.refused == pytest.approx(2 / 9)
    # 7 of confidence 0.9, of which 6 are right, and one of 0.4 that is: |6 - 6.3| and |1 - 0.4| of 8.
    assert digits.calibration_error == pytest.approx((0.3 + 0.6) / 8, abs=1e-6)


def test_numbers_are_scored_as_a_whole_and_by_their_digits():
    result = score([read("407", "407"), read("1234", "12\n34"), read("55", "5"), read("99", ""), read("10", "110")])
    numbers = result.numbers
    assert result.digits is None
    assert (numbers.count, numbers.correct) == (5, 2)
    assert numbers.digits_right == pytest.approx(1 - (1 + 2 + 1) / 13)


def test_the_surest_mistakes_come_first():
    answers = [read("7", "1", confidence=0.6), read("3", "8", confidence=0.99), read("4", ""), read("5", "5")]
    found = [(each.file, each.label, each.text) for each in score(answers).mistakes]
    assert found == [("3.png", "3", "8"), ("7.png", "7", "1"), ("4.png", "4", "")]


def test_a_refused_piece_makes_no_number_less_sure():
    pieces = (digit(4, 0.9), digit(7, 0.2, refused=True), digit(1, 0.8))
    assert ScoredPicture.from_reading("41.png", "41", Reading("41", pieces, ())).confidence == 0.8
    assert ScoredPicture.from_reading("7.png", "7", Reading("7", pieces[1:2], ())).confidence == 0.2


def test_a_score_of_blank_pictures_alone():
    digits = score([read("7", "")]).digits
    assert (digits.accuracy, digits.calibration_error, digits.refused) == (0, None, 1)


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [
        ("", "", 0),
        ("", "12", 2),
        ("12", "", 2),
        ("407", "407", 0),
        ("407", "47", 1),
        ("12", "21", 2),
        ("1234", "9123", 2),
    ],
)
def test_edit_distance(a, b, edits):
    assert edit_distance(a, b) == edits
