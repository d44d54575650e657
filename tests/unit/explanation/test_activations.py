"""Every layer's activations, also inside residual blocks, and their pictures."""

from itertools import pairwise

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.explanation.activations import ActivationReader
from core.explanation.layer_pictures import MAX_MAPS, MAX_UNITS, layer_pictures
from core.networks.builder import build, import_keras
from core.recognition import Recognizer

FLATTEN = {"class_name": "Flatten"}


def activations(image, *layers, **settings):
    model = build(TrainConfig(layers=layers, **settings) if layers else TrainConfig(**settings))
    return model, ActivationReader(Recognizer(model)).read(image)


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


def test_of_2048_units_the_most_active_are_shown_and_said(bar):
    _, found = activations(bar, hidden_units=2048)
    hidden, answer = layer_pictures(found)
    assert f"{MAX_UNITS} of 2048, the most active first" in hidden.shown
    assert answer.shown == "the digits 0 to 9, from the left"


def test_units_are_sorted_by_activity_with_gaps_between_them(bar):
    _, found = activations(
        bar, {"class_name": "Conv2D", "filters": 40, "kernel_size": 3, "activation": "relu"}, FLATTEN
    )
    first = next(layer_pictures(found))
    assert first.shown.startswith(f"{MAX_MAPS} of 40")
    assert first.sheet.dtype == np.uint8 and (first.sheet[:, 52:54] == 128).all(), "a gap of two pixels"
    activity = [int(first.sheet[:52, start : start + 52].sum()) for start in range(0, 5 * 54, 54)]
    assert all(after <= 1.01 * before for before, after in pairwise(activity)), "but for the rounding of colours"


def test_a_functional_model_with_branches_is_read(bar):
    keras = import_keras()
    inputs = keras.Input((28, 28))
    flat = keras.layers.Flatten()(inputs)
    both = keras.layers.Concatenate()([keras.layers.Dense(3)(flat), keras.layers.Dense(4)(flat)])
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(both))
    found = ActivationReader(Recognizer(model)).read(bar)
    assert sorted(layer.units for layer in found) == [3, 4, 7, 10]


def test_a_recurrent_layer_has_a_picture(bar):
    keras = import_keras()
    layers = [keras.layers.SimpleRNN(5, return_sequences=True), keras.layers.SimpleRNN(4), keras.layers.Dense(10)]
    model = keras.Sequential([keras.Input((28, 28)), *layers, keras.layers.Softmax()])
    pictures = list(layer_pictures(ActivationReader(Recognizer(model)).read(bar)))
    assert len(pictures) == 4 and all(each.sheet.ndim == 3 for each in pictures)
