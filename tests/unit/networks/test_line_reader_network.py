"""The network of the line reader: its shapes, its size, and the layers that it is made of."""

import keras
import numpy as np
import pytest

from core.config.line_shape import FRAME_PX, LINE_HEIGHT_PX, LINE_OUTPUTS
from core.networks.line_reader_network import line_reader_network
from core.networks.loaded_layers import LAYERS


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    return line_reader_network()


@pytest.mark.parametrize("width", [8, 12, 132])
def test_each_frame_of_a_line_has_log_probabilities(network, width):
    pictures = np.random.default_rng(0).random((2, LINE_HEIGHT_PX, width, 1), np.float32)
    frames = keras.ops.convert_to_numpy(network(pictures, training=False))
    assert frames.shape == (2, width // FRAME_PX, LINE_OUTPUTS)
    assert np.exp(frames).sum(axis=2) == pytest.approx(np.ones(frames.shape[:2]), abs=1e-4)


def test_the_network_is_small_and_made_of_layers_that_are_loaded_safely(network):
    assert network.count_params() <= 760_000
    assert {type(layer).__name__ for layer in network.layers} <= LAYERS


def test_a_saved_network_answers_the_same(network, tmp_path):
    path = tmp_path / "lines.keras"
    network.save(path)
    loaded = keras.models.load_model(path, safe_mode=True)
    pictures = np.random.default_rng(1).random((1, LINE_HEIGHT_PX, 60, 1), np.float32)
    assert np.array_equal(network(pictures, training=False), loaded(pictures, training=False))
