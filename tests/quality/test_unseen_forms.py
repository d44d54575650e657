"""Digits in written forms that were kept aside from training, read by the network that comes with the app."""

import numpy as np

from core.datasets.synthetic_digits import draw_digits
from core.recognition.recognizer import Recognizer


def test_digits_in_forms_that_no_training_saw_are_read():
    labels = np.repeat(np.arange(10), 60)
    drawings = draw_digits(labels, np.random.default_rng(3), forms_aside=True)
    readings = Recognizer.load().read_many(drawings, single=True)
    right = np.array([reading.text == str(label) for reading, label in zip(readings, labels, strict=True)])
    assert right.mean() > 0.97
    assert right.reshape(10, -1).mean(axis=1).min() > 0.85
