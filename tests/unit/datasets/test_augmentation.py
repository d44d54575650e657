"""Augmentation alters every image a little, keeps its digit, and repeats itself for the same seed."""

import numpy as np
import pytest

from core.datasets.augmentation import augment
from core.datasets.mnist import load_arrays
from core.recognition.recognizer import Recognizer


@pytest.fixture(scope="module")
def images():
    return load_arrays()["x_test"][:500]


@pytest.fixture(scope="module")
def augmented(images):
    return augment(images, np.random.default_rng(7))


def test_shape_and_dtype_stay(images, augmented):
    assert augmented.shape == images.shape and augmented.dtype == np.uint8


def test_the_given_images_stay_as_they_are(images):
    before = images.copy()
    augment(before, np.random.default_rng(0))
    assert np.array_equal(before, images)


def test_the_same_seed_gives_the_same_images(images, augmented):
    assert np.array_equal(augment(images, np.random.default_rng(7)), augmented)
    assert not np.array_equal(augment(images, np.random.default_rng(8)), augmented)


def test_every_image_changes(images, augmented):
    assert (augmented != images).any(axis=(1, 2)).all()


def test_the_same_image_differs_each_time(images):
    twins = augment(np.stack([images[0]] * 2), np.random.default_rng(0))
    assert not np.array_equal(*twins)


def test_ink_stays_white_on_black_and_inside(augmented):
    border = np.concatenate([augmented[:, [0, -1]].reshape(500, -1), augmented[:, :, [0, -1]].reshape(500, -1)], axis=1)
    assert border.mean() < 5
    assert (augmented.max(axis=(1, 2)) > 128).all(), "no digit vanishes"


def test_the_mean_stroke_is_no_lighter_and_not_twice_as_heavy(images, augmented):
    assert 0.8 < augmented.mean() / images.mean() < 2


def test_a_digit_stays_the_digit_it_was(augmented):
    answers = Recognizer.load().classify(augmented).argmax(axis=1)
    assert (answers == load_arrays()["y_test"][:500]).mean() > 0.95


def test_no_images_give_none(images):
    assert augment(images[:0], np.random.default_rng(0)).shape == (0, 28, 28)
