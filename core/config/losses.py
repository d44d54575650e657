"""The loss functions: one entry each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.config.registry import Registry


@dataclass(frozen=True)
class LossKind:
    """A loss function that a recipe can name: `compute(targets, probabilities)` returns (n,) losses.

    Both are (n, classes) float32. `compute` imports Keras only when it is called.
    """

    name: str
    why: str
    compute: Callable[[Any, Any], Any]
    label: str = ""  # what people call it, where that is not its name
    keras_name: str = ""  # what Keras calls it, where that is not its name


LOSSES: Registry[LossKind] = Registry()
"""Every loss function by its name in a config."""


def _cross_entropy(targets: Any, probabilities: Any) -> Any:
    """Return Keras's losses; of a softmax in a graph they are computed from what went in, as Keras does it.

    This takes one operation, where Keras takes twenty more to allow for any shape.
    """
    import keras
    import tensorflow as tf

    if tf.is_symbolic_tensor(probabilities) and probabilities.op.type == "Softmax":
        logits = probabilities.op.inputs[0]
        return tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=logits, labels=targets).loss
    return keras.losses.categorical_crossentropy(targets, probabilities)


def _mean_squared_error(targets: Any, probabilities: Any) -> Any:
    import keras

    return keras.losses.mean_squared_error(targets, probabilities)


LOSSES.register(
    LossKind(
        "cross_entropy",
        "how surprised the network is by the right answer, which suits one class per picture.",
        _cross_entropy,
        "Cross-entropy",
        keras_name="categorical_crossentropy",
    )
)
LOSSES.register(
    LossKind(
        "mean_squared_error",
        "how far the probabilities lie from 0 and 1; it learns more slowly.",
        _mean_squared_error,
    )
)
