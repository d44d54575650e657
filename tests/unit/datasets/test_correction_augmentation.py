"""Copies of corrected digits: other ones each time, the same for the same seed, of the digit that was chosen."""

import numpy as np
import pytest

from core.datasets.correction_augmentation import augment_corrections
from core.datasets.mnist import load_mnist
from core.datasets.pen_paths import strokes_through
from core.datasets.probe_digits import digit_image
from core.recognition import Recognizer

SEVEN = (np.array([[80, 70], [200, 70], [130, 230]], np.float32),)


@pytest.fixture(scope="module")
def digits():
    images = np.stack([load_mnist().test.images[1], digit_image(SEVEN)])  # a 2 without its path, and a drawn 7
    return images, [(), SEVEN]


def test_copies_differ_and_a_seed_repeats_them(digits):
    chosen = np.repeat([0, 1], 20)
    copies, again = (augment_corrections(*digits, chosen, np.random.default_rng(3)) for _ in range(2))
    assert copies.shape == (40, 28, 28) and copies.dtype == np.uint8
    assert np.array_equal(copies, again)
    assert len({copy.tobytes() for copy in copies}) == 40
    assert all(copy.max() > 60 for copy in copies), "there is ink"


def test_copies_are_still_the_digit(digits):
    chosen = np.repeat([0, 1], 100)
    copies = augment_corrections(*digits, chosen, np.random.default_rng(4))
    read = Recognizer.load().classify(copies).argmax(axis=1)
    assert (read == np.repeat([2, 7], 100)).mean() > 0.9


def test_the_corrected_digits_stay_as_they_are(digits):
    images, strokes = digits
    before = images.copy()
    augment_corrections(images, strokes, np.array([0, 1, 1]), np.random.default_rng(0))
    assert np.array_equal(images, before)


@pytest.mark.parametrize("line", [[[5, 5]], [[5, 5], [5, 5]], [[0, 0], [0, 300]], [[0, 0], [4000, 1]]])
def test_a_pen_path_of_any_form_is_drawn(line):
    (stroke,) = strokes_through([np.array(line, np.float32)], 2.5)
    assert np.isfinite(stroke.points).all() and 2 <= len(stroke.points) <= 100
    assert np.ptp(stroke.points, axis=0).max() <= 100.001
