"""Digits drawn along pen paths, and the training images made of them."""

import numpy as np

from core.datasets import pen_paths, synthetic_digits
from core.datasets.mnist import load_mnist
from core.datasets.strong_augmentation import OUTLIER_LABEL, augment_strongly
from core.recognition.recognizer import Recognizer


def test_every_form_of_every_digit_can_be_drawn():
    labels = np.repeat(np.arange(10), 200)
    drawings = synthetic_digits.draw_digits(labels, np.random.default_rng(0))
    assert len(drawings) == len(labels)
    for drawing in drawings:
        assert drawing.shape == (pen_paths.FIELD_PX, pen_paths.FIELD_PX)
        assert drawing.dtype == np.uint8
        assert 100 < np.count_nonzero(drawing) < drawing.size / 2


def test_the_forms_are_digits_that_a_network_reads():
    labels = np.repeat(np.arange(10), 40)
    drawings = synthetic_digits.draw_digits(labels, np.random.default_rng(1))
    readings = Recognizer.load().read_many(drawings, single=True)
    assert np.mean([reading.text == str(label) for reading, label in zip(readings, labels, strict=True)]) > 0.85


def test_strong_augmentation_keeps_number_and_order_and_labels_outliers():
    data = load_mnist().train
    images, labels = data.images[:2000], data.labels[:2000].astype(np.int32)
    first = augment_strongly(images, labels, np.random.default_rng(5))
    again = augment_strongly(images, labels, np.random.default_rng(5))
    assert all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))
    made, wanted = first
    assert made.shape == images.shape
    assert made.dtype == np.uint8
    assert ((wanted == labels) | (wanted == OUTLIER_LABEL)).all()
    assert 0.03 < (wanted == OUTLIER_LABEL).mean() < 0.12
    assert np.array_equal(labels, data.labels[:2000]), "the given labels are not changed"
