"""What a model reads right of a person's digits, and of MNIST's, is counted as the page shows it."""

from types import SimpleNamespace

import numpy as np

from core.corrections.freezing import FrozenCorrections
from core.datasets.mnist import Images, Split, load_mnist
from core.evaluation.teaching_measures import measure
from core.recognition.classifier import ScoredPredictions

LABELS = np.array([7, 7, 7, 1, 1], np.uint8)
REFUSED = np.array([True, False, False, True, False])
"""Of five digits, all of which are a 7 for the network."""


def test_a_digit_that_is_refused_is_not_read_right():
    def predict(images):
        n = len(images)
        sevens = np.tile(np.eye(10, dtype=np.float32)[7], (n, 1))
        return ScoredPredictions(sevens, np.ones(n, np.float32), np.resize(REFUSED, n))

    reader = SimpleNamespace(predict_with_outlier_score=predict, temperature=1.5)
    digits = load_mnist().test
    five = Images(digits.images[:5], LABELS)
    kept_out = np.array([False, False, True, False, True])
    found = measure(reader, FrozenCorrections(five.images, LABELS, kept_out, ((),) * 5), Split(five, five, five))
    assert (found.learned_correct, found.learned_count) == (1, 3)
    assert (found.kept_out_correct, found.kept_out_count) == (1, 2)
    assert (found.test_correct, found.digits_kept, found.temperature) == (3, 0.6, 1.5)
