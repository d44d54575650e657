"""A formula for each layer, with the numbers of one digit in it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from core.config.layer_kinds.activation import ACTIVATION_SPEC
from core.config.percent import percent, probability_percent
from core.explanation.activations import LayerActivations
from core.explanation.number_text import added, factor, number, size_text, subscript
from core.explanation.unit_sums import UnitSum, activation_name, corner_of, is_near, logits_of, sum_of

_MAX_LISTED = 9  # numbers of a window that are written out
_MAX_TERMS = 3  # of a sum
_NAMES = dict(ACTIVATION_SPEC.names)

Place = tuple[int, ...]
"""The indices before the unit's in a layer's values: none, (step,), (row, column), …"""


def strongest_place(layer: LayerActivations, unit: int) -> Place:
    """Return the place at which a unit's value is largest; the middle where it gives the same everywhere."""
    values = layer.values[..., unit]
    if not values.size or values.min() == values.max():
        return tuple(side // 2 for side in values.shape)
    return tuple(map(int, np.unravel_index(np.nan_to_num(values, nan=-np.inf).argmax(), values.shape)))


def formula(layer: LayerActivations, unit: int, place: Place) -> str:
    """Return what the layer computes at one place for one unit, with this digit's numbers.

    Of a layer whose kind is not known, or that computes another thing than its kind does here, a sentence says what it
    gives.
    """
    write = _FORMULAS.get(layer.kind)
    try:
        text = write(layer, unit, place) if write else ""
    except Exception:  # a layer that anyone may have put together: its forms and settings may be nearly any
        text = ""
    return text or _unknown(layer, unit, place)


def _value(layer: LayerActivations, unit: int, place: Place) -> float:
    return float(layer.values[(*place, unit)])


def _unknown(layer: LayerActivations, unit: int, place: Place) -> str:
    entered = " and ".join(size_text(each.shape) for each in layer.inputs)
    return (
        f"it makes {size_text(layer.values.shape)} values from {entered}; this one is "
        f"{number(_value(layer, unit, place))}. How a layer of this kind computes them is not taken apart here."
    )


def _weighted(layer: LayerActivations, unit: int, place: Place) -> str:
    """Return the sum of a dense or convolutional layer's unit, and what its activation function makes of it."""
    found = sum_of(layer, unit, place)
    if found is None:
        return ""
    name, is_answer = activation_name(layer.layer), activation_name(layer.layer) == "softmax"
    index = subscript(unit if is_answer else unit + 1)
    has_bias = found.bias is not None
    text = f"z{index} = Σ w·x{' + b' if has_bias else ''} = {_listed_terms(found)} = {number(found.total)}"
    if is_answer:
        return f"{text}. {_softmax(logits_of(layer, place), unit, _value(layer, unit, place))}"
    return text if name == "linear" else f"{text} → {_NAMES.get(name, name)} → {number(_value(layer, unit, place))}"


def _listed_terms(found: UnitSum) -> str:
    """Return the largest terms of a sum, weight times input, the rest in one number, and the bias."""
    products, weights, inputs = found.products.ravel(), found.weights.ravel(), found.inputs.ravel()
    listed = [int(each) for each in np.argsort(-np.abs(products), kind="stable")[:_MAX_TERMS] if products[each]]
    terms = [f"{factor(float(weights[each]))}·{factor(float(inputs[each]))}" for each in listed]
    rest = float(products.sum() - products[listed].sum())
    count = int(np.count_nonzero(products)) - len(listed)
    text = " + ".join(terms) or "0"
    text += f" {added(rest)} ({count:,} more)" if count else ""
    return text if found.bias is None else f"{text} {added(found.bias)}"


def _softmax(logits: np.ndarray, unit: int, probability: float) -> str:
    listed = " + ".join(f"exp({number(each)})" for each in logits[:10])
    more = f" + … (of {len(logits)})" if len(logits) > 10 else ""
    index = subscript(unit)
    return (
        f"p{index} = exp(z{index}) / Σ exp(z) = exp({number(logits[unit])}) / ({listed}{more}) = "
        f"{probability_percent(probability)}"
    )


def _softmax_layer(layer: LayerActivations, unit: int, place: Place) -> str:
    return _softmax(layer.inputs[0][place].astype(np.float64), unit, _value(layer, unit, place))


def _activation(layer: LayerActivations, unit: int, place: Place) -> str:
    name = activation_name(layer.layer)
    if name == "softmax":
        return _softmax_layer(layer, unit, place)
    before, after = float(layer.inputs[0][(*place, unit)]), number(_value(layer, unit, place))
    return f"{_NAMES.get(name, name)}({number(before)}) = {after}"


def _relu(layer: LayerActivations, unit: int, place: Place) -> str:
    before, after = float(layer.inputs[0][(*place, unit)]), _value(layer, unit, place)
    if not is_near(max(before, 0), after):  # with a slope, a threshold or a limit
        return f"ReLU({number(before)}) = {number(after)}"
    return f"max(0, {number(before)}) = {number(after)}"


def _batch_normalization(layer: LayerActivations, unit: int, place: Place) -> str:
    settings: Any = layer.layer
    if settings.axis not in (-1, layer.values.ndim):
        return ""
    gamma = 1.0 if settings.gamma is None else float(settings.gamma[unit])
    beta = 0.0 if settings.beta is None else float(settings.beta[unit])
    mean, variance = float(settings.moving_mean[unit]), float(settings.moving_variance[unit])
    before, after = float(layer.inputs[0][(*place, unit)]), _value(layer, unit, place)
    if not is_near(gamma * (before - mean) / (variance + settings.epsilon) ** 0.5 + beta, after):
        return ""
    return (
        f"γ·(x − μ) / √(σ² + ε) + β = {factor(gamma)}·({number(before)} {added(-mean)}) / "
        f"√({number(variance)} + {number(settings.epsilon)}) {added(beta)} = {number(after)}. "
        "Mean μ and variance σ² were measured in training."
    )


def _window(layer: LayerActivations, unit: int, place: Place) -> np.ndarray:
    """Return the values, (n,), that a pooling layer reads for one of its own, without what lies outside its input."""
    picture, size = layer.inputs[0][..., unit], layer.layer.pool_size
    corner = corner_of(layer, place, size)
    rows, columns = (slice(max(corner[axis], 0), corner[axis] + size[axis]) for axis in range(2))
    return picture[rows, columns].ravel()


def _max_pooling(layer: LayerActivations, unit: int, place: Place) -> str:
    window, value = _window(layer, unit, place), _value(layer, unit, place)
    if not is_near(float(window.max()), value):
        return ""
    if len(window) > _MAX_LISTED:
        return f"The largest of {len(window)} values = {number(value)}"
    return f"max({', '.join(map(number, window))}) = {number(value)}"


def _average_pooling(layer: LayerActivations, unit: int, place: Place) -> str:
    window, value = _window(layer, unit, place), _value(layer, unit, place)
    if not is_near(float(window.mean()), value):
        return ""
    terms = number(window.sum()) if len(window) > _MAX_LISTED else f"({' + '.join(map(factor, window))})"
    return f"{terms} / {len(window)} = {number(value)}"


def _global_average(layer: LayerActivations, unit: int, place: Place) -> str:
    picture = layer.inputs[0][..., unit]
    return (
        f"The mean of the {size_text(picture.shape)} values of its channel: {number(picture.sum())} / {picture.size} = "
        f"{number(_value(layer, unit, place))}"
    )


def _global_max(layer: LayerActivations, unit: int, place: Place) -> str:
    shape = size_text(layer.inputs[0].shape[:-1])
    return f"The largest of the {shape} values of its channel = {number(_value(layer, unit, place))}"


def _add(layer: LayerActivations, unit: int, place: Place) -> str:
    if any(each.shape != layer.values.shape for each in layer.inputs):
        return ""
    terms = " + ".join(factor(float(each[(*place, unit)])) for each in layer.inputs)
    return f"{terms} = {number(_value(layer, unit, place))}: what the layers give, and what goes around them."


def _dropout(layer: LayerActivations, unit: int, place: Place) -> str:
    rate = layer.layer.rate
    return (
        f"Does nothing while it reads: all {layer.values.size:,} values pass as they are. In training, "
        f"{percent(rate, 0)} of them, chosen at random, were set to 0 and the others divided by {number(1 - rate)}."
    )


def _noise(layer: LayerActivations, unit: int, place: Place) -> str:
    return (
        f"Does nothing while it reads: all {layer.values.size:,} values pass as they are. In training it added noise."
    )


def _reshape(layer: LayerActivations, unit: int, place: Place) -> str:
    form = f"one row of {layer.values.size:,}" if layer.values.ndim == 1 else size_text(layer.values.shape)
    return f"Lays the {size_text(layer.inputs[0].shape)} values out as {form}; none of them changes."


_FORMULAS: dict[str, Callable[[LayerActivations, int, Place], str]] = {
    "Dense": _weighted,
    "Conv2D": _weighted,
    "DepthwiseConv2D": _weighted,
    "Activation": _activation,
    "ReLU": _relu,
    "Softmax": _softmax_layer,
    "BatchNormalization": _batch_normalization,
    "MaxPooling2D": _max_pooling,
    "AveragePooling2D": _average_pooling,
    "GlobalAveragePooling2D": _global_average,
    "GlobalMaxPooling2D": _global_max,
    "Add": _add,
    "Dropout": _dropout,
    "SpatialDropout1D": _dropout,
    "SpatialDropout2D": _dropout,
    "GaussianNoise": _noise,
    "GaussianDropout": _noise,
    "Flatten": _reshape,
    "Reshape": _reshape,
}
"""What writes a layer's formula, by its kind; '' where a layer of the kind does not compute as it says."""
