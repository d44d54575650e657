"""A batch in two parts, which two cores compute at the same time.

Two cores that share each operation wait for each other at its end. With a part of the batch each, and every operation
on one thread, they wait once a step, where the gradients of the parts are summed. How many parts there are depends on
the recipe alone, never on the machine, and the sum has a fixed order: a run in two parts is the same to the last bit on
one core and on two. From four cores on, each part's operations have several threads, and it may differ in roundings.
"""

from typing import TYPE_CHECKING

from core.config.layer_kinds import kind_of
from core.config.layer_math import has_convolution
from core.config.train_config import TrainConfig
from core.networks.builder import count_multiplications, count_parameters, expand_layers

if TYPE_CHECKING:
    import tensorflow as tf

_PARTS = 2
_MIN_BATCH = 16
_MIN_WORK = 200
"""Multiplications of a batch for each weight: below it, summing two parts' gradients takes longer than it saves."""


def count_parts(config: TrainConfig) -> int:
    """Return in how many parts training computes a batch: 2 where convolutions take most of the time, else 1."""
    layers = expand_layers(config)
    kinds = [kind_of(layer) for layer in layers]
    splits = has_convolution(layers) and all(kind.each_image or kind.fused_parts for kind in kinds)
    is_worth_it = config.batch_size * count_multiplications(config) >= _MIN_WORK * count_parameters(config)
    return _PARTS if splits and is_worth_it and config.batch_size >= _MIN_BATCH else 1


def split_batch(values: "tf.Tensor", parts: int = _PARTS) -> "list[tf.Tensor]":
    """Return the one or two parts of a batch, of two (n, …) → (ceil(n / 2), …) and (floor(n / 2), …).

    A single image is in both.
    """
    import tensorflow as tf

    if parts == 1:
        return [values]
    count = tf.shape(values)[0]
    half = (count + 1) // _PARTS
    return [values[:half], values[tf.minimum(half, count - 1) :]]  # an operation on no image fails in oneDNN


def join_batch(parts: "list[tf.Tensor]", count: "tf.Tensor | int") -> "tf.Tensor":
    """Return the batch of `count` values of these parts."""
    import tensorflow as tf

    return parts[0] if len(parts) == 1 else tf.concat(parts, axis=0)[:count]
