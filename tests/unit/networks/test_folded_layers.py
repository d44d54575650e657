"""Networks as the steps of their answers: what is folded, and what is left to Keras."""

import json

import keras
import numpy as np
import pytest

from core.networks.folded_layers import UnfoldableError, fold

layers = keras.layers


def folded(model):
    weights = {layer.name: layer.get_weights() for layer in model.layers}
    return fold(json.loads(json.dumps(keras.saving.serialize_keras_object(model))), weights)


def kinds(model):
    return [(step.kind, step.activation) for step in folded(model)]


def test_normalisation_and_relu_become_part_of_a_convolution():
    chain = [layers.Conv2D(3, 3, use_bias=False), layers.BatchNormalization(), layers.Dropout(0.5), layers.ReLU()]
    model = keras.Sequential([keras.Input((8, 8, 1)), *chain, layers.Flatten(), layers.Dense(4, activation="softmax")])
    assert kinds(model) == [("InputLayer", "linear"), ("Conv2D", "relu"), ("Flatten", "linear"), ("Dense", "softmax")]


def test_what_another_layer_sees_too_stays():
    picture = keras.Input((8, 8, 1))
    seen = layers.Conv2D(1, 3, padding="same")(picture)
    model = keras.Model(picture, layers.Add()([layers.ReLU()(seen), seen]))
    assert [kind for kind, _ in kinds(model)] == ["InputLayer", "Conv2D", "ReLU", "Add"]


def test_normalisation_after_pooling_stays_for_a_negative_scale_would_turn_the_largest_into_the_smallest():
    chain = [layers.Conv2D(3, 3), layers.MaxPooling2D(2), layers.BatchNormalization(), layers.ReLU()]
    steps = kinds(keras.Sequential([keras.Input((8, 8, 1)), *chain]))
    assert steps[1:] == [("Conv2D", "linear"), ("MaxPooling2D", "linear"), ("BatchNormalization", "relu")]


def test_an_activation_comes_before_a_normalisation_that_follows_it():
    chain = [layers.Conv2D(3, 3, activation="relu"), layers.BatchNormalization()]
    assert kinds(keras.Sequential([keras.Input((8, 8, 1)), *chain]))[1:] == [
        ("Conv2D", "relu"),
        ("BatchNormalization", "linear"),
    ]


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Conv2D(3, 3, dilation_rate=2),
        lambda: layers.Conv2D(3, 3, activation="gelu"),
        lambda: layers.MaxPooling2D(3, strides=1),
        lambda: layers.MaxPooling2D(2, padding="same"),
        lambda: layers.BatchNormalization(scale=False),
        lambda: layers.ReLU(max_value=6),
        lambda: layers.LayerNormalization(),
    ],
)
def test_what_is_not_known_is_left_to_keras(layer):
    with pytest.raises(UnfoldableError):
        folded(keras.Sequential([keras.Input((8, 8, 1)), layer()]))


def test_a_model_of_two_outputs_is_left_to_keras():
    picture = keras.Input((8, 8, 1))
    with pytest.raises(UnfoldableError):
        folded(keras.Model(picture, [layers.ReLU()(picture), layers.Flatten()(picture)]))


def test_a_damaged_description_is_left_to_keras():
    with pytest.raises(UnfoldableError):
        fold({"class_name": "Sequential", "config": {"layers": [{"config": {"name": "a"}}]}}, {"a": [np.zeros(3)]})
