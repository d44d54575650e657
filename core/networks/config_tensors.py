"""The tensors between the layers of a Keras config, as Keras 2 and Keras 3 write them: their shapes and their names."""

from collections.abc import Iterator, Mapping
from typing import Any

Shape = tuple[int | None, ...]
Tensor = tuple[str, int, int]
"""A tensor in a config: the name of the layer that returns it, the number of its call, the place among its outputs."""

_ARGUMENTS = ("inputs", "sequences", "query", "value", "key", "initial_state")
"""The arguments of a layer's call that may be tensors, in the order in which they are measured."""

_MAX_POSITIONAL = 3


class DamagedError(ValueError):
    """A network whose layers cannot be put together."""


def shape_of(value: Any) -> Shape:
    """Return the shape in a config, or that Keras gives; raises `DamagedError` where no tensor has it."""
    shape = tuple(value)
    if not all(each is None or (type(each) is int and each > 0) for each in shape):
        raise DamagedError(f"{shape} is not the shape of values")
    return shape


def shapes_of(value: Any) -> list[Shape]:
    """Return the shapes that Keras gives for a layer's outputs: one shape, or a list or a tuple of shapes."""
    several = bool(value) and all(isinstance(each, list | tuple) for each in value)
    return [shape_of(each) for each in value] if several else [shape_of(value)]


def input_shape(config: Mapping[str, Any]) -> Shape:
    """Return the shape of an input layer; the name that Keras 2 gave it comes first, as in Keras 3."""
    return shape_of(config["batch_input_shape"] if "batch_input_shape" in config else config["batch_shape"])


def named_tensors(value: list[Any]) -> list[Tensor]:
    """Return the tensors that `input_layers` or `output_layers` name: one triple, or a list of them."""
    triples = [value] if value and isinstance(value[0], str) else value
    return [(name, node, index) for name, node, index in triples]


def find_inputs(node: Any) -> list[Tensor]:
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
