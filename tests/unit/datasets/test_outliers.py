"""Outliers: every kind is made, and the same again for the same seed."""

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
def test_a_kind_makes_an_outlier_for_each_image_and_the_same_again(kind, digits):
    make, _ = OUTLIER_KINDS[kind]
    outliers, again = (list(make(*digits, np.random.default_rng(4))) for _ in range(2))
    assert len(outliers) == len(digits[0])
    assert all(np.array_equal(one, two) for one, two in zip(outliers, again, strict=True))
    for outlier in outliers:
        assert outlier.dtype == np.uint8 and outlier.ndim == 2
        assert outlier.max() > 100, "there is ink"
        assert np.ptp(outlier) > 100, "there is ground"


@pytest.mark.parametrize("kind", OUTLIER_KINDS)
def test_a_kind_makes_one_outlier_or_none(kind, digits):
    make, _ = OUTLIER_KINDS[kind]
    for n in (0, 1):
        assert len(list(make(digits[0][:n], digits[1][:n], np.random.default_rng(0)))) == n


def test_all_kinds_come_in_their_shares_which_are_all(digits):
    assert sum(share for _, share in OUTLIER_KINDS.values()) == pytest.approx(1)
    outliers = draw_outliers(*digits, np.random.default_rng(1))
    assert len(outliers) == len(digits[0]) and all(outlier.size for outlier in outliers)


def test_opencv_has_every_character_and_draws_none_as_its_question_mark():
    def printed(character):
        return cv2.putText(np.zeros((84, 84), np.uint8), character, (16, 64), 0, 1.8, 255, 2, cv2.LINE_AA)

    missing = [each for each in outlier_glyphs.CHARACTERS if np.array_equal(printed(each), printed("?"))]
    assert not missing


def test_no_letter_that_the_refusal_is_measured_with_is_trained_on():
    names = {line.split()[0] for line in outlier_glyphs.PATHS.strip().splitlines()}
    assert not (names | set(outlier_glyphs.CHARACTERS)) & set(PEN_LETTERS)


def test_outliers_among_training_images_have_mnist_form(digits):
    images, labels = np.repeat(digits[0], 5, axis=0), np.repeat(digits[1], 5)
    made, wanted = augment_strongly(images, labels.astype(np.int32), np.random.default_rng(2))
    outliers = made[wanted < 0]
    assert len(outliers) and outliers.shape[1:] == (28, 28) and outliers.any(axis=(1, 2)).all()
