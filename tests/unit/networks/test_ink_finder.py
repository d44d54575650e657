"""The ink finder's network."""

import numpy as np
import pytest

from core.networks import ink_finder, normalize_greys
from core.networks.builder import import_keras
from core.networks.ink_finder import SIZE_MULTIPLE


@pytest.fixture(scope="module")
def network():
    import_keras().utils.set_random_seed(0)
    return ink_finder()


def test_it_has_at_most_half_a_million_weights(network):
    assert network.count_params() <= 500_000


def test_it_runs_in_a_function_for_any_size(network):
    import tensorflow as tf

    call = tf.function(
        lambda greys: network(greys, training=False), input_signature=[tf.TensorSpec((None, None, None, 1))]
    )
    for shape in ((1, 64, 128, 1), (2, 192, SIZE_MULTIPLE, 1)):
        logits = call(np.zeros(shape, np.float32))
        assert logits.shape == shape
        assert np.isfinite(logits.numpy()).all()


def test_a_seed_gives_the_same_first_weights(network):
    import_keras().utils.set_random_seed(0)
    assert all(np.array_equal(*pair) for pair in zip(network.get_weights(), ink_finder().get_weights(), strict=True))


def test_pictures_are_brought_to_mean_0_and_deviation_1():
    greys = np.random.default_rng(0).integers(0, 256, (3, 20, 30), np.uint8)
    normal = normalize_greys(greys)
    assert normal.shape == (3, 20, 30, 1)
    assert normal.dtype == np.float32
    assert normal.mean(axis=(1, 2, 3)) == pytest.approx(0, abs=1e-3)
    assert normal.std(axis=(1, 2, 3)) == pytest.approx(1, abs=1e-3)


def test_the_noise_of_a_blank_picture_is_not_amplified():
    blank = np.full((1, 8, 8), 200, np.uint8)
    blank[0, 0, 0] = 202
    assert np.abs(normalize_greys(blank)).max() < 0.5
    assert not normalize_greys(np.full((1, 8, 8), 90, np.uint8)).any()
