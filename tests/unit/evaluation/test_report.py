"""The report against figures worked out by hand."""

import json
import math

import numpy as np
import pytest

from core.evaluation.report import confusion_matrix, make_report, most_confused, wilson_interval
from core.runs.report_schema import DigitScore, Report


def sure(answers, share=1.0):
    """Probabilities that give each answer `share`, the other nine digits the rest."""
    probabilities = np.full((len(answers), 10), (1 - share) / 9)
    probabilities[np.arange(len(answers)), answers] = share
    return probabilities


def test_three_of_four_right():
    result = make_report(sure([7, 7, 1, 0], 0.91), np.array([7, 2, 1, 0], np.uint8))
    assert (result.count, result.correct, result.accuracy) == (4, 3, 0.75)
    assert result.interval == wilson_interval(3, 4)
    assert result.loss == pytest.approx(-(3 * math.log(0.91) + math.log(0.01)) / 4)


def test_a_row_is_a_true_digit_and_a_column_an_answer():
    matrix = confusion_matrix(np.array([2, 2, 9], np.uint8), np.array([7, 7, 9]))
    assert matrix.shape == (10, 10) and matrix.sum() == 3
    assert matrix[2, 7] == 2 and matrix[7, 2] == 0 and matrix[9, 9] == 1


def test_the_most_frequent_mistake_is_never_a_right_answer():
    matrix = confusion_matrix(np.array([2, 2, 9, 9, 9], np.uint8), np.array([7, 7, 9, 9, 9]))
    assert most_confused(matrix.tolist()) == (2, 7)


def test_accuracy_and_precision_of_a_digit():
    digits = make_report(sure([7, 7, 7, 1]), np.array([7, 7, 2, 7], np.uint8)).digits
    assert [row.digit for row in digits] == list(range(10))
    assert digits[7] == DigitScore(7, count=3, accuracy=2 / 3, precision=2 / 3, f1=2 / 3)
    assert digits[2] == DigitScore(2, count=1, accuracy=0.0, precision=0.0, f1=0.0)
    assert digits[5] == DigitScore(5, count=0, accuracy=0.0, precision=0.0, f1=0.0)


def test_f1_is_the_harmonic_mean_of_precision_and_recall():
    digits = make_report(sure([7, 7, 7, 1]), np.array([7, 2, 2, 7], np.uint8)).digits
    recall, precision = 1 / 2, 1 / 3
    assert digits[7].f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_a_wrong_answer_of_certainty_has_a_finite_loss():
    assert make_report(sure([1]), np.array([0], np.uint8)).loss == pytest.approx(-math.log(1e-7))


def test_the_report_is_plain_json():
    result = make_report(sure([3, 4]).astype(np.float32), np.array([3, 4], np.uint8))
    assert Report.from_json(json.loads(json.dumps(result.to_json()))) == result


@pytest.mark.parametrize(
    ("correct", "count", "low", "high"),
    [
        (5, 10, 0.2366, 0.7634),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe, 1998, table I
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
        (9766, 10000, 0.9735, 0.9794),
    ],
)
def test_wilson_interval_against_published_values(correct, count, low, high):
    assert wilson_interval(correct, count) == pytest.approx((low, high), abs=1e-4)
