"""A fused forward pass that is not what Keras computes trains nothing."""

from dataclasses import replace

import numpy as np
import pytest

from core.config.layer_kinds import LAYER_KINDS
from core.config.named_stacks import RESIDUAL
from core.config.train_config import TrainConfig
from core.networks.builder import build, import_keras
from core.training import train_step
from core.training.fused_check import check_training_pass
from core.training.fused_forward import make_training_pass, training_dtype
from core.training.metrics_writer import TrainingError
from tests.support.random_stacks import random_stack

QUICK = pytest.mark.skipif(
    training_dtype(TrainConfig(mixed_precision=True)) == "float32",
    reason="this processor does not compute in bfloat16",
)
DTYPES = ["float32", pytest.param("bfloat16", marks=QUICK)]
CONVOLUTION = {"class_name": "Conv2D", "filters": 8, "activation": "tanh"}
ALL_KINDS = [
    CONVOLUTION,
    {"class_name": "MaxPooling2D"},
    {"class_name": "Residual", "filters": 8},
    {"class_name": "Residual", "filters": 12, "strides": 2},
    {"class_name": "AveragePooling2D"},
    {"class_name": "BatchNormalization"},
    {"class_name": "Activation", "activation": "elu"},
    {"class_name": "Dropout"},
    {"class_name": "Flatten"},
    {"class_name": "BatchNormalization"},
    {"class_name": "Dense"},
]


def network(layers, seed=0):
    import_keras().utils.set_random_seed(seed)
    return build(TrainConfig(layers=layers))


def break_kind(monkeypatch, name, change):
    """Register a kind whose fused pass is `change(fused, layer, values, dtype)`."""
    kind = LAYER_KINDS[name]
    monkeypatch.setitem(LAYER_KINDS, name, replace(kind, fused=lambda *values: change(kind.fused, *values)))


def without_bias(fused, layer, values, dtype):
    import tensorflow as tf

    return layer.activation(tf.nn.conv2d(tf.cast(values, dtype), tf.cast(layer.kernel, dtype), 1, "VALID"))


def of_the_population(fused, layer, values, dtype):
    """What TensorFlow's operation measures, which Keras does not keep."""
    size = values.shape[0] * values.shape[1] * values.shape[2]
    before = layer.moving_variance.numpy()
    result = fused(layer, values, dtype)
    measured = layer.moving_variance.numpy() - before * layer.momentum
    layer.moving_variance.assign(before * layer.momentum + measured * size / (size - 1))
    return result


def with_forgotten_gradient(fused, layer, values, dtype):
    import tensorflow as tf

    return tf.stop_gradient(fused(layer, values, dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_each_kind_passes(dtype):
    check_training_pass(network(ALL_KINDS), dtype)
    check_training_pass(build(TrainConfig(architecture="reader")), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("seed", range(30))
def test_random_stacks_pass(seed, dtype):
    check_training_pass(network(random_stack(seed), seed), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        (
            "Conv2D",
            without_bias,
            r"layer conv2d\w* \(Conv2D\) and Keras differ in the gradient of .*bias\. Nothing was",
        ),
        ("Conv2D", lambda fused, layer, values, dtype: fused(layer, 1.1 * values, dtype), "differ in their output"),
        ("Conv2D", with_forgotten_gradient, "differ in the gradient of their inputs"),
        ("MaxPooling2D", lambda fused, *values: LAYER_KINDS["AveragePooling2D"].fused(*values), "their output"),
        ("AveragePooling2D", lambda fused, *values: fused(*values)[:, 1:], "their output"),
        ("Residual", lambda fused, block, values, dtype: values, "their output"),
    ],
)
def test_a_wrong_fused_pass_is_refused(name, change, words, dtype, monkeypatch):
    model = network(ALL_KINDS)
    break_kind(monkeypatch, name, change)
    with pytest.raises(TrainingError, match=words):
        check_training_pass(model, dtype)


def test_wrong_statistics_are_refused(monkeypatch):
    model = network([CONVOLUTION, {"class_name": "BatchNormalization"}, {"class_name": "Flatten"}])
    break_kind(monkeypatch, "BatchNormalization", of_the_population)
    with pytest.raises(TrainingError, match="differ in the change of .*moving_variance"):
        check_training_pass(model, "float32")


def test_a_training_with_a_wrong_fused_pass_does_not_begin(monkeypatch):
    config = TrainConfig(layers=ALL_KINDS)
    model = network(ALL_KINDS)
    break_kind(monkeypatch, "Conv2D", without_bias)
    with pytest.raises(TrainingError, match="Nothing was trained"):
        train_step.make_step_block(model, train_step.make_optimizer(config), config)


def test_a_layer_of_an_unknown_kind_is_refused_in_words():
    keras = import_keras()
    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.GaussianNoise(0.1, name="fog")]
    )
    for check in (check_training_pass, make_training_pass):
        with pytest.raises(TrainingError, match=r"The layer fog \(GaussianNoise\) is of an unknown kind"):
            check(model, "float32")


def test_a_layer_that_inherits_from_a_known_one_is_not_that_one():
    keras = import_keras()

    class Doubled(keras.layers.Conv2D):
        def call(self, values):
            return 2 * super().call(values)

    model = keras.Sequential([keras.Input((28, 28, 1)), Doubled(4, 3)])
    with pytest.raises(TrainingError, match="of an unknown kind"):
        make_training_pass(model, "float32")


def blocks():
    """Models that are like a residual block, but none."""
    keras = import_keras()
    layers = keras.layers

    def convolved(values, name):
        values = layers.Conv2D(8, 3, padding="same", use_bias=False, name=name)(values)
        return layers.BatchNormalization(name=f"{name}_normalised")(values)

    def without_last_relu(inputs):
        inner = convolved(layers.ReLU()(convolved(inputs, "first")), "second")
        return layers.Add()([inner, inputs])

    def multiplied(inputs):
        inner = convolved(layers.ReLU()(convolved(inputs, "first")), "second")
        return layers.ReLU()(layers.Multiply()([inner, inputs]))

    def with_another_shortcut(inputs):
        first = convolved(inputs, "first")
        return layers.ReLU()(layers.Add()([convolved(layers.ReLU()(first), "second"), first]))

    def with_three(inputs):
        third = convolved(layers.ReLU()(convolved(inputs, "third")), "first")
        return layers.ReLU()(layers.Add()([convolved(layers.ReLU()(third), "second"), inputs]))

    return [without_last_relu, multiplied, with_another_shortcut, with_three]


@pytest.mark.parametrize("place", range(4))
def test_a_nested_model_that_is_no_residual_block_is_refused(place):
    keras = import_keras()
    inputs = keras.Input((6, 6, 8))
    block = keras.Model(inputs, blocks()[place](inputs), name="like_a_block")
    assert [kind.name for kind in LAYER_KINDS.values() if kind.has_built(block)] == []
    model = keras.Sequential([keras.Input((6, 6, 8)), block])
    with pytest.raises(TrainingError, match="The layer like_a_block .* is of an unknown kind"):
        make_training_pass(model, "float32")


@pytest.mark.parametrize("settings", [{"filters": 8, "strides": 1}, {"filters": 8, "strides": 2}, {"filters": 9}])
def test_a_residual_block_is_known_also_when_it_was_saved(settings, tmp_path):
    keras = import_keras()
    block = LAYER_KINDS["Residual"].build_layer(settings, (6, 6, 8))
    keras.Sequential([keras.Input((6, 6, 8)), block]).save(tmp_path / "block.keras")
    for each in (block, *keras.saving.load_model(tmp_path / "block.keras").layers):
        assert [kind.name for kind in LAYER_KINDS.values() if kind.has_built(each)] == ["Residual"]


def test_a_network_that_branches_is_refused():
    keras = import_keras()
    inputs = keras.Input((28, 28))
    with pytest.raises(TrainingError, match="is not a sequence of layers"):
        make_training_pass(keras.Model(inputs, keras.layers.Flatten()(inputs)), "float32")


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_check_leaves_every_variable_as_it_was(dtype):
    model = network([*RESIDUAL, {"class_name": "Dropout"}])
    before = [variable.numpy() for variable in model.variables]
    check_training_pass(model, dtype)
    assert all(map(np.array_equal, before, [variable.numpy() for variable in model.variables]))
