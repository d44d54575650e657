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
    _follow(layer, fused.batch_mean, fused.batch_variance * (numbers - 1) / numbers)
    return fused.y


def fused_normalized_parts(layer: Any, parts: "list[tf.Tensor]", dtype: str, count: "tf.Tensor") -> "list[tf.Tensor]":
    """Return what `fused_batch_normalization` computes of the batch of these parts, as much as can be of each part.

    Mean and variance are those of the whole batch: each part measures its own, and only these few numbers are joined
    (forward), as are the sums of which the gradient is made (backward).
    """
    import tensorflow as tf

    if len(parts) == 1:
        return [fused_batch_normalization(layer, parts[0], dtype)]
    if len(parts[0].shape) == 2:
        whole = fused_batch_normalization(layer, tf.concat(parts, axis=0), dtype)
        return tf.split(whole, [tf.shape(part)[0] for part in parts])
    gamma, beta = tf.convert_to_tensor(layer.gamma), tf.convert_to_tensor(layer.beta)
    *normalized, mean, variance = _normalize(gamma, beta, parts, layer.epsilon)
    _follow(layer, mean, variance)
    return normalized


def _follow(layer: Any, mean: "tf.Tensor", variance: "tf.Tensor") -> None:
    """Move the moving statistics towards those of a batch."""
    for moving, measured in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
        moving.assign(moving * layer.momentum + measured * (1 - layer.momentum))


def _normalize(gamma: Any, beta: Any, parts: "list[tf.Tensor]", epsilon: float) -> "list[tf.Tensor]":
    """Return the normalised parts, and the mean and variance of each channel, through which no gradient flows."""
    import tensorflow as tf

    @tf.custom_gradient
    def normalize(gamma: Any, beta: Any, *parts: Any) -> Any:
        counts = [tf.cast(tf.reduce_prod(tf.shape(part)[:3]), tf.float32) for part in parts]
        count = tf.add_n(counts)
        mean, variance = _joined_statistics(parts, counts, count)

        def scale(part: Any, factor: Any, offset: Any) -> Any:
            """Return normalised values × factor + offset."""
            fused: Any = tf.raw_ops.FusedBatchNormV3(
                x=part, scale=factor, offset=offset, mean=mean, variance=variance, epsilon=epsilon, is_training=False
            )
            return fused.y

        def gradient(*upstream: Any) -> Any:
            ours = [
                _gradient_at_fixed_statistics(part, above, gamma, mean, variance, epsilon)
                for part, above in zip(parts, upstream, strict=False)
            ]
            gamma_gradient, beta_gradient = (tf.add_n([each[place] for each in ours]) for place in (1, 2))
            factor = -gamma * tf.math.rsqrt(variance + epsilon) / count
            through = [scale(part, factor * gamma_gradient, factor * beta_gradient) for part in parts]
            inputs = [each[0] + through for each, through in zip(ours, through, strict=True)]
            return gamma_gradient, beta_gradient, *inputs

        return [*(scale(part, gamma, beta) for part in parts), mean, variance], gradient

    return normalize(gamma, beta, *parts)


def _joined_statistics(parts: Any, counts: Any, count: Any) -> "tuple[tf.Tensor, tf.Tensor]":
    """Return the mean and the variance of each channel over all parts (Chan et al., 1979)."""
    import tensorflow as tf

    nothing, ones = tf.constant([], tf.float32), tf.ones(parts[0].shape[-1:])
    fused: list[Any] = [
        tf.raw_ops.FusedBatchNormV3(x=part, scale=ones, offset=ones, mean=nothing, variance=nothing, is_training=True)
        for part in parts
    ]
    mean = tf.add_n([each.batch_mean * size for each, size in zip(fused, counts, strict=True)]) / count
    squares = [
        each.batch_variance * (size - 1) + (each.batch_mean - mean) ** 2 * size
        for each, size in zip(fused, counts, strict=True)
    ]
    return mean, tf.add_n(squares) / count


def _gradient_at_fixed_statistics(part: Any, above: Any, gamma: Any, mean: Any, variance: Any, epsilon: float) -> Any:
    """Return the gradients of a part's inputs, as if mean and variance were constants, and those of gamma and beta."""
    import tensorflow as tf

    return tf.raw_ops.FusedBatchNormGradV3(
        y_backprop=above,
        x=part,
        scale=gamma,
        reserve_space_1=mean,
        reserve_space_2=variance,
        reserve_space_3=tf.constant([], tf.float32),
        epsilon=epsilon,
        is_training=False,
    )[:3]


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
        fused_parts=fused_normalized_parts,
    ),
)
