"""The exact sum of one unit: every input that it reads, times its weight, and its bias."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from core.explanation.activations import LayerActivations

if TYPE_CHECKING:
    import keras

_TOLERANCE = 1e-2  # as a share of a layer's own result: its numbers may have 16 bits


@dataclass(frozen=True, eq=False)
class UnitSum:
    """The sum of one unit at one place: `inputs` and `weights` are float64 of one form.

    The form is (n,), or (h, w) or (h, w, channels) where what is read is a picture; then `corner` is the row and the
    column of the first input in it, `dilation` the step to the next one, and `channel` its first channel.
    """

    inputs: np.ndarray
    weights: np.ndarray
    bias: float | None
    corner: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    channel: int = 0
    reads_pixels: bool = False

    @property
    def products(self) -> np.ndarray:
        """Return each input times its weight, in their form."""
        return self.inputs * self.weights

    @property
    def total(self) -> float:
        """Return the sum with the bias."""
        return float(self.products.sum() + (self.bias or 0.0))

    def name_of(self, index: int) -> str:
        """Return what the input of this index, counted along all of them, is; numbers begin with 1."""
        if self.inputs.ndim == 1:
            return f"{'pixel' if self.reads_pixels else 'unit'} {index + 1}"
        row, column, *channel = map(int, np.unravel_index(index, self.inputs.shape))
        row, column = self.corner[0] + row * self.dilation[0], self.corner[1] + column * self.dilation[1]
        what = f"channel {self.channel + channel[0] + 1}" if channel and not self.reads_pixels else "pixel"
        return f"{what}, row {row + 1}, column {column + 1}"


def sum_of(layer: LayerActivations, unit: int, place: tuple[int, ...]) -> UnitSum | None:
    """Return the sum of a unit at a place of the layer; None of a layer that makes none, or makes it otherwise.

    place: the indices before the unit's in the layer's values. The sum is compared with the layer's own result.
    """
    take = _SUMS.get(layer.kind)
    found = take(layer, unit, place) if take and len(layer.inputs) == 1 else None
    return found if found and _agrees(layer, found, unit, place) else None


def logits_of(layer: LayerActivations, place: tuple[int, ...] = ()) -> np.ndarray:
    """Return the sums, (units,) float64, of all units of a dense layer at a place."""
    logits = layer.inputs[0][place].astype(np.float64) @ _array(layer.layer.kernel)
    return logits + (_array(layer.layer.bias) if layer.layer.bias is not None else 0)


def activation_name(layer: "keras.Layer") -> str:
    """Return the name of the function that the layer applies to its sums: 'linear' where there is none."""
    activation = getattr(layer, "activation", None)
    return "linear" if activation is None else getattr(activation, "__name__", type(activation).__name__)


def _agrees(layer: LayerActivations, found: UnitSum, unit: int, place: tuple[int, ...]) -> bool:
    """Return whether the layer's own result follows from the sum."""
    value = float(layer.values[(*place, unit)])
    if activation_name(layer.layer) == "softmax":
        expected = softmax(logits_of(layer, place))[unit] if layer.kind == "Dense" else np.nan
    else:
        expected = float(np.asarray(layer.layer.activation(np.full(1, found.total, np.float32)))[0])
    return is_near(expected, value)


def is_near(expected: float, value: float) -> bool:
    """Return whether a layer's own value is the one that was computed here."""
    return bool(abs(expected - value) <= _TOLERANCE * max(1.0, abs(value)))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return the softmax of logits (n,)."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def _dense(layer: LayerActivations, unit: int, place: tuple[int, ...]) -> UnitSum:
    inputs, weights = layer.inputs[0][place], _array(layer.layer.kernel[:, unit])
    is_flattened = layer.inputs[0].ndim == 1 and np.prod(layer.input_shape) == len(weights)
    form = layer.input_shape if is_flattened and len(layer.input_shape) < 4 else (-1,)
    return UnitSum(
        inputs.astype(np.float64).reshape(form),
        weights.reshape(form),
        _bias(layer, unit),
        reads_pixels=layer.reads_pixels,
    )


def _convolution(layer: LayerActivations, unit: int, place: tuple[int, ...], is_depthwise: bool) -> UnitSum | None:
    settings: Any = layer.layer
    if settings.data_format != "channels_last":
        return None
    kernel = settings.kernel  # (h, w, channels, filters); of a depthwise one (h, w, channels, filters of each)
    if is_depthwise:
        channel, filter_number = divmod(unit, kernel.shape[3])
        weights = _array(kernel[:, :, channel : channel + 1, filter_number])
    else:
        channel = unit // (kernel.shape[3] // settings.groups) * kernel.shape[2]
        weights = _array(kernel[:, :, :, unit])
    corner, dilation = corner_of(layer, place, weights.shape[:2]), tuple(settings.dilation_rate)
    channels = layer.inputs[0][:, :, channel : channel + weights.shape[2]]
    inputs = _patch(channels.astype(np.float64), corner, dilation, weights.shape[:2])
    return UnitSum(inputs, weights, _bias(layer, unit), corner, dilation, channel, layer.reads_pixels)


def corner_of(layer: LayerActivations, place: tuple[int, ...], size: tuple[int, ...]) -> tuple[int, int]:
    """Return the row and the column in a layer's input at which the window of a place in its output begins.

    Outside the input, as padding has it, they are negative. size: of the window, in rows and columns.
    """
    settings: Any = layer.layer
    dilation = getattr(settings, "dilation_rate", (1, 1))
    corner = []
    for axis in range(2):
        stride, reach = settings.strides[axis], (size[axis] - 1) * dilation[axis] + 1
        missing = (layer.values.shape[axis] - 1) * stride + reach - layer.inputs[0].shape[axis]
        before = max(missing, 0) // 2 if settings.padding == "same" else 0
        corner.append(place[axis] * stride - before)
    return corner[0], corner[1]


def _patch(
    picture: np.ndarray, corner: tuple[int, int], dilation: tuple[int, ...], size: tuple[int, ...]
) -> np.ndarray:
    """Return the window (h, w, channels) of a picture that begins at a corner; outside the picture it is 0."""
    rows, columns = (corner[axis] + dilation[axis] * np.arange(size[axis]) for axis in range(2))
    is_in = [(each >= 0) & (each < side) for each, side in zip((rows, columns), picture.shape, strict=False)]
    patch = np.zeros((*size, picture.shape[2]))
    patch[np.ix_(*is_in)] = picture[np.ix_(rows[is_in[0]], columns[is_in[1]])]
    return patch


def _bias(layer: LayerActivations, unit: int) -> float | None:
    bias = getattr(layer.layer, "bias", None)
    return None if bias is None else float(bias[unit])


def _array(tensor: Any) -> np.ndarray:
    return np.asarray(tensor, np.float64)


_SUMS = {
    "Dense": _dense,
    "Conv2D": partial(_convolution, is_depthwise=False),
    "DepthwiseConv2D": partial(_convolution, is_depthwise=True),
}
"""What takes a unit's sum apart, by the kind of its layer."""
