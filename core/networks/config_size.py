"""Measurement of the network that a Keras config describes, computed layer by layer without building the network.

Each layer by itself is made and asked for its output shape and its weights, whose memory is not taken. As soon as the
layers so far exceed the limits the rest is not looked at, so a config costs no more than what is loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.networks.config_tensors import (
    DamagedError,
    Shape,
    find_inputs,
    input_shape,
    named_tensors,
    shape_of,
    shapes_of,
)
from core.networks.layer_costs import count_numbers, count_steps, layer_multiplications, numbers_inside
from core.networks.loaded_layers import ATTENTION, MODELS, RECURRENT, TIME_DISTRIBUTED
from core.networks.size_limits import NetworkSize

MAX_NESTED = 8
"""How deep models and wrapped layers may lie within each other."""


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
    """The shapes of a network's inputs and outputs, with None for the batch."""

    inputs: list[Shape]
    outputs: list[Shape]


def measure(keras: Any, config: Mapping[str, Any], limit: NetworkSize) -> MeasuredShapes:
    """Return the shapes of the network that a config describes, all of whose layers are `LAYERS` of loaded_layers.

    Must be called in a `keras.StatelessScope`, in which weights have a shape but no memory. Raises `TooLargeError`,
    `DamagedError` where its layers do not fit together, and nearly anything else for a config of a form not known here.
    """
    if config.get("class_name") not in MODELS:
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
                return [input_shape(first["config"])]
            if "input_shape" in first["config"] or (
                "input_dim" in first["config"] and first["class_name"] != "Embedding"
            ):
                raise ValueError("a first layer that brings an input of its own")  # Keras would build it for that
            return [shape_of(config["build_input_shape"])]
        layers = {each["name"]: each for each in config["layers"]}
        return [input_shape(layers[name]["config"]) for name, _, _ in named_tensors(config["input_layers"])]

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
        known = dict(zip(named_tensors(config["input_layers"]), inputs, strict=True))
        calls = [
            (entry, number, find_inputs(node))
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
            for name, number, index in named_tensors(config["output_layers"])
        ]

    def _measure_layer(self, entry: Mapping[str, Any], inputs: list[Shape], depth: int) -> list[Shape]:
        """Count a layer that is given inputs of these shapes; return the shapes of its outputs."""
        kind = entry["class_name"]
        if kind == TIME_DISTRIBUTED:
            return self._measure_each_step(entry["config"]["layer"], inputs[0], depth + 1)
        self._sums.layers += self._sums.repeats * (count_steps(inputs[0]) if _is_unrolled(entry["config"]) else 1)
        self._sums.check()
        if kind == "InputLayer":
            return inputs
        if kind in MODELS:
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
            outputs = shapes_of(layer.compute_output_shape(*given))
        except Exception as error:  # Keras raises nearly anything for settings that do not fit
            raise DamagedError(f"a layer “{kind}” that does not fit its inputs") from error
        if kind in RECURRENT and len(inputs) > 1:
            _check_states(layer, inputs)
        sums.activations = max(
            sums.activations, sums.repeats * (sum(map(count_numbers, outputs)) + numbers_inside(layer, kind, inputs))
        )
        try:
            layer.build(*given)
        except Exception as error:
            raise DamagedError(f"a layer “{kind}” that cannot be built for its inputs") from error
        sums.parameters += layer.count_params()
        sums.multiplications += sums.repeats * layer_multiplications(layer, kind, inputs, outputs[0])
        sums.check()
        return outputs


def _shapes_given(kind: str, inputs: list[Shape]) -> tuple[Any, ...]:
    """Return what Keras is given as the shapes of a layer's inputs."""
    if kind == ATTENTION:  # the query, the value and perhaps the key
        return tuple(inputs)
    if kind in RECURRENT or len(inputs) == 1:  # the states that a recurrent layer may begin with change no shape
        return (inputs[0],)
    return (inputs,)


def _check_states(layer: Any, inputs: list[Shape]) -> None:
    """Raise `DamagedError` where the states that a recurrent layer begins with are not those that it has."""
    cells = [getattr(layer, name) for name in ("forward_layer", "backward_layer") if hasattr(layer, name)] or [layer]
    states = [(inputs[0][0], size) for cell in cells for size in cell.state_size]
    if inputs[1:] != states:
        raise DamagedError(f"states of shapes {inputs[1:]} for a layer that has {states}")


def _is_unrolled(config: Mapping[str, Any]) -> bool:
    """Return whether a recurrent layer, or the one that a layer wraps, is built step by step."""
    wrapped = (config.get("layer"), config.get("backward_layer"))
    return bool(config.get("unroll")) or any(
        isinstance(each, dict) and _is_unrolled(each["config"]) for each in wrapped
    )
