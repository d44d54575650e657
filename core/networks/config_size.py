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
_POOLING = ("MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D")
_ARGUMENTS = ("inputs", "sequences", "query", "value", "key", "initial_state")
"""The arguments of a layer's call that may be tensors, in the order in which they are measured."""

_MAX_POSITIONAL = 3
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
        *_POOLING,
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


class DamagedError(ValueError):
    """A network whose layers cannot be put together."""


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
    """The shapes of a network's inputs and outputs, with None for the batch."""

    inputs: list[Shape]
    outputs: list[Shape]


def measure(keras: Any, config: Mapping[str, Any], limit: NetworkSize) -> MeasuredShapes:
    """Return the shapes of the network that a config describes, all of whose layers are among `LAYERS`.

    Must be called in a `keras.StatelessScope`, in which weights have a shape but no memory. Raises `TooLargeError`,
    `DamagedError` where its layers do not fit together, and nearly anything else for a config of a form not known here.
    """
    if config.get("class_name") not in _MODELS:
        raise DamagedError("no model")
    walk = _Walk(keras, _Sums(limit))
    inputs, outputs = walk.own_inputs(config), walk.measure_model(config, walk.own_inputs(config), 0)
    return MeasuredShapes(inputs, outputs)


class _Walk:
    """A walk through the layers of a network, models within it too."""

    def __init__(self, keras: Any, sums: _Sums) -> None:
        self._keras, self._sums = keras, sums

    def own_inputs(self, entry: Mapping[str, Any]) -> list[Shape]:
        """Return the shapes of the inputs that a model was made for."""
        config = entry["config"]
        if entry["class_name"] == "Sequential":
            first = config["layers"][0]
            if first["class_name"] == "InputLayer":
                return [_input_shape(first["config"])]
            if "input_shape" in first["config"] or (
                "input_dim" in first["config"] and first["class_name"] != "Embedding"
            ):
                raise ValueError("a first layer that brings an input of its own")  # Keras would build it for that
            return [_shape(config["build_input_shape"])]
        layers = {each["name"]: each for each in config["layers"]}
        return [_input_shape(layers[name]["config"]) for name, _, _ in _references(config["input_layers"])]

    def measure_model(self, entry: Mapping[str, Any], inputs: list[Shape], depth: int) -> list[Shape]:
        """Count the layers of a model that is given inputs of these shapes; return the shapes of its outputs."""
        if depth > MAX_NESTED:
            raise DamagedError(f"more than {MAX_NESTED} models within each other")
        config = entry["config"]
        if entry["class_name"] == "Sequential":
            for layer in config["layers"]:
                inputs = self._measure_layer(layer, inputs, depth)
            return inputs
        return self._measure_graph(config, inputs, depth)

    def _measure_graph(self, config: Mapping[str, Any], inputs: list[Shape], depth: int) -> list[Shape]:
        known = dict(zip(_references(config["input_layers"]), inputs, strict=True))
        calls = [
            (entry, number, _find_inputs(node))
            for entry in config["layers"]
            for number, node in enumerate(entry["inbound_nodes"])
        ]
        while calls:
            ready = [call for call in calls if all(each in known for each in call[2])]
            if not ready:
                raise DamagedError("layers whose inputs come from nowhere")
            for entry, number, needed in ready:
                outputs = self._measure_layer(entry, [known[each] for each in needed], depth)
                known |= {(entry["name"], number, index): shape for index, shape in enumerate(outputs)}
            calls = [call for call in calls if call not in ready]
        # Keras counts the calls of a functional model from 1 here, and from 0 in the calls of layers.
        models = {each["name"] for each in config["layers"] if each["class_name"] == "Functional"}
        return [
            known[name, number - (name in models), index]
            for name, number, index in _references(config["output_layers"])
        ]

    def _measure_layer(self, entry: Mapping[str, Any], inputs: list[Shape], depth: int) -> list[Shape]:
        """Count a layer that is given inputs of these shapes; return the shapes of its outputs."""
        kind = entry["class_name"]
        if kind == _TIME_DISTRIBUTED:
            return self._measure_each_step(entry["config"]["layer"], inputs[0], depth + 1)
        self._sums.layers += self._sums.repeats * (_steps(inputs[0]) if _is_unrolled(entry["config"]) else 1)
        self._sums.check()
        if kind == "InputLayer":
            return inputs
        if kind in _MODELS:
            return self._measure_nested(entry, inputs, depth + 1)
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
        """Count a layer that is called for each step of a sequence: Keras runs the steps in a Python loop."""
        if depth > MAX_NESTED:
            raise DamagedError(f"more than {MAX_NESTED} layers within each other")
        batch, steps, *step_shape = sequence
        before = self._sums.repeats
        self._sums.repeats *= steps or 1
        outputs = self._measure_layer(entry, [(batch, *step_shape)], depth)
        self._sums.repeats = before
        return [(batch, steps, *shape[1:]) for shape in outputs]

    def _measure_leaf(self, entry: Mapping[str, Any], inputs: list[Shape]) -> list[Shape]:
        kind, sums = entry["class_name"], self._sums
        given = _shapes_given(kind, inputs)
        try:
            layer = self._keras.saving.deserialize_keras_object(dict(entry), safe_mode=True)
            outputs = _shapes(layer.compute_output_shape(*given))
        except Exception as error:  # Keras raises nearly anything for settings that do not fit
            raise DamagedError(f"a layer “{kind}” that does not fit its inputs") from error
        if kind in _RECURRENT and len(inputs) > 1:
            _check_states(layer, inputs)
        sums.activations = max(
            sums.activations, sums.repeats * (sum(map(_numbers, outputs)) + _held_inside(layer, kind, inputs))
        )
        try:
            layer.build(*given)
        except Exception as error:
            raise DamagedError(f"a layer “{kind}” that cannot be built for its inputs") from error
        sums.parameters += layer.count_params()
        sums.multiplications += sums.repeats * _multiplications(layer, kind, inputs, outputs[0])
        sums.check()
        return outputs


def _shapes_given(kind: str, inputs: list[Shape]) -> tuple[Any, ...]:
    """Return what Keras is given as the shapes of a layer's inputs."""
    if kind == _ATTENTION:  # the query, the value and perhaps the key
        return tuple(inputs)
    if kind in _RECURRENT or len(inputs) == 1:  # the states that a recurrent layer may begin with change no shape
        return (inputs[0],)
    return (inputs,)


def _check_states(layer: Any, inputs: list[Shape]) -> None:
    """Raise `DamagedError` where the states that a recurrent layer begins with are not those that it has."""
    cells = [getattr(layer, name) for name in ("forward_layer", "backward_layer") if hasattr(layer, name)] or [layer]
    states = [(inputs[0][0], size) for cell in cells for size in cell.state_size]
    if inputs[1:] != states:
        raise DamagedError(f"states of shapes {inputs[1:]} for a layer that has {states}")


def _held_inside(layer: Any, kind: str, inputs: list[Shape]) -> int:
    """Return how many numbers a layer holds between its inputs and its outputs."""
    if kind != _ATTENTION:
        return 0
    queries, values = _steps(inputs[0]), _steps(inputs[1])
    return layer.num_heads * (queries * values + (queries + values) * (layer.key_dim + layer.value_dim))


def _multiplications(layer: Any, kind: str, inputs: list[Shape], output: Shape) -> int:
    """Return the multiplications, or as costly operations, of a layer that has been built."""
    weights = layer.count_params()
    is_channels_first = getattr(layer, "data_format", None) == "channels_first"
    if kind in _RECURRENT:
        return _steps(inputs[0]) * max(weights, _STEP_MULTIPLICATIONS)
    if kind in _POOLING:  # it compares or adds all numbers of each window
        sides = inputs[0][2:] if is_channels_first else inputs[0][1:-1]
        return _numbers(output) * math.prod(
            min(pool, side or 1) for pool, side in zip(layer.pool_size, sides, strict=True)
        )
    if kind == "Dot":
        axis = layer.axes if isinstance(layer.axes, int) else layer.axes[0]
        return _numbers(output) * (inputs[0][axis] or 1)
    places = _numbers(output[2:]) if is_channels_first else _steps(output)
    if kind == _ATTENTION:
        pairs = layer.num_heads * _steps(inputs[0]) * _steps(inputs[1])
        return max(places, _steps(inputs[1])) * weights + pairs * (layer.key_dim + layer.value_dim)
    return places * weights


def _is_unrolled(config: Mapping[str, Any]) -> bool:
    """Return whether a recurrent layer, or the one that a layer wraps, is built step by step."""
    wrapped = (config.get("layer"), config.get("backward_layer"))
    return bool(config.get("unroll")) or any(
        isinstance(each, dict) and _is_unrolled(each["config"]) for each in wrapped
    )


def _steps(shape: Shape) -> int:
    """Return at how many places of this shape, between its batch and its last axis, there are values."""
    return math.prod(each or 1 for each in shape[1:-1])


def _numbers(shape: Shape) -> int:
    return math.prod(each or 1 for each in shape)


def _shape(value: Any) -> Shape:
    shape = tuple(value)
    if not all(each is None or (type(each) is int and each > 0) for each in shape):
        raise DamagedError(f"{shape} is not the shape of values")
    return shape


def _shapes(value: Any) -> list[Shape]:
    """Return the shapes that Keras gives for a layer's outputs: one shape, or a list or a tuple of shapes."""
    several = bool(value) and all(isinstance(each, list | tuple) for each in value)
    return [_shape(each) for each in value] if several else [_shape(value)]


def _input_shape(config: Mapping[str, Any]) -> Shape:
    """Return the shape of an input layer; the name that Keras 2 gave it comes first, as in Keras 3."""
    return _shape(config["batch_input_shape"] if "batch_input_shape" in config else config["batch_shape"])


def _references(value: list[Any]) -> list[Tensor]:
    """Return the tensors that `input_layers` or `output_layers` name: one triple, or a list of them."""
    triples = [value] if value and isinstance(value[0], str) else value
    return [(name, node, index) for name, node, index in triples]


def _find_inputs(node: Any) -> list[Tensor]:
    """Return the tensors that a call of a layer is given, in the order of `_ARGUMENTS`.

    Keras 3 has `{"args": [...], "kwargs": {...}}`, Keras 2 has a list of `[name, node, index, kwargs]`. Raises
    `ValueError` for tensors elsewhere, and for constants, with which a layer might become larger than by its inputs.
    """
    if isinstance(node, list):
        for _, _, _, *rest in node:
            if any(isinstance(each, list | dict) for kwargs in rest for each in kwargs.values()):
                raise ValueError("a call with more than tensors and single values")
        return [(name, number, index) for name, number, index, *_ in node]
    args, kwargs = node.get("args", []), node.get("kwargs", {})
    if any(list(_find_histories(each)) for each in args[_MAX_POSITIONAL:]):
        raise ValueError("a call with a tensor where a mask is meant")
    found = [each for value in args[:_MAX_POSITIONAL] for each in _find_histories(value)]
    rest = [each for name, value in kwargs.items() if name not in _ARGUMENTS for each in _find_histories(value)]
    if rest:
        raise ValueError("a call with a tensor where a mask is meant")
    return found + [each for name in _ARGUMENTS if name in kwargs for each in _find_histories(kwargs[name])]


def _find_histories(value: Any) -> Iterator[Tensor]:
    """Yield the tensors in an argument: one, a list of them, or none for a single value."""
    if isinstance(value, list):
        for each in value:
            if not isinstance(each, list | dict):
                raise ValueError("a call with a list of numbers")
            yield from _find_histories(each)
    elif isinstance(value, dict):
        if value["class_name"] != "__keras_tensor__":
            raise ValueError(f"a call with a {value['class_name']}")
        name, node, index = value["config"]["keras_history"]
        yield name, node, index
