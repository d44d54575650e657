"""Networks as one function of TensorFlow's, made of their folded layers: faster than Keras's, and no model is built."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.networks.builder import import_keras
from core.networks.folded_layers import FoldedLayer, UnfoldableError

if TYPE_CHECKING:
    import tensorflow as tf

Predict = Callable[[np.ndarray], np.ndarray]
"""float32 arrays (n, …) → (n, …)."""

Forward = Callable[["tf.Tensor"], "tuple[tf.Tensor, tf.Tensor]"]
"""A network's input → what goes into its last layer, and its output."""

Compute = Callable[..., Any]
"""Tensors → a tensor."""

Finish = Callable[[Any], Any]
"""What is still done to a network's output, a tensor → a tensor."""


def trace(layers: Sequence[FoldedLayer], shape: Sequence[int | None], finish: Finish | None = None) -> Predict:
    """Return the function of a network, for inputs of this shape, the batch first.

    Raises `UnfoldableError` as `forward_pass` does.
    """
    forward = forward_pass(layers)
    import tensorflow as tf

    def compute(values: "tf.Tensor") -> "tf.Tensor":
        output = forward(values)[1]
        return finish(output) if finish else output

    signature = [tf.TensorSpec(list(shape), tf.float32)]
    function = tf.function(compute, input_signature=signature, autograph=False).get_concrete_function()
    return lambda values: function(tf.constant(values)).numpy()


def forward_pass(layers: Sequence[FoldedLayer]) -> Forward:
    """Return the forward pass of a network, to be traced.

    TensorFlow fuses each convolution with what follows it. The weights are tensors that the function is given: as
    constants of its graph they would be in memory several times.
    Raises `UnfoldableError` where the first layer is not the input, or for a layer of a kind that is not known.
    """
    if len(layers) < 2 or layers[0].kind != "InputLayer":
        raise UnfoldableError("The network does not begin with its input.")
    if unknown := {layer.kind for layer in layers[1:]} - _KINDS.keys():
        raise UnfoldableError(f"The layers {', '.join(sorted(unknown))} are not computed here.")
    import_keras()  # which imports TensorFlow with the settings that the app wants
    import tensorflow as tf

    computations = [_KINDS[layer.kind](tf, layer) for layer in layers[1:]]

    def forward(values: "tf.Tensor") -> "tuple[tf.Tensor, tf.Tensor]":
        known = {layers[0].name: values}
        for layer, compute in zip(layers[1:], computations, strict=True):
            known[layer.name] = compute(*(known[name] for name in layer.inputs))
        return known[layers[-1].inputs[0]], known[layers[-1].name]

    return forward


def _convolution(tf: Any, layer: FoldedLayer) -> Compute:
    kernel, bias = (tf.constant(each) for each in layer.weights)
    strides, padding = layer.settings["strides"], layer.settings["padding"].upper()
    activate = _activation(tf, layer)
    return lambda values: activate(tf.nn.bias_add(tf.nn.conv2d(values, kernel, strides, padding), bias))


def _row_convolution(tf: Any, layer: FoldedLayer) -> Compute:
    """Return a convolution of rows (n, w, channels), as one of pictures that are one pixel high."""
    kernel, bias = layer.weights
    settings = {"strides": [1, *layer.settings["strides"]], "padding": layer.settings["padding"]}
    convolve = _convolution(tf, FoldedLayer(layer.name, "Conv2D", (), settings, (kernel[None], bias), layer.activation))
    return lambda values: tf.squeeze(convolve(values[:, None]), 1)


def _doubling(tf: Any, layer: FoldedLayer) -> Compute:
    """Return a transposed convolution of 2×2 at a stride of 2: each pixel becomes four."""
    kernel, bias = layer.weights
    flat = tf.constant(np.ascontiguousarray(kernel.transpose(3, 0, 1, 2)).reshape(1, 1, kernel.shape[3], -1))
    biases = tf.constant(np.tile(bias, 4))
    return lambda values: tf.nn.depth_to_space(tf.nn.bias_add(tf.nn.conv2d(values, flat, 1, "VALID"), biases), 2)


def _normalization(tf: Any, layer: FoldedLayer) -> Compute:
    scale, shift = (tf.constant(each) for each in layer.weights)
    activate = _activation(tf, layer)
    return lambda values: activate(values * scale + shift)


def _max_pooling(tf: Any, layer: FoldedLayer) -> Compute:
    size = layer.settings["pool_size"]
    return lambda values: tf.nn.max_pool2d(values, size, size, "VALID")


def _zero_padding(tf: Any, layer: FoldedLayer) -> Compute:
    rows, columns = layer.settings["padding"]
    return lambda values: tf.pad(values, [(0, 0), rows, columns, (0, 0)])


def _reshape(tf: Any, layer: FoldedLayer) -> Compute:
    target = list(layer.settings["target_shape"])

    def compute(values: "tf.Tensor") -> "tf.Tensor":
        sides, rest = list(target), abs(int(np.prod(target)))
        if -1 in sides and values.shape[1:].is_fully_defined():  # later layers then know the side that is free
            sides[sides.index(-1)] = values.shape[1:].num_elements() // rest
        return tf.reshape(values, [tf.shape(values)[0], *sides])

    return compute


def _flatten(tf: Any, layer: FoldedLayer) -> Compute:
    def compute(values: "tf.Tensor") -> "tf.Tensor":
        sides = values.shape[1:]
        numbers = sides.num_elements() if sides.is_fully_defined() else tf.reduce_prod(tf.shape(values)[1:])
        return tf.reshape(values, [tf.shape(values)[0], numbers])

    return compute


def _dense(tf: Any, layer: FoldedLayer) -> Compute:
    kernel, bias = (tf.constant(each) for each in layer.weights)
    activate = _activation(tf, layer)
    return lambda values: activate(tf.tensordot(values, kernel, 1) + bias)


def _activation(tf: Any, layer: FoldedLayer) -> Compute:
    return tf.identity if layer.activation == "linear" else getattr(tf.nn, layer.activation)


_KINDS: Mapping[str, Callable[[Any, FoldedLayer], Compute]] = {
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Conv1D": _row_convolution,
    "Conv2D": _convolution,
    "Conv2DTranspose": _doubling,
    "BatchNormalization": _normalization,
    "ReLU": lambda tf, layer: tf.nn.relu,
    "MaxPooling2D": _max_pooling,
    "ZeroPadding2D": _zero_padding,
    "Add": lambda tf, layer: tf.add,
    "Dense": _dense,
}
