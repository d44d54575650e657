"""Dropout."""

from typing import TYPE_CHECKING, Any

from core.config.field_spec import FieldSpec
from core.config.layer_kinds.kind import LayerFamily, LayerKind
from core.config.percent import percent

if TYPE_CHECKING:
    import tensorflow as tf


def _fused_dropout(layer: Any, values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    """Return what a `keras.layers.Dropout` makes of `values` in training, in float32 and with its random numbers.

    Forward and backward are one multiplication each.
    """
    import tensorflow as tf

    values = tf.cast(values, tf.float32)
    if not layer.rate:
        return values
    seed = tf.cast(tf.math.floormod(layer.seed_generator.next(), tf.int32.max - 1), tf.int32)
    is_kept = tf.random.stateless_uniform(tf.shape(values), seed) >= layer.rate
    factors = tf.cast(is_kept, tf.float32) * (1 / (1 - layer.rate))  # quicker than tf.where

    @tf.custom_gradient
    def scale(values: "tf.Tensor") -> Any:
        return values * factors, lambda gradient: gradient * factors

    return scale(values)


KINDS = (
    LayerKind(
        "Dropout",
        label="Dropout",
        why="Silences a share of the numbers at random in each training step, so that none is relied on alone.",
        code="drop",
        settings={"rate": FieldSpec("Rate", "The share that is silenced. 0.2 is mild, 0.5 strong.", 0.0, 0.9)},
        defaults={"rate": 0.2},
        family=LayerFamily.REGULARIZATION,
        words=lambda settings: [percent(settings["rate"], 0)],
        fused=_fused_dropout,
    ),
)
