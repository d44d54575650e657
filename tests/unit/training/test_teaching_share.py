"""The weights are moved as far as the person's digits need it, and no further than MNIST allows."""

import numpy as np
import pytest

from core.config.dataset_spec import MNIST
from core.datasets.mnist import Images
from core.training.teaching_share import choose_share


class Weights:
    """A network of one weight: 0 before learning, 1 after."""

    def __init__(self, value):
        self.value = np.array([value], np.float32)

    def get_weights(self):
        return [self.value]

    def set_weights(self, weights):
        self.value = weights[0]


def images(name, n=100):
    return Images(np.full((n, 28, 28), {"own": 1, "mnist": 2}[name], np.uint8), np.zeros(n, np.uint8))


def chosen(monkeypatch, own_right, mnist_right):
    """The share for networks that read so many of a hundred right at each share."""
    model = Weights(1.0)

    def classify(pictures):
        share = round(float(model.value[0]), 2)
        right = (own_right if pictures[0, 0, 0] == 1 else mnist_right)(share)
        answers = np.where(np.arange(len(pictures)) < right * len(pictures), 0, 5)
        return np.eye(10)[answers]

    monkeypatch.setattr("core.training.teaching_share.augment_for", lambda dataset, found, rng: found)
    share = choose_share(model, Weights(0.0), images("own"), images("mnist"), MNIST, classify)
    assert model.value[0] == pytest.approx(share)
    return share


def test_all_the_way_where_mnist_does_not_suffer(monkeypatch):
    assert chosen(monkeypatch, lambda share: 1.0, lambda share: 0.99) == 1.0


def test_back_to_where_mnist_is_read_best(monkeypatch):
    assert chosen(monkeypatch, lambda share: 1.0, lambda share: 1 - 0.2 * abs(share - 0.7)) == 0.7


def test_not_so_far_back_that_the_persons_digits_are_lost(monkeypatch):
    assert chosen(monkeypatch, lambda share: share >= 0.85, lambda share: 1 - 0.1 * share) == 0.85
