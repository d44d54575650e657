"""A batch in two parts is computed as Keras computes it whole."""

from dataclasses import replace

import numpy as np
import pytest

from core.config import schedules
from core.config.layer_kinds import LAYER_KINDS
from core.config.presets import PRESETS
from core.config.train_config import TrainConfig
from core.datasets.mnist import load_mnist
from core.networks.builder import build, import_keras
from core.training import train_step
from core.training.batch_parts import count_parts
from core.training.fused_check import check_training_pass
from core.training.fused_forward import make_training_pass, training_dtype
from core.training.metrics_writer import TrainingError
from tests.support.random_stacks import random_stack

CONVOLUTION = {"class_name": "Conv2D", "filters": 4, "activation": "relu"}
CONVNET = TrainConfig(architecture="convnet", hidden_units=16, batch_size=16)

DROPPED_THEN_NORMALIZED = TrainConfig(
    layers=[
        CONVOLUTION,
        {"class_name": "Dropout", "rate": 0.5},
        {"class_name": "BatchNormalization"},
        {"class_name": "Flatten"},
        {"class_name": "Dropout", "rate": 0.5},
        {"class_name": "Dense", "units": 8},
        {"class_name": "BatchNormalization"},
    ],
    batch_size=16,
)


def network(config):
    import_keras().utils.set_random_seed(2)
    return build(config)


@pytest.fixture(scope="module")
def images():
    """Digits' worth of strokes, (33, 28, 28) float32."""
    return (np.random.default_rng(0).random((33, 28, 28)) < 0.2).astype(np.float32)


@pytest.mark.parametrize(
    ("architecture", "count", "apart"),
    [
        ("convnet", 33, 1e-4),
        ("convnet", 2, 1e-4),
        ("convnet", 1, 1e-4),
        ("reader", 33, 0.02),
        ("reader", 2, 1e-3),
        ("reader", 1, 1e-3),
        ("custom", 2, 1e-3),
        ("custom", 1, 1e-3),
    ],
)
def test_gradients_statistics_and_dropped_numbers_are_keras_own(architecture, count, apart, images):
    """Where a rounding turns a ReLU or the choice of a maximum, a gradient takes another way."""
    import tensorflow as tf

    def gradients(forward, model):
        with tf.GradientTape() as tape:
            probabilities = forward(images[:count])
            loss = -tf.reduce_mean(tf.math.log(probabilities[:, 3]))
        return probabilities.numpy(), tape.gradient(loss, model.trainable_variables)

    config = DROPPED_THEN_NORMALIZED if architecture == "custom" else replace(CONVNET, architecture=architecture)
    config = replace(config, dropout=0.5)
    ours, theirs = network(config), network(config)
    found, our_gradients = gradients(make_training_pass(ours, "float32", parts=2), ours)
    wanted, their_gradients = gradients(lambda images: theirs(images, training=True), theirs)
    assert found == pytest.approx(wanted, abs=1e-4), "another dropped number would change it far more"
    for one, other in zip(our_gradients, their_gradients, strict=True):
        assert np.linalg.norm(one - other) <= apart * np.linalg.norm(other) + 1e-6
    for one, other in zip(ours.non_trainable_variables, theirs.non_trainable_variables, strict=True):
        assert one.numpy() == pytest.approx(other.numpy(), abs=1e-5), one.path


@pytest.mark.parametrize("seed", range(12))
def test_any_layers_compute_what_keras_computes(seed, images):
    config = TrainConfig(layers=random_stack(seed))
    ours, theirs = network(config), network(config)
    for dtype in ("float32", training_dtype(TrainConfig(mixed_precision=True))):
        check_training_pass(ours, dtype, parts=2)
    wanted = theirs(images, training=True).numpy()
    assert make_training_pass(ours, "float32", parts=2)(images).numpy() == pytest.approx(wanted, abs=2e-3)


def test_a_layer_that_depends_on_the_whole_batch_is_found_out(monkeypatch):
    kind = LAYER_KINDS["BatchNormalization"]
    monkeypatch.setitem(LAYER_KINDS, kind.name, replace(kind, each_image=True, fused_parts=None))
    model = network(TrainConfig(layers=[CONVOLUTION, {"class_name": "BatchNormalization"}, {"class_name": "Flatten"}]))
    check_training_pass(model, "float32")
    with pytest.raises(TrainingError, match="differ in their output"):
        check_training_pass(model, "float32", parts=2)


def test_a_layer_that_takes_both_parts_for_halves_is_found_out(monkeypatch):
    import tensorflow as tf

    def as_halves(layer, parts, dtype, count):
        one, other = parts
        missing = tf.shape(one)[0] - tf.shape(other)[0]
        whole = kind.fused(layer, tf.concat([one, other, other[:missing]], axis=0), dtype)
        return [whole[: tf.shape(one)[0]], whole[tf.shape(one)[0] : count]]

    kind = LAYER_KINDS["BatchNormalization"]
    monkeypatch.setitem(LAYER_KINDS, kind.name, replace(kind, fused_parts=as_halves))
    model = network(TrainConfig(layers=[CONVOLUTION, {"class_name": "BatchNormalization"}, {"class_name": "Flatten"}]))
    with pytest.raises(TrainingError, match="correct `fused`, `fused_parts` or `each_image` of its kind"):
        check_training_pass(model, "float32", parts=2)


def test_networks_in_which_convolutions_take_the_time_are_computed_in_parts():
    for name in ("convnet", "reader", "minute", "residual"):
        assert count_parts(PRESETS[name]) == 2, name
    assert count_parts(TrainConfig()) == 1, "the seed recipe stays as it is, to the last bit"
    wide = [CONVOLUTION, {"class_name": "Flatten"}, {"class_name": "Dense", "units": 512}]
    assert count_parts(TrainConfig(layers=wide)) == 1, "its gradients take longer to sum than it takes to compute them"
    assert count_parts(replace(PRESETS["convnet"], batch_size=8)) == 1


@pytest.mark.parametrize(
    ("cores", "parts", "wanted"), [(1, 2, (1, 1)), (2, 2, (2, 1)), (8, 2, (2, 4)), (2, 1, (1, 0)), (8, 1, (1, 0))]
)
def test_on_one_core_and_on_two_each_operation_has_one_thread(cores, parts, wanted, monkeypatch):
    import tensorflow as tf

    given = {}
    monkeypatch.setattr(train_step, "_count_cores", lambda: cores)
    for name in ("inter", "intra"):
        monkeypatch.setattr(
            tf.config.threading,
            f"set_{name}_op_parallelism_threads",
            lambda count, name=name: given.update({name: count}),
        )
    train_step.set_threads(CONVNET, parts)
    assert (given["inter"], given["intra"]) == wanted


def test_an_image_that_is_misread_with_certainty_is_learned_from(images):
    """Its loss is computed of what enters the softmax, as Keras does it: of a probability of 0 nothing follows."""
    config = replace(CONVNET, optimizer="sgd", momentum=0.0, dropout=0.0)
    model = network(config)
    model.layers[-1].kernel.assign(3000 * model.layers[-1].kernel.numpy())
    pictures = (255 * images[:16]).astype(np.uint8)
    probabilities = model(pictures / np.float32(255)).numpy()
    labels = probabilities.argmin(axis=1).astype(np.int32)
    assert probabilities[range(16), labels].max() < 1e-12
    before = model.layers[-1].bias.numpy()
    block = train_step.make_step_block(model, train_step.make_optimizer(config), config)
    block(pictures, labels, np.ones(1, np.float32), np.int32(0), np.int32(1))
    wanted = before + (np.eye(10)[labels] - probabilities).mean(axis=0)
    assert model.layers[-1].bias.numpy() == pytest.approx(wanted, abs=1e-4)


def test_trainings_are_the_same_to_the_last_bit():
    train = load_mnist().train
    data, rates = (train.images[:250], train.labels[:250].astype(np.int32)), schedules.learning_rates(CONVNET, 16)

    def weights_after(cuts):
        import_keras().utils.set_random_seed(1)
        model, optimizer = build(CONVNET), train_step.make_optimizer(CONVNET)
        block = train_step.make_step_block(model, optimizer, CONVNET)
        for first, last in zip(cuts, cuts[1:], strict=False):
            block(*data, rates, np.int32(first), np.int32(last))
        return model.get_weights()

    assert count_parts(CONVNET) == 2
    whole = weights_after([0, 16])
    for cuts in ([0, 16], [0, 1, 5, 16]):
        assert all(map(np.array_equal, weights_after(cuts), whole))


def test_the_classifier_reads_both_parts(images):
    model = network(CONVNET)
    pictures = (images * 255).astype(np.uint8)
    wanted = model(images, training=False).numpy()
    for count in (33, 1):
        found = train_step.make_classifier(model, 2)(pictures[:count]).numpy()
        assert found == pytest.approx(wanted[:count], abs=1e-6)
