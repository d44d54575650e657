"""Batch normalisation."""

from typing import TYPE_CHECKING, Any

from core.config.layer_kinds.kind import LayerKind

if TYPE_CHECKING:
    import tensorflow as tf


def fused_batch_normalization(layer: Any, values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    """Return what a `keras.layers.BatchNormalization` computes of a batch in training; update its moving statistics.

    As in Keras these follow the batch's own variance, where TensorFlow's operation estimates the population's.
    """
    import tensorflow as tf

    if len(values.shape) == 2:
        return layer(tf.cast(values, tf.float32), training=True)
    fused: Any = tf.raw_ops.FusedBatchNormV3(
        x=values,
        scale=layer.gamma,
        offset=layer.beta,
        mean=tf.constant([], tf.float32),
        variance=tf.constant([], tf.float32),
        epsilon=layer.epsilon,
        exponential_avg_factor=1.0,
        is_training=True,
    )
    numbers = tf.cast(tf.reduce_prod(tf.shape(values)[:3]), tf.float32)
    variance = fused.batch_variance * (numbers - 1) / numbers
    for moving, measured in ((layer.moving_mean, fused.batch_mean), (layer.moving_variance, variance)):
        moving.assign(moving * layer.momentum + measured * (1 - layer.momentum))
    return fused.y


KINDS = (
    LayerKind(
        "BatchNormalization",
        label="Batch normalisation",
        why="Brings each filter's numbers to mean 0 and spread 1 over the batch, which lets a network learn faster and "
        "at higher rates (Ioffe and Szegedy, 2015).",
        code="norm",
        # scale and shift are learned, mean and variance measured
        count_weights=lambda settings, shape: 4 * shape[-1],
        fused=fused_batch_normalization,
    ),
)
