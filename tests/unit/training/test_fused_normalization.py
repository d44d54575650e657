"""Networks for training whose batch normalisation is fused."""

from typing import Any

import keras
import numpy as np
import pytest

from core.training.fused_normalization import with_fused_normalization


def _network():
    picture = keras.Input((6, None, 1))
    values = keras.layers.Conv2D(4, 3, padding="same", use_bias=False)(picture)
    values = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.9)(values))
    values = keras.layers.Reshape((-1, 24))(keras.layers.Permute((2, 1, 3))(values))
    context = keras.layers.BatchNormalization(momentum=0.9)(keras.layers.Conv1D(24, 3, padding="same")(values))
    return keras.Model(picture, keras.layers.Dense(3)(keras.layers.Add()([values, context])))


@pytest.fixture
def networks():
    """Two networks with the same weights."""
    keras.utils.set_random_seed(0)
    one, other = _network(), _network()
    other.set_weights(one.get_weights())
    return one, other


def test_it_computes_what_keras_computes_in_training_and_updates_the_same_statistics(networks):
    one, other = networks
    fused = with_fused_normalization(one)
    pictures = np.random.default_rng(0).normal(1, 3, (5, 6, 9, 1)).astype(np.float32)
    for _ in range(3):
        np.testing.assert_allclose(fused(pictures, training=True), other(pictures, training=True), atol=1e-4)
    for weights, expected in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(weights, expected, atol=1e-5)


def test_the_network_itself_has_the_weights_and_stays_as_it_is(networks, tmp_path):
    one, other = networks
    fused = with_fused_normalization(one)
    assert {id(each) for each in fused.trainable_variables} == {id(each) for each in one.trainable_variables}
    assert [type(each) for each in one.layers] == [type(each) for each in other.layers]
    one.save(tmp_path / "network.keras")
    again: Any = keras.models.load_model(tmp_path / "network.keras")
    pictures = np.random.default_rng(0).normal(0, 1, (2, 6, 8, 1)).astype(np.float32)
    np.testing.assert_array_equal(again(pictures, training=False), other(pictures, training=False))
