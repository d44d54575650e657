"""Every layer's activations, also inside residual blocks, and their pictures."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.explanation.activations import ActivationReader
from core.explanation.layer_pictures import MAX_UNITS, layer_pictures
from core.networks.builder import build, import_keras
from core.recognition import Recognizer

FLATTEN = {"class_name": "Flatten"}


def activations(image, *layers, **settings):
    model = build(TrainConfig(layers=layers, **settings) if layers else TrainConfig(**settings))
    return model, [layer for layer in ActivationReader(Recognizer(model)).read(image) if not layer.passes]


def test_layers_inside_a_residual_block_are_read_and_lead_to_the_answer(bar):
    block = {"class_name": "Residual", "filters": 4, "strides": 2}
    model, found = activations(bar, block, FLATTEN)
    assert [layer.block for layer in found] == [1] * (len(found) - 1) + [0]
    assert {layer.kind for layer in found} == {"Conv2D", "BatchNormalization", "ReLU", "Add", "Dense"}
    assert found[0].values.shape == (14, 14, 4)
    expected = model(bar[None].astype(np.float32) / 255, training=False)[0]
    assert found[-1].values == pytest.approx(np.asarray(expected), abs=1e-6)


def test_a_network_without_a_hidden_layer_has_one_layer(bar):
    _, found = activations(bar, FLATTEN)
    assert [layer.values.shape for layer in found] == [(10,)]


def test_what_enters_a_layer_is_known_and_in_which_form_it_was_made(bar):
    _, (first, pooled, last) = activations(
        bar, {"class_name": "Conv2D", "filters": 3, "kernel_size": 3}, {"class_name": "MaxPooling2D"}, FLATTEN
    )
    assert (first.reads_pixels, first.input_shape) == (True, (28, 28))
    assert (pooled.reads_pixels, pooled.input_shape) == (False, (26, 26, 3))
    assert last.inputs[0].shape == (13 * 13 * 3,) and last.input_shape == (13, 13, 3)
    assert pooled.inputs[0] == pytest.approx(first.values)


def test_of_2048_units_the_most_active_are_shown_and_said(bar):
    _, found = activations(bar, hidden_units=2048)
    hidden, answer = layer_pictures(found)
    assert f"{MAX_UNITS} of 2,048, the most active ones" in hidden.shown
    assert answer.shown == "the digits 0 to 9, from the left"
    silent = int(np.flatnonzero(found[0].values == 0)[0])
    assert silent not in hidden.units and list(hidden.units) == sorted(hidden.units)
    assert silent in next(layer_pictures(found, kept=(0, silent))).units, "what was picked stays"


def test_every_unit_has_a_tile_that_keeps_its_place(bar):
    _, found = activations(
        bar, {"class_name": "Conv2D", "filters": 40, "kernel_size": 3, "activation": "relu"}, FLATTEN
    )
    first = next(layer_pictures(found))
    assert first.shown.startswith("all 40, in their order") and first.units == tuple(range(40))
    assert first.tiles.pictures.shape == (40, 26, 26, 3) and first.tiles.size_px == (52, 52)
    values = found[0].values
    brightest = first.tiles.pictures[..., 0].astype(float).max(axis=(1, 2)) / 255
    assert brightest == pytest.approx(values.max(axis=(0, 1)) / values.max(), abs=0.01)


def test_a_functional_model_with_branches_is_read(bar):
    keras = import_keras()
    inputs = keras.Input((28, 28))
    flat = keras.layers.Flatten()(inputs)
    both = keras.layers.Concatenate()([keras.layers.Dense(3)(flat), keras.layers.Dense(4)(flat)])
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(both))
    found = ActivationReader(Recognizer(model)).read(bar)
    assert sorted(layer.units for layer in found if not layer.passes) == [3, 4, 7, 10]


def test_a_recurrent_layer_has_a_picture(bar):
    keras = import_keras()
    layers = [keras.layers.SimpleRNN(5, return_sequences=True), keras.layers.SimpleRNN(4), keras.layers.Dense(10)]
    model = keras.Sequential([keras.Input((28, 28)), *layers, keras.layers.Softmax()])
    pictures = list(layer_pictures(ActivationReader(Recognizer(model)).read(bar)))
    assert [each.tiles.size_px for each in pictures] == [(56, 12), (24, 24), (24, 24), (24, 24)]
    assert "not taken apart" in pictures[0].formula
