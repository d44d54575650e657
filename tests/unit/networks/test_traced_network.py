"""Networks computed by TensorFlow from their folded layers: the outputs of Keras, and what is left to Keras."""

from pathlib import Path

import keras
import numpy as np
import pytest

from core.config.presets import PRESETS
from core.networks import traced_network
from core.networks.builder import build
from core.networks.folded_layers import FoldedLayer, UnfoldableError
from core.networks.saved_layers import fold_model, read_saved_layers
from core.networks.traced_network import forward_pass, trace

ASSETS = Path(traced_network.__file__).parents[1] / "assets"
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
    ("name", "shape", "free"),
    [
        ("reader", (3, 28, 28), (None, 28, 28)),
        ("line_reader", (2, 40, 100, 1), (None, 40, None, 1)),
        ("ink_finder", (1, 64, 128, 1), (None, None, None, 1)),
    ],
)
def test_the_networks_of_the_app_answer_as_with_keras(name, shape, free):
    values = np.random.default_rng(1).random(shape, np.float32)
    expected = outputs(keras.saving.load_model(ASSETS / f"{name}.keras", compile=False), values)
    assert trace(read_saved_layers(ASSETS / f"{name}.keras"), free)(values) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("shape", "layer"),
    [
        ((9, 10, 3), lambda: layers.Conv2D(4, (5, 2), strides=1, padding="same", activation="relu")),
        ((10, 9, 3), lambda: layers.Conv2D(4, 3, strides=2, padding="same")),
        ((9, 3), lambda: layers.Conv1D(4, 4, strides=2, padding="same")),
        ((9, 3), lambda: layers.Conv1D(4, 3, padding="valid", activation="relu")),
        ((5, 7, 3), lambda: layers.Conv2DTranspose(4, 2, strides=2)),
        ((9, 10, 3), lambda: layers.MaxPooling2D((2, 3))),
        ((9, 10, 3), lambda: layers.ZeroPadding2D(((1, 0), (2, 3)))),
        ((9, 10, 3), lambda: layers.BatchNormalization()),
        ((9, 10, 3), lambda: layers.ReLU()),
        ((9, 10, 3), lambda: layers.Reshape((90, 3))),
        ((9, 3), lambda: layers.Dense(5, "relu")),
    ],
)
def test_each_layer_computes_what_keras_does(shape, layer, tmp_path):
    chain = [keras.Input(shape), layer(), layers.Flatten(), layers.Dense(20, activation="log_softmax")]
    model = unlike_at_first(keras.Sequential(chain))
    model.save(tmp_path / "model.keras")
    values = np.random.default_rng(1).normal(size=(3, *shape)).astype(np.float32)
    traced = trace(read_saved_layers(tmp_path / "model.keras"), (None, *shape))
    assert traced(values) == pytest.approx(outputs(model, values), abs=1e-4)


def test_what_is_still_to_be_done_is_part_of_the_function(tmp_path):
    model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
    images = np.random.default_rng(1).random((4, 28, 28), np.float32)
    doubled = trace(fold_model(model), (None, 28, 28), lambda values: 2 * values)
    assert doubled(images) == pytest.approx(2 * outputs(model, images), abs=1e-5)


@pytest.mark.parametrize("name", ["recipe", "convnet", "reader"])
def test_the_classifiers_that_are_trained_are_folded_with_what_goes_into_their_last_layer(name):
    model = unlike_at_first(build(PRESETS[name]))
    images = np.random.default_rng(1).random((5, 28, 28), np.float32)
    features, found = forward_pass(fold_model(model))(keras.ops.convert_to_tensor(images))
    expected = outputs(keras.Model(model.inputs[0], model.layers[-1].input), images)
    assert keras.ops.convert_to_numpy(features) == pytest.approx(expected, abs=1e-4)
    assert keras.ops.convert_to_numpy(found) == pytest.approx(outputs(model, images), abs=1e-5)


@pytest.mark.parametrize(
    "make",
    [
        lambda: [keras.Input((28, 28)), layers.Flatten(), layers.Dense(10), layers.Softmax()],
        lambda: [keras.Input((28, 28)), layers.Flatten(), layers.Dense(10), layers.ReLU()],
        lambda: [keras.Input((28, 28)), layers.Flatten(), layers.Dense(10, dtype="mixed_bfloat16")],
        lambda: [keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10)],
        lambda: [keras.Input((28, 28)), layers.Flatten(), layers.Dense(10, "tanh"), layers.Dense(10)],
        lambda: [keras.Input((28, 28)), layers.Conv1D(2, 3, padding="causal"), layers.Flatten(), layers.Dense(10)],
        lambda: enlarged(layers.Conv2DTranspose(2, 2, 2, activation="relu")),
        lambda: enlarged(layers.Conv2DTranspose(2, 2, 2, output_padding=1)),
    ],
    ids=[
        "softmax by itself",
        "the last layer not dense",
        "half precision",
        "another input",
        "unknown activation",
        "padding before the row alone",
        "activation of a transposed convolution",
        "padding of its output",
    ],
)
def test_another_classifier_is_left_to_keras(make):
    with pytest.raises(UnfoldableError):
        fold_model(keras.Sequential(make()))


def enlarged(layer):
    return [keras.Input((28, 28)), layers.Reshape((28, 28, 1)), layer, layers.Flatten(), layers.Dense(10)]


def test_a_sum_of_three_is_left_to_keras():
    picture = keras.Input((28, 28))
    total = layers.Add()([picture, layers.ReLU()(picture), layers.Dropout(0.5)(picture)])
    with pytest.raises(UnfoldableError):
        fold_model(keras.Model(picture, layers.Dense(10)(layers.Flatten()(total))))


@pytest.mark.parametrize("shape", [(-1, 28), (14, -1, 4), (-1,)])
def test_a_shape_with_a_free_side_is_computed_as_by_keras(shape):
    model = keras.Sequential(
        [keras.Input((28, 28)), layers.Reshape(shape), layers.Dense(3), layers.Flatten(), layers.Dense(10)]
    )
    images = np.random.default_rng(1).random((4, 28, 28), np.float32)
    assert trace(fold_model(model), (None, 28, 28))(images) == pytest.approx(outputs(model, images), abs=1e-5)


def test_steps_that_are_not_known_are_refused():
    with pytest.raises(UnfoldableError, match="input"):
        forward_pass([FoldedLayer("a", "Flatten"), FoldedLayer("b", "Flatten", ("a",))])
    with pytest.raises(UnfoldableError, match="Attention"):
        forward_pass([FoldedLayer("a", "InputLayer"), FoldedLayer("b", "Attention", ("a",))])
