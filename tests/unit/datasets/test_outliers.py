"""Marks that are no digits: every kind is made, and the same again for the same seed."""

import cv2
import numpy as np
import pytest

from benchmarks.refusal_pictures import PEN_LETTERS
from core.datasets import outlier_glyphs
from core.datasets.mnist import load_mnist
from core.datasets.outliers import OUTLIER_KINDS, draw_outliers
from core.datasets.strong_augmentation import augment_strongly


@pytest.fixture(scope="module")
def digits():
    train = load_mnist().train
    return train.images[:200], train.labels[:200]


@pytest.mark.parametrize("kind", OUTLIER_KINDS)
def test_a_kind_makes_a_mark_for_each_image_and_the_same_again(kind, digits):
    make, _ = OUTLIER_KINDS[kind]
    marks, again = (list(make(*digits, np.random.default_rng(4))) for _ in range(2))
    assert len(marks) == len(digits[0])
    assert all(np.array_equal(one, two) for one, two in zip(marks, again, strict=True))
    for mark in marks:
        assert mark.dtype == np.uint8 and mark.ndim == 2
        assert mark.max() > 100, "there is ink"
        assert np.ptp(mark) > 100, "there is ground"


@pytest.mark.parametrize("kind", OUTLIER_KINDS)
def test_a_kind_can_be_asked_for_one_or_no_mark(kind, digits):
    make, _ = OUTLIER_KINDS[kind]
    for n in (0, 1):
        assert len(list(make(digits[0][:n], digits[1][:n], np.random.default_rng(0)))) == n


def test_all_kinds_come_in_their_shares_which_are_all(digits):
    assert sum(share for _, share in OUTLIER_KINDS.values()) == pytest.approx(1)
    marks = draw_outliers(*digits, np.random.default_rng(1))
    assert len(marks) == len(digits[0]) and all(mark is not None for mark in marks)


def test_no_character_falls_back_to_the_question_mark_that_a_missing_one_is_drawn_as():
    def printed(character):
        return cv2.putText(np.zeros((84, 84), np.uint8), character, (16, 64), 0, 1.8, 255, 2, cv2.LINE_AA)

    missing = [each for each in outlier_glyphs.CHARACTERS if np.array_equal(printed(each), printed("?"))]
    assert not missing


def test_no_letter_that_refusing_is_measured_with_is_trained_on():
    names = {line.split()[0] for line in outlier_glyphs.PATHS.strip().splitlines()}
    assert not (names | set(outlier_glyphs.CHARACTERS)) & set(PEN_LETTERS)


def test_training_images_of_no_digit_have_mnist_form(digits):
    images, labels = np.repeat(digits[0], 5, axis=0), np.repeat(digits[1], 5)
    made, wanted = augment_strongly(images, labels.astype(np.int32), np.random.default_rng(2))
    marks = made[wanted < 0]
    assert len(marks) and marks.shape[1:] == (28, 28) and marks.any(axis=(1, 2)).all()
