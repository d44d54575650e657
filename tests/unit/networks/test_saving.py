"""Networks saved as files that depend on the network alone."""

import zipfile

import numpy as np
import pytest

from core.networks import line_reader_network
from core.networks.builder import import_keras
from core.networks.saving import save_network


@pytest.fixture(scope="module")
def network():
    import_keras().utils.set_random_seed(0)
    return line_reader_network()


def test_the_same_network_gives_the_same_bytes(network, tmp_path):
    again = line_reader_network()  # its layers have other names, for Keras counts them in a process
    again.set_weights(network.get_weights())
    for name, each in (("one", network), ("two", again)):
        save_network(each, tmp_path / f"{name}.keras")
    assert (tmp_path / "one.keras").read_bytes() == (tmp_path / "two.keras").read_bytes()


def test_the_file_is_a_model_of_keras_with_the_same_outputs_and_no_optimizer(network, tmp_path):
    keras = import_keras()
    network.compile("adam", "mse")
    save_network(network, tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    picture = np.random.default_rng(0).random((1, 40, 64, 1), np.float32)
    assert np.array_equal(loaded(picture), network(picture))
    assert not loaded.compiled
    with zipfile.ZipFile(tmp_path / "network.keras") as archive:
        assert b"date_saved" not in archive.read("metadata.json")
