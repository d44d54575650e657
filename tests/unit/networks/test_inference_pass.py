"""The forward pass that folds batch normalisation into convolutions answers as Keras does, to within rounding."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.config import PRESETS
from core.config.train_config import TrainConfig
from core.networks.builder import build
from core.networks.inference_pass import make_feature_pass, make_inference_pass

layers = keras.layers
IMAGES = np.random.default_rng(0).random((6, 28, 28), np.float32)
PICTURES = np.random.default_rng(0).random((6, 9, 9, 2), np.float32)
TOLERANCE = 2e-6  # of a probability: 17 times the rounding of a number near 1
NETWORKS = {
    "recipe": PRESETS["recipe"],
    "convnet": PRESETS["convnet"],
    "reader": PRESETS["reader"],
    "residual": PRESETS["residual"],
    "minute": PRESETS["minute"],
}
PAIRS = {
    "bias": lambda: [layers.Conv2D(4, 3), layers.BatchNormalization()],
    "no bias": lambda: [layers.Conv2D(4, 3, use_bias=False), layers.BatchNormalization(epsilon=0.01)],
    "stride and padding": lambda: [layers.Conv2D(4, 3, 2, "same"), layers.BatchNormalization()],
    "dilation": lambda: [layers.Conv2D(4, 3, dilation_rate=2), layers.BatchNormalization()],
    "groups": lambda: [layers.Conv2D(4, 3, groups=2), layers.BatchNormalization()],
    "two after one another": lambda: [layers.Conv2D(4, 3), layers.BatchNormalization(), layers.BatchNormalization()],
    "activation between": lambda: [layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization()],
    "pooling between": lambda: [layers.Conv2D(4, 3), layers.MaxPooling2D(), layers.BatchNormalization()],
    "no scale": lambda: [layers.Conv2D(4, 3), layers.BatchNormalization(scale=False)],
    "no shift": lambda: [layers.Conv2D(4, 3), layers.BatchNormalization(center=False)],
    "other axis": lambda: [layers.Conv2D(4, 3), layers.BatchNormalization(axis=1)],
    "half precision before both": lambda: [
        layers.MaxPooling2D(dtype="mixed_bfloat16"),
        layers.Conv2D(4, 3),
        layers.BatchNormalization(),
    ],
    "half precision": lambda: [layers.Conv2D(4, 3, dtype="mixed_bfloat16"), layers.BatchNormalization()],
}


def with_random_statistics(model):
    """The model with weights of both signs and statistics as after a training."""
    random = np.random.default_rng(1)
    for weight in model.weights:
        spread = random.uniform(-1, 1, weight.shape)
        weight.assign(np.abs(spread) + 0.3 if "variance" in weight.path else weight.numpy() + 0.5 * spread)
    return model


def traced(model):
    return tf.function(make_inference_pass(model), autograph=False)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_answers_are_keras_s(name):
    model = with_random_statistics(build(NETWORKS[name]))
    found = traced(model)(IMAGES).numpy()
    np.testing.assert_allclose(found, model(IMAGES, training=False).numpy(), atol=TOLERANCE)


@pytest.mark.parametrize("pair", PAIRS)
def test_a_normalisation_after_a_convolution_of_any_settings_is_keras_s(pair):
    model = with_random_statistics(keras.Sequential([keras.Input((9, 9, 2)), *PAIRS[pair]()]))
    by_keras = tf.function(lambda pictures: model(pictures, training=False), autograph=False)
    found, expected = (tf.cast(answer(PICTURES), tf.float32) for answer in (traced(model), by_keras))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("pair", "folded"), [("bias", True), ("groups", True), ("pooling between", False)])
def test_only_the_kernel_is_multiplied_where_a_normalisation_is_folded(pair, folded):
    model = keras.Sequential([keras.Input((9, 9, 2)), *PAIRS[pair]()])
    graph = traced(model).get_concrete_function(tf.TensorSpec((None, 9, 9, 2))).graph
    products = [each.outputs[0].shape for each in graph.get_operations() if each.type == "Mul"]
    assert products and folded == all(shape[0] is not None for shape in products if shape.rank == 4)


def test_the_weights_are_those_of_the_moment():
    model = build(TrainConfig(architecture="reader"))
    answer = traced(model)
    before = answer(IMAGES).numpy()
    with_random_statistics(model)
    after = answer(IMAGES).numpy()
    assert np.abs(after - before).max() > 0.01
    np.testing.assert_allclose(after, model(IMAGES, training=False).numpy(), atol=TOLERANCE)


def test_twice_the_same_images_have_the_same_answers_to_the_last_bit():
    answer = traced(with_random_statistics(build(PRESETS["reader"])))
    images = np.tile(IMAGES, (40, 1, 1))
    assert answer(images).numpy().tobytes() == answer(images).numpy().tobytes()


def functional(model):
    return keras.Model(model.inputs[0], model.outputs[0])


@pytest.mark.parametrize("form", [lambda model: model, functional], ids=["sequence", "functional"])
def test_the_features_are_what_enters_the_last_layer(form):
    model = form(with_random_statistics(build(PRESETS["reader"])))
    features, probabilities = make_feature_pass(model)(IMAGES)
    last = model.layers[-1]
    assert features.shape == (len(IMAGES), last.kernel.shape[0])
    np.testing.assert_allclose(last(features), probabilities, atol=TOLERANCE)
    np.testing.assert_allclose(probabilities, model(IMAGES, training=False), atol=TOLERANCE)
    np.testing.assert_allclose(probabilities, make_inference_pass(model)(IMAGES), atol=TOLERANCE)
