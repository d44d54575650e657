"""The steps of a folded network computed by NumPy: for few pictures, where importing TensorFlow takes far longer."""

from collections.abc import Callable, Mapping

import numpy as np

from core.networks.folded_layers import FoldedLayer, UnfoldableError

Compute = Callable[..., np.ndarray]

_BLOCK_NUMBERS = 2**18  # of a convolution's patches that are multiplied at once: they stay in the cache


def computation(layer: FoldedLayer) -> Compute:
    """Return what computes a step: float32 arrays (n, …) → (n, …); raises `UnfoldableError` for an unknown kind."""
    if layer.kind not in _KINDS:
        raise UnfoldableError(f"The layer {layer.kind} is not computed here.")
    return _KINDS[layer.kind](layer)


def _reshape(layer: FoldedLayer) -> Compute:
    shape = layer.settings["target_shape"]
    return lambda values: values.reshape(len(values), *shape)


def _flatten(layer: FoldedLayer) -> Compute:
    return lambda values: values.reshape(len(values), -1)


def _add(layer: FoldedLayer) -> Compute:
    return lambda first, second: first + second


def _relu(layer: FoldedLayer) -> Compute:
    return lambda values: np.maximum(values, 0)


def _normalization(layer: FoldedLayer) -> Compute:
    scale, shift = layer.weights
    return lambda values: _activated(values * scale + shift, layer.activation)


def _zero_padding(layer: FoldedLayer) -> Compute:
    rows, columns = layer.settings["padding"]
    return lambda values: np.pad(values, ((0, 0), rows, columns, (0, 0)))


def _max_pooling(layer: FoldedLayer) -> Compute:
    high, wide = layer.settings["pool_size"]

    def compute(values: np.ndarray) -> np.ndarray:
        n, height, width, channels = values.shape
        height, width = height // high, width // wide
        pools = values[:, : height * high, : width * wide].reshape(n, height, high, width, wide, channels)
        return pools.max(axis=(2, 4))

    return compute


def _dense(layer: FoldedLayer) -> Compute:
    kernel, bias = layer.weights
    return lambda values: _activated(values @ kernel + bias, layer.activation)


def _convolution(layer: FoldedLayer) -> Compute:
    kernel, bias = layer.weights
    strides, is_padded = layer.settings["strides"], layer.settings["padding"] == "same"

    def compute(values: np.ndarray) -> np.ndarray:
        values = _padded(values, kernel.shape[:2], strides) if is_padded else np.ascontiguousarray(values)
        return _activated(_multiplied(_patches(values, kernel.shape[:2], strides), kernel), layer.activation, bias)

    return compute


def _row_convolution(layer: FoldedLayer) -> Compute:
    """Return a convolution of rows (n, w, channels), as one of pictures that are one pixel high."""
    kernel, bias = layer.weights
    settings = {"strides": [1, *layer.settings["strides"]], "padding": layer.settings["padding"]}
    convolve = _convolution(FoldedLayer(layer.name, "Conv2D", (), settings, (kernel[None], bias), layer.activation))
    return lambda values: convolve(values[:, None])[:, 0]


def _doubling(layer: FoldedLayer) -> Compute:
    """Return a transposed convolution of 2×2 at a stride of 2: each pixel becomes four."""
    kernel, bias = layer.weights
    channels, entering = kernel.shape[2:]
    flat = np.ascontiguousarray(kernel.transpose(3, 0, 1, 2)).reshape(entering, -1)

    def compute(values: np.ndarray) -> np.ndarray:
        n, height, width, _ = values.shape
        fours = (values.reshape(-1, entering) @ flat).reshape(n, height, width, 2, 2, channels) + bias
        return fours.swapaxes(2, 3).reshape(n, 2 * height, 2 * width, channels)

    return compute


def _padded(values: np.ndarray, kernel: tuple[int, ...], strides: list[int]) -> np.ndarray:
    """Return pictures with zeros around them as TensorFlow's padding SAME has it, one more below and on the right."""
    n, height, width, channels = values.shape
    rows, columns = (
        max((-(-side // stride) - 1) * stride + size - side, 0)
        for side, size, stride in zip((height, width), kernel, strides, strict=True)
    )
    padded = np.zeros((n, height + rows, width + columns, channels), np.float32)
    padded[:, rows // 2 : rows // 2 + height, columns // 2 : columns // 2 + width] = values
    return padded


def _patches(values: np.ndarray, kernel: tuple[int, ...], strides: list[int]) -> np.ndarray:
    """Return views (n, height, width, kernel's height, kernel's width × channels) of contiguous pictures."""
    windows = np.lib.stride_tricks.sliding_window_view(values, kernel, axis=(1, 2))  # pyright: ignore[reportArgumentType]
    windows = windows[:, :: strides[0], :: strides[1]]
    return np.moveaxis(windows, 3, 5)


def _multiplied(patches: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the products of all patches and a kernel, block by block."""
    n, height, width = patches.shape[:3]
    flat = kernel.reshape(-1, kernel.shape[-1])
    numbers = len(flat)
    result = np.empty((n, height, width, kernel.shape[-1]), np.float32)
    pictures = max(1, _BLOCK_NUMBERS // (height * width * numbers))
    rows = max(1, _BLOCK_NUMBERS // (width * numbers)) if pictures == 1 else height
    for first in range(0, n, pictures):
        for top in range(0, height, rows):
            block = np.s_[first : first + pictures, top : top + rows]
            result[block] = (patches[block].reshape(-1, numbers) @ flat).reshape(result[block].shape)
    return result


def _activated(values: np.ndarray, activation: str, bias: np.ndarray | None = None) -> np.ndarray:
    """Return an activation of values that are not used any more, plus the bias."""
    if bias is not None:
        values += bias
    if activation == "relu":
        np.maximum(values, 0, out=values)
    if activation in ("softmax", "log_softmax"):
        values -= values.max(axis=-1, keepdims=True)
        sums = np.exp(values).sum(axis=-1, keepdims=True)
        return np.exp(values) / sums if activation == "softmax" else values - np.log(sums)
    return values


_KINDS: Mapping[str, Callable[[FoldedLayer], Compute]] = {
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Conv1D": _row_convolution,
    "Conv2D": _convolution,
    "Conv2DTranspose": _doubling,
    "BatchNormalization": _normalization,
    "ReLU": _relu,
    "MaxPooling2D": _max_pooling,
    "ZeroPadding2D": _zero_padding,
    "Add": _add,
    "Dense": _dense,
}
