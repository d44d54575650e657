"""A saved network as the steps that its answers need: batch normalisation and ReLU are part of the convolutions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

_UNCHANGED = ("Dropout", "SpatialDropout2D")  # in training alone they do something
_CAN_TAKE_NORMALIZATION = ("Conv1D", "Conv2D", "Dense")
_CAN_TAKE_RELU = (*_CAN_TAKE_NORMALIZATION, "BatchNormalization")
_CONVOLUTION = {"data_format": "channels_last", "groups": 1}
_REQUIRED: Mapping[str, Mapping[str, Any]] = {
    "InputLayer": {},
    "Reshape": {},
    "Flatten": {"data_format": "channels_last"},
    "Conv1D": {**_CONVOLUTION, "dilation_rate": [1]},
    "Conv2D": {**_CONVOLUTION, "dilation_rate": [1, 1]},
    "Conv2DTranspose": {
        "data_format": "channels_last",
        "dilation_rate": [1, 1],
        "kernel_size": [2, 2],
        "strides": [2, 2],
        "padding": "valid",
        "output_padding": None,
        "activation": "linear",
    },
    "BatchNormalization": {"axis": -1, "center": True, "scale": True},
    "ReLU": {"max_value": None, "negative_slope": 0.0, "threshold": 0.0},
    "MaxPooling2D": {"data_format": "channels_last", "padding": "valid"},
    "ZeroPadding2D": {"data_format": "channels_last"},
    "Add": {},
    "Dense": {},
    "Dropout": {},
    "SpatialDropout2D": {},
}
"""The kinds of Keras layers that are known here, and the settings with which they are."""
_ACTIVATIONS = ("linear", "relu", "softmax", "log_softmax")
_PADDINGS = ("valid", "same")
_ADDENDS = 2


class UnfoldableError(ValueError):
    """A network with a layer, a setting or a connection that is not known here; Keras computes it."""


@dataclass(frozen=True, eq=False)
class FoldedLayer:
    """One step of a network's forward pass."""

    name: str
    kind: str
    """The class name of the Keras layer."""
    inputs: tuple[str, ...] = ()
    """The names of the steps whose outputs go in; that of kind InputLayer has none."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    weights: tuple[np.ndarray, ...] = ()
    """float32: kernel and bias; of a batch normalisation that stays its scale and shift."""
    activation: str = "linear"


def fold(config: Mapping[str, Any], weights: Mapping[str, Sequence[np.ndarray]]) -> list[FoldedLayer]:
    """Return the steps of a Keras model in their order; the last one gives its output.

    config: of a Sequential or functional model, in the form of JSON. weights: of each layer that has some, by its name
    and in Keras's order.
    Raises `UnfoldableError` where a layer, a setting or a connection is not among those known here.
    """
    try:
        return _joined(_without_unchanged(_described(config, weights)))
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise error if isinstance(error, UnfoldableError) else UnfoldableError(repr(error)) from error


def _described(config: Mapping[str, Any], weights: Mapping[str, Sequence[np.ndarray]]) -> list[FoldedLayer]:
    """Return all layers as Keras has them."""
    is_chain, layers = config["class_name"] == "Sequential", []
    for entry in config["config"]["layers"]:
        name, kind, settings = entry["config"]["name"], entry["class_name"], entry["config"]
        _check(kind, settings)
        before = (layers[-1].name,) if layers else ()
        inputs = before if is_chain else _inbound(entry)
        if kind == "Add" and len(inputs) != _ADDENDS:
            raise UnfoldableError(f"The layer Add is not known with {len(inputs)} inputs.")
        layers.append(FoldedLayer(name, kind, inputs, settings, _complete(kind, settings, weights.get(name, ()))))
        if kind in ("Conv1D", "Conv2D", "Dense"):
            layers[-1] = replace(layers[-1], activation=settings["activation"])
    if not is_chain and config["config"]["output_layers"] != [layers[-1].name, 0, 0]:
        raise UnfoldableError("The last layer is not the only output.")
    return layers


def _check(kind: str, settings: Mapping[str, Any]) -> None:
    required = _REQUIRED.get(kind)
    if required is None:
        raise UnfoldableError(f"The layer {kind} is not known.")
    wrong = [name for name, value in required.items() if settings[name] != value]
    if kind == "MaxPooling2D" and settings["pool_size"] != settings["strides"]:
        wrong.append("strides")
    if settings.get("activation", "linear") not in _ACTIVATIONS:
        wrong.append("activation")
    if kind in ("Conv1D", "Conv2D") and settings["padding"] not in _PADDINGS:
        wrong.append("padding")
    if wrong:
        raise UnfoldableError(f"The layer {kind} is not known with {wrong[0]} {settings[wrong[0]]!r}.")


def _inbound(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the layers whose outputs go into one of a functional model."""
    if not entry["inbound_nodes"]:
        return ()
    (node,) = entry["inbound_nodes"]
    (tensors,) = node["args"]
    tensors = tensors if isinstance(tensors, list) else [tensors]
    return tuple(tensor["config"]["keras_history"][0] for tensor in tensors)


def _complete(kind: str, settings: Mapping[str, Any], weights: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Return kernel and bias, zeros where the layer has none, or scale and shift of a batch normalisation."""
    if kind == "BatchNormalization":
        gamma, beta, mean, variance = (np.asarray(each, np.float64) for each in weights)
        scale = gamma / np.sqrt(variance + settings["epsilon"])
        return scale, beta - mean * scale
    if not weights:
        return ()
    filters = settings.get("filters", settings.get("units"))
    return weights[0], weights[1] if len(weights) > 1 else np.zeros(filters, np.float32)


def _without_unchanged(layers: Iterable[FoldedLayer]) -> list[FoldedLayer]:
    """Return the layers but those that change nothing when a network answers."""
    source: dict[str, str] = {}
    kept = []
    for layer in layers:
        inputs = tuple(source[name] for name in layer.inputs)
        source[layer.name] = inputs[0] if layer.kind in _UNCHANGED else layer.name
        if layer.kind not in _UNCHANGED:
            kept.append(replace(layer, inputs=inputs))
    return kept


def _joined(layers: Sequence[FoldedLayer]) -> list[FoldedLayer]:
    """Return the layers with batch normalisation and ReLU made part of the one before, where nothing else sees it."""
    readers = Counter(name for layer in layers for name in layer.inputs)
    steps: dict[str, FoldedLayer] = {}
    for layer in layers:
        before = steps.get(layer.inputs[0]) if layer.inputs else None
        joined = _join(before, layer) if before and readers[before.name] == 1 else None
        if joined and before:
            del steps[before.name]
        steps[layer.name] = joined or layer
    return [
        replace(step, weights=tuple(np.asarray(each, np.float32) for each in step.weights)) for step in steps.values()
    ]


def _join(before: FoldedLayer, layer: FoldedLayer) -> FoldedLayer | None:
    """Return two layers as one step of the second one's name; None where they stay two."""
    if before.activation != "linear":
        return None
    if layer.kind == "BatchNormalization" and before.kind in _CAN_TAKE_NORMALIZATION:
        (kernel, bias), (scale, shift) = before.weights, layer.weights
        return replace(before, name=layer.name, weights=(kernel * scale, bias * scale + shift))
    if layer.kind == "ReLU" and before.kind in _CAN_TAKE_RELU:
        return replace(before, name=layer.name, activation="relu")
    return None
