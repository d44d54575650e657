"""Networks computed by NumPy: the outputs of Keras, for the networks of the app and for each layer that is known."""

import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from core.config.presets import PRESETS
from core.networks import array_network
from core.networks.array_network import ArrayNetwork
from core.networks.builder import build
from core.networks.folded_layers import UnfoldableError

ASSETS = Path(array_network.__file__).parents[1] / "assets"
layers = keras.layers


def unlike_at_first(model):
    """Give a model weights as after training, those of batch normalisation too, some scales of which are negative."""
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            gamma, beta, mean, variance = (rng.normal(0, 0.5, each.shape) for each in layer.get_weights())
            layer.set_weights([gamma + 0.5, beta, mean, variance**2 + 0.1])
    return model


def outputs(model, values):
    return keras.ops.convert_to_numpy(model(values, training=False))


@pytest.mark.parametrize(
    ("name", "shape", "tolerance"),
    [
        ("reader", (3, 28, 28), 1e-6),
        ("line_reader", (2, 40, 100, 1), 1e-4),
        ("ink_finder", (2, 64, 128, 1), 1e-4),
        ("ink_finder", (1, 320, 192, 1), 1e-4),
    ],
)
def test_the_networks_of_the_app_answer_as_with_keras(name, shape, tolerance):
    """Tolerance: of probabilities for the reader, of logits and log-probabilities up to 20 for the others."""
    values = np.random.default_rng(1).random(shape, np.float32)
    expected = outputs(keras.saving.load_model(ASSETS / f"{name}.keras", compile=False), values)
    assert np.abs(ArrayNetwork.load(ASSETS / f"{name}.keras")(values) - expected).max() < tolerance


@pytest.mark.parametrize("name", ["recipe", "convnet", "reader"])
def test_networks_that_are_trained_answer_as_with_keras(name, tmp_path):
    model = unlike_at_first(build(PRESETS[name]))
    model.save(tmp_path / "model.keras")
    images = np.random.default_rng(1).random((5, 28, 28), np.float32)
    network = ArrayNetwork.load(tmp_path / "model.keras")
    assert np.abs(network(images) - outputs(model, images)).max() < 1e-5
    assert (network.output_width, network.feature_width) == (10, model.layers[-1].input.shape[-1])


@pytest.mark.parametrize(
    ("shape", "layer"),
    [
        ((9, 10, 3), lambda: layers.Conv2D(4, 3, strides=2, padding="same")),
        ((10, 9, 3), lambda: layers.Conv2D(4, (5, 2), strides=(2, 3), padding="same", activation="relu")),
        ((9, 10, 3), lambda: layers.Conv2D(4, (4, 3), strides=(3, 2))),
        ((70, 90, 16), lambda: layers.Conv2D(8, 3, padding="same")),
        ((9, 3), lambda: layers.Conv1D(4, 4, strides=2, padding="same")),
        ((9, 3), lambda: layers.Conv1D(4, 3, padding="valid", activation="relu")),
        ((5, 7, 3), lambda: layers.Conv2DTranspose(4, 2, strides=2)),
        ((9, 10, 3), lambda: layers.MaxPooling2D((2, 3))),
        ((9, 10, 3), lambda: layers.ZeroPadding2D(((1, 0), (2, 3)))),
        ((9, 10, 3), lambda: layers.BatchNormalization()),
        ((9, 10, 3), lambda: layers.ReLU()),
        ((9, 10, 3), lambda: layers.Reshape((90, 3))),
    ],
)
def test_each_layer_computes_what_keras_does(shape, layer, tmp_path):
    chain = [keras.Input(shape), layer(), layers.Flatten(), layers.Dense(20, activation="log_softmax")]
    model = unlike_at_first(keras.Sequential(chain))
    model.save(tmp_path / "model.keras")
    values = np.random.default_rng(1).normal(size=(3, *shape)).astype(np.float32)
    kept = values.copy()
    assert ArrayNetwork.load(tmp_path / "model.keras")(values) == pytest.approx(outputs(model, values), abs=1e-4)
    assert np.array_equal(values, kept), "what goes in is not changed"


def test_what_goes_into_the_last_layer_is_given_too(tmp_path):
    model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(5, "relu"), layers.Dense(10)])
    model.save(tmp_path / "model.keras")
    images = np.random.default_rng(1).random((4, 28, 28), np.float32)
    features, _ = ArrayNetwork.load(tmp_path / "model.keras").with_features(images)
    assert features == pytest.approx(outputs(keras.Model(model.inputs[0], model.layers[-1].input), images), abs=1e-5)


@pytest.mark.parametrize("content", [b"", b"not a ZIP archive"])
def test_another_file_is_left_to_keras(content, tmp_path):
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(UnfoldableError):
        ArrayNetwork.load(tmp_path / "model.keras")


@pytest.mark.parametrize(("place", "value"), [("method", 99), ("flags", 1), ("data", 255)])
def test_a_damaged_archive_is_left_to_keras(place, value, tmp_path):
    """An unknown compression, an encrypted part and one whose compressed bytes are wrong each raise another error."""
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", "{}" * 50)
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\1\2")
    for at in {"method": (8, directory + 10), "flags": (6, directory + 8), "data": (30 + len("config.json"),)}[place]:
        data[at] = value
    path.write_bytes(data)
    with pytest.raises(UnfoldableError):
        ArrayNetwork.load(path)


def test_a_network_of_residual_blocks_is_left_to_keras(tmp_path):
    inner = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(4)])
    keras.Sequential([keras.Input((28, 28)), inner, layers.Dense(10)]).save(tmp_path / "model.keras")
    with pytest.raises(UnfoldableError):
        ArrayNetwork.load(tmp_path / "model.keras")


def test_numpy_computes_only_where_it_was_chosen_and_keras_is_not_imported(monkeypatch):
    array_network.compute_with_numpy()
    assert not array_network.computes_with_numpy(), "this test has imported Keras"
    monkeypatch.delitem(sys.modules, "keras")
    assert array_network.computes_with_numpy()
