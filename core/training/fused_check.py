"""The fused forward pass compared with Keras, layer by layer, before anything is trained with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config.layer_kinds.kind import FusedForward
from core.training.batch_parts import join_batch
from core.training.fused_forward import fused_forward, keras_forward, layers_in_order, parts_forward
from core.training.metrics_writer import TrainingError

if TYPE_CHECKING:
    import keras

_IMAGES = 4
"""Of an odd number of images TensorFlow's own gradient of some convolutions, which Keras takes, corrupts the heap."""

_FIRST_PART = 3  # of these images: a layer must not take both parts for halves
_RETRIES = 2
"""Where a sum is nearly 0, rounding decides on which side of a ReLU it lies: but hardly in three random batches."""

_VALUES_TOLERANCE = {"float32": 1e-4, "bfloat16": 0.03}
_GRADIENTS_TOLERANCE = {"float32": 0.01, "bfloat16": 0.3}
"""How far two arrays may lie apart, as a share of the norm of Keras's; bfloat16 keeps 8 bits of a number."""

_MIN_RMS = 0.01
"""Arrays of smaller numbers are compared as if they had these: gradients after a softmax may be nearly 0."""

_MIN_WEIGHT_RMS = 0.25
"""The same for the gradients of weights, times the root of how many random terms they sum: these may cancel out."""


@dataclass(frozen=True)
class _Outcome:
    """The results of one pass through a layer, as float32 arrays, those of its variables by their names."""

    output: np.ndarray
    input_gradient: np.ndarray
    gradients: dict[str, np.ndarray]
    state_changes: dict[str, np.ndarray]
    dtype: Any
    """Of the output as it was computed."""


def check_training_pass(model: "keras.Sequential", dtype: str, parts: int = 1) -> None:
    """Raise `TrainingError` where a layer's fused forward pass does not compute what Keras computes.

    Each layer that has one gets four random inputs; its output, the gradients of its inputs and weights, and the
    changes of its state (moving statistics, dropout seeds) are compared. The state is then restored, so that training
    is the same to the last bit. `dtype` is what convolutions compute in. Where there are two `parts`, every layer is
    compared, for each part of the inputs is computed by itself.
    """
    import tensorflow as tf

    rng, values_dtype = np.random.default_rng(0), tf.float32
    for layer in layers_in_order(model):
        fused = fused_forward(layer) if parts == 1 else _forward_in_parts
        if fused is keras_forward:
            values_dtype = tf.float32
            continue
        difference, output_dtype = _compare(layer, fused, values_dtype, dtype, rng)
        for _ in range(_RETRIES):
            if difference:
                difference, output_dtype = _compare(layer, fused, values_dtype, dtype, rng)
        if difference:
            raise TrainingError(
                f"The fused forward pass of the layer {layer.name} ({type(layer).__name__}) and Keras differ in "
                f"{difference}. Nothing was trained; correct `fused`, `fused_parts` or `each_image` of its kind in "
                "core/config/layer_kinds."
            )
        values_dtype = output_dtype


def _forward_in_parts(layer: "keras.Layer", values: Any, dtype: str) -> Any:
    import tensorflow as tf

    count, parts = tf.shape(values)[0], [values[:_FIRST_PART], values[_FIRST_PART:]]
    return join_batch(parts_forward(layer)(layer, parts, dtype, count), count)


def _compare(
    layer: Any, fused: FusedForward, values_dtype: Any, dtype: str, rng: np.random.Generator
) -> tuple[str, Any]:
    """Return how a fused layer differs from Keras's on random `values_dtype` values, or '', and its output's dtype."""
    import tensorflow as tf

    values = tf.constant(rng.normal(size=(_IMAGES, *layer.input.shape[1:])), tf.float32)
    values = tf.cast(tf.cast(values, values_dtype), tf.float32)  # all then start from the same numbers
    weights = tf.constant(rng.normal(size=(_IMAGES, *layer.output.shape[1:])), tf.float32)
    theirs = _compute(layer, lambda values: layer(values, training=True), values, weights)
    exact = _compute(layer, lambda values: fused(layer, values, "float32"), values, weights)
    difference = _difference(exact, theirs, "float32")
    if dtype == "float32" or difference:
        return difference, exact.dtype
    quick = _compute(layer, lambda values: fused(layer, tf.cast(values, values_dtype), dtype), values, weights)
    difference = _difference(_weights_joined(quick), _weights_joined(theirs), dtype)
    return difference and f"{difference}, in {dtype}", quick.dtype


def _compute(layer: Any, forward: Callable[[Any], Any], values: Any, weights: Any) -> _Outcome:
    """Pass `values` forward, and the gradients of the output's sum, weighted by `weights`, backward."""
    import tensorflow as tf

    state = layer.non_trainable_variables
    before = [variable.numpy() for variable in state]
    try:
        with tf.GradientTape() as tape:
            tape.watch(values)
            output = forward(values)
            fits = output.shape == weights.shape
            total = tf.reduce_sum(tf.cast(output, tf.float32) * (weights if fits else 0.0))
        sources = [values, *(variable.value for variable in layer.trainable_variables)]
        gradients: Any = tape.gradient(total, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        changes = [variable.numpy() - start for variable, start in zip(state, before, strict=True)]
    finally:
        for variable, start in zip(state, before, strict=True):
            variable.assign(start)
    return _Outcome(
        tf.cast(output, tf.float32).numpy(),
        gradients[0].numpy(),
        {each.path: array.numpy() for each, array in zip(layer.trainable_variables, gradients[1:], strict=True)},
        {each.path: change.astype(np.float32) for each, change in zip(state, changes, strict=True)},
        output.dtype,
    )


def _weights_joined(outcome: _Outcome) -> _Outcome:
    """Join the gradients of all weights into one array: one of them alone may be nothing but bfloat16's roundings."""
    joined = np.concatenate([np.zeros(0), *(each.ravel() for each in outcome.gradients.values())])
    return replace(outcome, gradients={"its weights": joined} if len(joined) else {})


def _difference(ours: _Outcome, theirs: _Outcome, dtype: str) -> str:
    """Return in words where the two differ by more than roundings, or ''."""
    values_tolerance, gradients_tolerance = _VALUES_TOLERANCE[dtype], _GRADIENTS_TOLERANCE[dtype]
    if ours.output.shape != theirs.output.shape or not _close(ours.output, theirs.output, values_tolerance):
        return "their output"
    if not _close(ours.input_gradient, theirs.input_gradient, gradients_tolerance):
        return "the gradient of their inputs"
    min_rms = _MIN_WEIGHT_RMS * (theirs.output.size / theirs.output.shape[-1]) ** 0.5
    for name, gradient in theirs.gradients.items():
        if not _close(ours.gradients[name], gradient, gradients_tolerance, min_rms):
            return f"the gradient of {name}"
    for name, change in theirs.state_changes.items():
        if not _close(ours.state_changes[name], change, values_tolerance):
            return f"the change of {name}"
    return ""


def _close(ours: np.ndarray, theirs: np.ndarray, tolerance: float, min_rms: float = _MIN_RMS) -> bool:
    return _rms(ours - theirs) <= tolerance * max(_rms(theirs), min_rms)


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
