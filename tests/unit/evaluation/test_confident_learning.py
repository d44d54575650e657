"""Confident learning: wrong labels that were made on purpose are found, and the order is that of doubt."""

import numpy as np
import pytest

from core.datasets.mnist import load_mnist
from core.evaluation.confident_learning import DoubtfulLabel, find_doubtful_labels
from core.evaluation.label_errors import (
    KNOWN_LABEL_ERRORS,
    describe_known_error,
    describe_known_errors,
    known_errors,
)


def drawn_digits(n, rng):
    """Points about ten centres, with their labels: a small set whose true labels are known."""
    centres, labels = 3.2 * rng.normal(size=(10, 8)), rng.integers(0, 10, n)
    return centres[labels] + rng.normal(size=(n, 8)), labels


def cross_validated(points, labels, folds=5):
    """Probabilities of each point from Gaussians fitted to the other folds."""
    probabilities, fold = np.zeros((len(points), 10)), np.arange(len(points)) % folds
    for each in range(folds):
        learned, held_out = fold != each, fold == each
        centres = np.stack([points[learned & (labels == digit)].mean(axis=0) for digit in range(10)])
        logits = -((points[held_out][:, None] - centres) ** 2).sum(axis=2) / 2
        likelihood = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities[held_out] = likelihood / likelihood.sum(axis=1, keepdims=True)
    return probabilities


def test_of_three_percent_of_flipped_labels_most_are_found_and_few_others():
    rng = np.random.default_rng(0)
    points, truth = drawn_digits(2000, rng)
    flipped = rng.permutation(2000)[:60]
    labels = truth.copy()
    labels[flipped] = (truth[flipped] + rng.integers(1, 10, 60)) % 10
    found = find_doubtful_labels(labels, cross_validated(points, labels))
    right = [each for each in found if each.index in set(flipped.tolist())]
    assert len(right) / 60 > 0.95, "recall"
    assert len(right) / len(found) > 0.85, "precision"
    assert sum(each.answer == truth[each.index] for each in right) / len(right) > 0.95, "and what it should have been"


def test_the_most_doubtful_comes_first_with_what_is_read_and_both_probabilities():
    labels = np.array([0, 0, 1, 1, 1, 0])
    p = np.zeros((6, 10))
    p[:, 0], p[:, 1] = [0.9, 0.8, 0.85, 0.1, 0.05, 0.02], [0.1, 0.2, 0.15, 0.9, 0.95, 0.98]
    assert find_doubtful_labels(labels, p) == [
        DoubtfulLabel(5, 0, 1, pytest.approx(0.02), pytest.approx(0.98)),
        DoubtfulLabel(2, 1, 0, pytest.approx(0.15), pytest.approx(0.85)),
    ]


def test_a_digit_that_is_never_sure_is_measured_by_its_own_mean():
    """An answer is no doubt of a label where it is not as sure as that digit's images are."""
    labels = np.array([3] * 4 + [5] * 4)
    p = np.zeros((8, 10))
    p[:4, 3], p[:4, 5] = 0.99, 0.01
    p[4:, 5], p[4:, 3] = 0.6, 0.4
    p[7, 3], p[7, 5] = 0.55, 0.45
    assert find_doubtful_labels(labels, p) == []
    p[7, 3], p[7, 5] = 1, 0
    assert [each.index for each in find_doubtful_labels(labels, p)] == [7]


def test_digits_without_an_image_are_no_answer():
    p = np.full((3, 10), 0.1)
    assert find_doubtful_labels(np.array([1, 1, 1]), p) == []


def test_the_known_errors_have_other_labels_than_people_gave():
    labels = load_mnist().test.labels
    assert len(KNOWN_LABEL_ERRORS) == 15
    assert all(labels[index] != digit for index, digit in KNOWN_LABEL_ERRORS.items())
    assert (describe_known_error(947), describe_known_error(2130)) == ("people: a 9", "people: unclear")
    assert describe_known_error(0) == ""


def test_the_known_errors_come_with_what_is_read_in_them():
    labels = load_mnist().test.labels
    probabilities = np.eye(10)[labels] * 0.6
    probabilities[947] = np.eye(10)[9] * 0.7
    found = known_errors(labels, probabilities)
    assert found[0] == DoubtfulLabel(947, 8, 9, 0.0, pytest.approx(0.7))
    assert [each.index for each in found] == list(KNOWN_LABEL_ERRORS)


def test_the_accuracy_is_told_with_and_without_the_known_errors():
    labels = load_mnist().test.labels
    answers = labels.copy()
    answers[947], answers[6651], answers[0] = 9, 5, (labels[0] + 1) % 10
    said = describe_known_errors(labels, answers)
    assert "99.97 % with MNIST's labels, 99.99 % without the 15" in said
    assert "To 10 of these most people gave another digit; the network reads 1 of them as they did." in said
