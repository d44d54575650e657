"""The forward pass of training is Keras's own, only faster."""

import numpy as np
import pytest

from core.config.named_stacks import RESIDUAL
from core.config.train_config import FIELD_SPECS, TrainConfig
from core.networks.builder import build, import_keras
from core.training import fused_forward
from tests.support.random_stacks import random_stack

QUICK = pytest.mark.skipif(
    fused_forward.training_dtype(TrainConfig(mixed_precision=True)) == "float32",
    reason="this processor does not compute in bfloat16",
)
DTYPES = ["float32", pytest.param("bfloat16", marks=QUICK)]
TOLERANCE = {"float32": 5e-4, "bfloat16": 0.03}
"""bfloat16 keeps 8 bits of a number."""


def network(config):
    import_keras().utils.set_random_seed(2)
    return build(config)


def small(architecture):
    return TrainConfig(architecture=architecture, hidden_units=16)


def close(ours, theirs, tolerance):
    """Whether two arrays are alike, as `pytest.approx` has it, which takes seconds for half a million weights."""
    return ours.shape == theirs.shape and np.all(abs(ours - theirs) <= tolerance * np.maximum(1, abs(theirs)))


@pytest.fixture(scope="module")
def images():
    """Digits' worth of strokes, (64, 28, 28) float32."""
    return (np.random.default_rng(0).random((64, 28, 28)) < 0.2).astype(np.float32)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("architecture", FIELD_SPECS["architecture"].choices)
def test_a_pass_computes_what_keras_computes(architecture, dtype, images):
    ours, theirs = network(small(architecture)), network(small(architecture))
    probabilities, wanted = fused_forward.make_training_pass(ours, dtype)(images), theirs(images, training=True)
    assert probabilities.dtype == "float32"
    assert probabilities.numpy() == pytest.approx(wanted.numpy(), abs=TOLERANCE[dtype])
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        assert one.dtype == other.dtype
        assert close(one.numpy(), other.numpy(), TOLERANCE[dtype]), one.path


@pytest.mark.parametrize("seed", range(24))
def test_a_pass_of_any_layers_computes_what_keras_computes(seed, images):
    config = TrainConfig(layers=random_stack(seed))
    ours, theirs = network(config), network(config)
    wanted = theirs(images, training=True).numpy()
    assert fused_forward.make_training_pass(ours, "float32")(images).numpy() == pytest.approx(wanted, abs=2e-3)
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        assert close(one.numpy(), other.numpy(), 1e-3), one.path


@QUICK
def test_a_residual_network_in_mixed_precision_computes_nearly_the_same(images):
    model = network(TrainConfig(layers=RESIDUAL))
    wanted = model(images, training=True).numpy()
    assert fused_forward.make_training_pass(model, "bfloat16")(images).numpy() == pytest.approx(wanted, abs=0.05)


@pytest.mark.parametrize("count", [2, 64])
def test_batch_normalization_is_keras_own(count):
    keras = import_keras()
    layers = [keras.layers.BatchNormalization(momentum=0.9, epsilon=0.01) for _ in range(2)]
    ours, theirs = (keras.Sequential([keras.Input((3, 5, 4)), layer]) for layer in layers)
    forward, rng = fused_forward.make_training_pass(ours, "float32"), np.random.default_rng(1)
    for _ in range(3):
        values = rng.normal(3, 2, (count, 3, 5, 4)).astype(np.float32)
        assert forward(values).numpy() == pytest.approx(theirs(values, training=True).numpy(), abs=1e-5)
        assert ours(values).numpy() == pytest.approx(theirs(values).numpy(), abs=1e-5)


@pytest.mark.parametrize(("dtype", "apart"), [("float32", 0.03), pytest.param("bfloat16", 0.4, marks=QUICK)])
@pytest.mark.parametrize("architecture", FIELD_SPECS["architecture"].choices)
def test_its_gradients_are_keras_own(architecture, dtype, apart, images):
    """Where a rounding turns a ReLU or the choice of a maximum, a gradient takes another way."""
    import tensorflow as tf

    def gradients(forward, model):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(tf.math.log(forward(images)[:, 3]))
        return tape.gradient(loss, model.trainable_variables)

    ours, theirs = network(small(architecture)), network(small(architecture))
    pairs = zip(
        gradients(fused_forward.make_training_pass(ours, dtype), ours),
        gradients(lambda images: theirs(images, training=True), theirs),
        strict=True,
    )
    for one, other in pairs:
        assert one.dtype == "float32"
        assert np.linalg.norm(one - other) <= apart * np.linalg.norm(other) + 1e-6


@pytest.mark.parametrize(
    ("flags", "dtype"),
    [
        ("fpu avx512f amx_bf16", "bfloat16"),
        ("fpu avx512f avx512_bf16", "bfloat16"),
        ("fpu avx512f", "float32"),
        ("", "float32"),
    ],
)
def test_bfloat16_is_for_processors_made_for_it(flags, dtype, monkeypatch):
    monkeypatch.setattr(fused_forward, "_processor_flags", lambda: frozenset(flags.split()))
    assert fused_forward.training_dtype(TrainConfig(mixed_precision=True)) == dtype
    assert fused_forward.training_dtype(TrainConfig()) == "float32"


def test_a_machine_without_a_list_of_flags_has_none(monkeypatch):
    monkeypatch.setattr(fused_forward.Path, "read_text", lambda *_: (_ for _ in ()).throw(OSError()))
    assert fused_forward._processor_flags.__wrapped__() == frozenset()
