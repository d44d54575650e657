"""The forward pass of training: a network's layers as fused operations, in bfloat16 where that is asked and quick."""

from functools import cache
from pathlib import Path

from core.config.train_config import TrainConfig

_QUICK_IN_BFLOAT16 = {"amx_bf16", "avx512_bf16"}


def training_dtype(config: TrainConfig) -> str:
    """Return what convolutions compute in: with mixed precision bfloat16, float32 where that would be slow.

    Quick it is on x86 processors with AMX or AVX-512's bfloat16, which Linux names in /proc/cpuinfo.
    """
    return "bfloat16" if config.mixed_precision and _processor_flags() & _QUICK_IN_BFLOAT16 else "float32"


@cache
def _processor_flags():
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return frozenset()
    return frozenset(next((line.split() for line in text.splitlines() if line.startswith("flags")), ()))


def make_training_pass(model, dtype: str):
    """Return a function that does what `model(images, training=True)` does, many times as fast.

    It takes and returns float32 and uses the model's own float32 weights, its dropout's seeds and its moving
    statistics. Between the first convolution and the last, numbers are of `dtype`; what is summed (the statistics of
    batch normalisation, a weight's update, the loss) stays float32, as in mixed precision (Micikevicius et al., 2018).
    """
    layers = [(_FUSED.get(type(layer).__name__, _as_it_is), layer) for layer in model.layers]

    def training_pass(images):
        values = images
        for compute, layer in layers:
            values = compute(layer, values, dtype)
        return values

    return training_pass


def _as_it_is(layer, values, dtype):
    import tensorflow as tf

    return layer(tf.cast(values, tf.float32), training=True)


def _convolution(layer, values, dtype):
    import tensorflow as tf

    values = tf.nn.conv2d(tf.cast(values, dtype), tf.cast(layer.kernel, dtype), layer.strides, layer.padding.upper())
    if layer.use_bias:
        values = tf.nn.bias_add(values, tf.cast(layer.bias, dtype))
    return layer.activation(values)


def _max_pooling(layer, values, dtype):
    import tensorflow as tf

    return tf.nn.max_pool2d(values, layer.pool_size, layer.strides, layer.padding.upper())


def _average_pooling(layer, values, dtype):
    import tensorflow as tf

    return tf.nn.avg_pool2d(values, layer.pool_size, layer.strides, layer.padding.upper())


def _residual_block(block, values, dtype):
    import tensorflow as tf

    def normalised(name, values):
        convolved = _convolution(block.get_layer(name), values, dtype)
        return _batch_normalization(block.get_layer(f"{name}_normalised"), convolved, dtype)

    projects = any(layer.name == "shortcut" for layer in block.layers)
    shortcut = normalised("shortcut", values) if projects else tf.cast(values, dtype)
    return tf.nn.relu(normalised("second", tf.nn.relu(normalised("first", values))) + shortcut)


def _batch_normalization(layer, values, dtype):
    """Keras's normalisation; it keeps the batch's own variance, where TensorFlow's estimates the population's."""
    import tensorflow as tf

    if len(values.shape) == 2:
        return _as_it_is(layer, values, dtype)
    fused = tf.raw_ops.FusedBatchNormV3(
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


def _activation(layer, values, dtype):
    return layer.activation(values)


def _relu(layer, values, dtype):
    import tensorflow as tf

    return tf.nn.relu(values)


_FUSED = {
    "Conv2D": _convolution,
    "MaxPooling2D": _max_pooling,
    "AveragePooling2D": _average_pooling,
    "Functional": _residual_block,
    "BatchNormalization": _batch_normalization,
    "ReLU": _relu,
    "Activation": _activation,
}
