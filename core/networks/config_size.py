"""Measurement of the network that a Keras config describes, computed layer by layer without building the network.

Each layer by itself is made and asked for its output shape and its weights, whose memory is not taken. As soon as the
layers so far exceed the limits the rest is not looked at, so a config costs no more than what is loaded.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.networks.size_limits import NetworkSize

MAX_NESTED = 8
"""How deep models and wrapped layers may lie within each other."""

Shape = tuple[int | None, ...]
Tensor = tuple[str, int, int]
"""A tensor in a config: the name of the layer that returns it, the number of its call, the place among its outputs."""

_STEP_MULTIPLICATIONS = 100_000
"""A step of a recurrent layer takes as long as so many multiplications, however few it has."""

_MODELS = ("Sequential", "Functional")
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "Bidirectional")
_TIME_DISTRIBUTED = "TimeDistributed"
_ATTENTION = "MultiHeadAttention"
LAYERS = frozenset(
    {
        *_MODELS,
        *_RECURRENT,
        _TIME_DISTRIBUTED,
        _ATTENTION,
        *("InputLayer", "Dense", "Embedding", "Activation", "Identity", "Masking", "ActivityRegularization"),
        *("ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
        *("Conv1D", "Conv2D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D"),
        *("Conv1DTranspose", "Conv2DTranspose"),
        *("MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D"),
        *("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D"),
        *("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization", "RMSNormalization"),
        *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise"),
        *("Flatten", "Reshape", "Permute", "RepeatVector", "Cropping1D", "Cropping2D"),
        *("UpSampling1D", "UpSampling2D", "ZeroPadding1D", "ZeroPadding2D"),
        *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"),
        *("Rescaling", "Normalization", "Resizing", "CenterCrop"),
        *("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast"),
    }
)
"""The Keras layers that are loaded: each computes its output shape by arithmetic, and is not much larger inside."""


class TooLargeError(ValueError):
    """A network that exceeds its limits: the text is a figure of the layers so far, and its limit."""


@dataclass
class _Sums:
    """The counts so far; `repeats` is how often the layer that is counted now is computed for one image."""

    limit: NetworkSize
    parameters: int = 0
    multiplications: int = 0
    activations: int = 0
    layers: int = 0
    repeats: int = 1

    def check(self) -> None:
        """Raise `TooLargeError` where it is more than the limit."""
        size = NetworkSize(self.parameters, self.multiplications, self.activations, self.layers)
        if excess := size.excess(self.limit):
            raise TooLargeError(excess)


@dataclass(frozen=True)
class MeasuredShapes:
    """The shapes of a network's input and output, with None for the batch."""

    inputs: Shape
    outputs: Shape


def measure(keras: Any, config: Mapping[str, Any], limit: NetworkSize) -> MeasuredShapes:
    """Return the shapes of the network that a config describes, all of whose layers are among `LAYERS`.

    Must be called in a `keras.StatelessScope`, in which weights have a shape but no memory. Raises `TooLargeError`,
    and nearly anything else for a config that does not fit together.
    """
    walk = _Walk(keras, _Sums(limit))
    inputs, outputs = walk.own_inputs(config), walk.measure_model(config, walk.own_inputs(config), 0)
    if len(inputs) != 1 or len(outputs) != 1:
        raise ValueError("several inputs or outputs")
    return MeasuredShapes(inputs[0], outputs[0])


class _Walk:
    """A walk through the layers of a network, models within it too."""

    def __init__(self, keras: Any, sums: _Sums) -> None:
        self._keras, self._sums = keras, sums

    def own_inputs(self, entry: Mapping[str, Any]) -> list[Shape]:
        """Return the shapes of the inputs that a model was made for."""
        config = entry["config"]
        if entry["class_name"] == "Sequential":
            first = config["layers"][0]
            is_input = first["class_name"] == "InputLayer"
            return [_shape(first["config"]["batch_shape"] if is_input else config["build_input_shape"])]
        layers = {each["name"]: each for each in config["layers"]}
        return [_shape(layers[name]["config"]["batch_shape"]) for name, _, _ in _references(config["input_layers"])]

    def measure_model(self, entry: Mapping[str, Any], inputs: list[Shape], depth: int) -> list[Shape]:
        """Count the layers of a model that is given inputs of these shapes; return the shapes of its outputs."""
        if depth > MAX_NESTED:
            raise ValueError(f"more than {MAX_NESTED} models within each other")
        config = entry["config"]
        if entry["class_name"] == "Sequential":
            for layer in config["layers"]:
                inputs = self._measure_layer(layer, inputs, depth)
            return inputs
        return self._measure_graph(config, inputs, depth)

    def _measure_graph(self, config: Mapping[str, Any], inputs: list[Shape], depth: int) -> list[Shape]:
        known = dict(zip(_references(config["input_layers"]), inputs, strict=True))
        calls = [
            (entry, number, list(_find_histories(node)))
            for entry in config["layers"]
            for number, node in enumerate(entry["inbound_nodes"])
        ]
        while calls:
            ready = [call for call in calls if all(each in known for each in call[2])]
            if not ready:
                raise ValueError("layers whose inputs come from nowhere")
            for entry, number, needed in ready:
                outputs = self._measure_layer(entry, [known[each] for each in needed], depth)
                known |= {(entry["name"], number, index): shape for index, shape in enumerate(outputs)}
            calls = [call for call in calls if call not in ready]
        return [known[each] for each in _references(config["output_layers"])]

    def _measure_layer(self, entry: Mapping[str, Any], inputs: list[Shape], depth: int) -> list[Shape]:
        """Count a layer that is given inputs of these shapes; return the shapes of its outputs."""
        kind = entry["class_name"]
        self._sums.layers += _steps(inputs[0]) if _is_unrolled(entry["config"]) else 1
        self._sums.check()
        if kind == "InputLayer":
            return inputs
        if kind in _MODELS:
            return self._measure_nested(entry, inputs, depth + 1)
        if kind == _TIME_DISTRIBUTED:
            return self._measure_each_step(entry["config"]["layer"], inputs[0], depth + 1)
        return self._measure_leaf(entry, inputs)

    def _measure_nested(self, entry: Mapping[str, Any], inputs: list[Shape], depth: int) -> list[Shape]:
        """Count a model within another, also for the inputs that it was made for: Keras builds it for these first."""
        made_for = self.own_inputs(entry)
        if made_for != inputs:
            alone = _Sums(self._sums.limit, layers=self._sums.layers)
            _Walk(self._keras, alone).measure_model(entry, made_for, depth)
            self._sums.layers = alone.layers
        return self.measure_model(entry, inputs, depth)

    def _measure_each_step(self, entry: Mapping[str, Any], sequence: Shape, depth: int) -> list[Shape]:
        """Count a layer that is given each step of a sequence by itself."""
        if depth > MAX_NESTED:
            raise ValueError(f"more than {MAX_NESTED} layers within each other")
        batch, steps, *step_shape = sequence
        before = self._sums.repeats
        self._sums.repeats *= steps or 1
        outputs = self._measure_layer(entry, [(batch, *step_shape)], depth)
        self._sums.repeats = before
        return [(batch, steps, *shape[1:]) for shape in outputs]

    def _measure_leaf(self, entry: Mapping[str, Any], inputs: list[Shape]) -> list[Shape]:
        kind, sums = entry["class_name"], self._sums
        layer = self._keras.saving.deserialize_keras_object(dict(entry), safe_mode=True)
        given = tuple(inputs[:2]) if kind == _ATTENTION else (inputs[0] if len(inputs) == 1 else inputs,)
        found = layer.compute_output_shape(*given)
        outputs = [_shape(each) for each in found] if isinstance(found, list) else [_shape(found)]
        held = sum(map(_numbers, outputs))
        if kind == _ATTENTION:  # between the two sequences
            held += entry["config"]["num_heads"] * _steps(inputs[0]) * _steps(inputs[1])
        sums.activations = max(sums.activations, sums.repeats * held)
        layer.build(*given)
        weights = layer.count_params()
        sums.parameters += weights
        if kind in _RECURRENT:
            sums.multiplications += sums.repeats * _steps(inputs[0]) * max(weights, _STEP_MULTIPLICATIONS)
        else:
            sums.multiplications += sums.repeats * _steps(outputs[0]) * weights
        sums.check()
        return outputs


def _is_unrolled(config: Mapping[str, Any]) -> bool:
    """Return whether a recurrent layer, or the one that a layer wraps, is built step by step."""
    wrapped = config.get("layer")
    return bool(config.get("unroll")) or (isinstance(wrapped, dict) and _is_unrolled(wrapped["config"]))


def _steps(shape: Shape) -> int:
    """Return at how many places of this shape, between its batch and its last axis, there are values."""
    return math.prod(each or 1 for each in shape[1:-1])


def _numbers(shape: Shape) -> int:
    return math.prod(each or 1 for each in shape)


def _shape(value: Any) -> Shape:
    shape = tuple(value)
    if not all(each is None or (type(each) is int and each > 0) for each in shape):
        raise ValueError(f"{shape} is not the shape of values")
    return shape


def _references(value: list[Any]) -> list[Tensor]:
    """Return the tensors that `input_layers` or `output_layers` name: one triple, or a list of them."""
    triples = [value] if value and isinstance(value[0], str) else value
    return [(name, node, index) for name, node, index in triples]


def _find_histories(value: Any) -> Iterator[Tensor]:
    """Yield the tensors that a call of a layer is given, in order."""
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        name, node, index = value["config"]["keras_history"]
        yield name, node, index
        return
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _find_histories(each)
