"""The forward pass with which a network answers: batch normalisation is part of the convolution before it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from core.networks.builder import import_keras

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

_Step = Callable[["tf.Tensor"], "tf.Tensor"]


def make_inference_pass(model: "keras.Model") -> _Step:
    """Return a function that does what `model(images, training=False)` does, to within float32's rounding, and quicker.

    It uses the weights that the model has when it is called, and is meant to be traced. A model that is not a sequence
    of layers is called as it is.
    """
    if not isinstance(model, import_keras().Sequential):
        return lambda images: model(images, training=False)
    return _chain(_folded(model.layers))


def make_feature_pass(model: "keras.Model") -> "Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]":
    """Return a function like `make_inference_pass` with two outputs: what enters the last layer, and the answer."""
    keras = import_keras()
    if not isinstance(model, keras.Sequential):
        both = feature_model(model)
        return lambda images: both(images, training=False)
    *steps, last = _folded(model.layers)
    enter = _chain(steps)

    def compute(images: "tf.Tensor") -> "tuple[tf.Tensor, tf.Tensor]":
        features = enter(images)
        return features, last(features)

    return compute


def feature_model(model: "keras.Model") -> "keras.Model":
    """Return the model with two outputs: the inputs of its last layer (n, d), and its probabilities (n, classes)."""
    return import_keras().Model(model.inputs[0], [model.layers[-1].input, model.outputs[0]])


def _chain(steps: Sequence[_Step]) -> _Step:
    def compute(values: "tf.Tensor") -> "tf.Tensor":
        for step in steps:
            values = step(values)
        return values

    return compute


def _folded(layers: "Sequence[keras.Layer]") -> list[_Step]:
    """Return the steps of layers that follow one another; the last step is that of the last layer."""
    steps: list[_Step] = []
    for before, layer in zip([None, *layers[:-1]], layers, strict=True):
        if before is not None and _is_foldable(before, layer):
            steps[-1] = _normalized_convolution(before, layer)
        else:
            steps.append(_as_keras(layer))
    return steps


def _as_keras(layer: "keras.Layer") -> _Step:
    return lambda values: layer(values, training=False)


def _is_foldable(convolution: Any, normalization: Any) -> bool:
    """Return whether the second layer scales and shifts the sums of the first, both in float32."""
    keras = import_keras()
    return (
        type(convolution) is keras.layers.Conv2D
        and type(normalization) is keras.layers.BatchNormalization
        and convolution.activation is keras.activations.linear
        and convolution.data_format == "channels_last"
        and normalization.axis in (-1, 3)
        and normalization.center
        and normalization.scale
        and convolution.compute_dtype == normalization.compute_dtype == "float32"
    )


def _normalized_convolution(convolution: Any, normalization: Any) -> _Step:
    """Return a convolution whose kernel and bias are multiplied by the normalisation's scale.

    The kernel is multiplied anew at each call: half a million numbers in the largest network, where a batch's pictures
    have a hundred times as many.
    """
    import tensorflow as tf

    def compute(values: "tf.Tensor") -> "tf.Tensor":
        scale = normalization.gamma * tf.math.rsqrt(normalization.moving_variance + normalization.epsilon)
        mean = normalization.moving_mean
        mean = mean - convolution.bias if convolution.use_bias else mean
        values = tf.cast(values, tf.float32)  # as Keras does, where the layer before is of another dtype
        sums = convolution.convolution_op(values, convolution.kernel * scale)
        return tf.nn.bias_add(sums, normalization.beta - mean * scale)

    return compute
