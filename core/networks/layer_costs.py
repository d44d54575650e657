"""The costs of a layer for one image: the multiplications that it takes and the numbers that it holds."""

import math
from typing import Any

from core.networks.config_tensors import Shape
from core.networks.loaded_layers import ATTENTION, POOLING, RECURRENT

_STEP_MULTIPLICATIONS = 100_000
"""A step of a recurrent layer takes as long as so many multiplications, however few it has."""


def numbers_inside(layer: Any, kind: str, inputs: list[Shape]) -> int:
    """Return how many numbers a layer holds between its inputs and its outputs."""
    if kind != ATTENTION:
        return 0
    queries, values = count_steps(inputs[0]), count_steps(inputs[1])
    return layer.num_heads * (queries * values + (queries + values) * (layer.key_dim + layer.value_dim))


def layer_multiplications(layer: Any, kind: str, inputs: list[Shape], output: Shape) -> int:
    """Return the multiplications, or as costly operations, of a layer that has been built."""
    weights = layer.count_params()
    is_channels_first = getattr(layer, "data_format", None) == "channels_first"
    if kind in RECURRENT:
        return count_steps(inputs[0]) * max(weights, _STEP_MULTIPLICATIONS)
    if kind in POOLING:  # it compares or adds all numbers of each window
        sides = inputs[0][2:] if is_channels_first else inputs[0][1:-1]
        return count_numbers(output) * math.prod(
            min(pool, side or 1) for pool, side in zip(layer.pool_size, sides, strict=True)
        )
    if kind == "Dot":
        axis = layer.axes if isinstance(layer.axes, int) else layer.axes[0]
        return count_numbers(output) * (inputs[0][axis] or 1)
    places = count_numbers(output[2:]) if is_channels_first else count_steps(output)
    if kind == ATTENTION:
        pairs = layer.num_heads * count_steps(inputs[0]) * count_steps(inputs[1])
        return max(places, count_steps(inputs[1])) * weights + pairs * (layer.key_dim + layer.value_dim)
    return places * weights


def count_steps(shape: Shape) -> int:
    """Return at how many places of this shape, between its batch and its last axis, there are values."""
    return math.prod(each or 1 for each in shape[1:-1])


def count_numbers(shape: Shape) -> int:
    """Return how many numbers a tensor of this shape has, of one image."""
    return math.prod(each or 1 for each in shape)
