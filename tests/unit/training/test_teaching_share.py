"""The weights are moved as far as the person's digits need it, and no further."""

import numpy as np
import pytest

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


OWN = Images(np.zeros((100, 28, 28), np.uint8), np.zeros(100, np.uint8))


def chosen(own_right):
    """The share for a network that reads so many of a hundred right at each share."""
    model = Weights(1.0)

    def classify(pictures):
        right = round(100 * own_right(round(float(model.value[0]), 2)))
        return np.eye(10)[np.where(np.arange(len(pictures)) < right, 0, 5)]

    share = choose_share(model, Weights(0.0), OWN, classify)
    assert model.value[0] == pytest.approx(share)
    return share


def test_all_the_way_where_the_persons_digits_need_it():
    assert chosen(lambda share: share) == 1.0


def test_no_further_than_the_persons_digits_need_it():
    assert chosen(lambda share: 1.0) == 0.5
    assert chosen(lambda share: 0.97 if share >= 0.8 else 0.9) == 0.8


def test_not_to_where_they_are_read_again_after_they_were_lost():
    assert chosen(lambda share: share != 0.8) == 0.9


def test_a_network_that_learned_nothing_is_moved_the_least():
    assert chosen(lambda share: 0.0) == 0.5
