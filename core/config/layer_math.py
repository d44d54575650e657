"""Shapes, weights and work of a list of layers, and its misfits, computed without TensorFlow."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.config.field_spec import ConfigError
from core.config.layer_kinds import InputForm, LayerFamily, Shape, kind_of

INPUT_SHAPE = (28, 28)
NUM_DIGITS = 10
IMAGE_SHAPE = (*INPUT_SHAPE, 1)

MAX_PARAMETERS = 5_000_000
MAX_MULTIPLICATIONS = 100_000_000
MAX_ACTIVATIONS = 300_000_000
"""What all layers compute for one batch, in numbers of 4 bytes; training holds about twice as many at once."""

Layer = Mapping[str, Any]
"""A layer as plain data: its `class_name` and its settings, or some of them."""


def output_layer(classes: int) -> dict[str, Any]:
    """Return every network's last layer: a probability for each class."""
    return {"class_name": "Dense", "units": classes, "activation": "softmax"}


def check_layers_fit(layers: Sequence[Layer], batch_size: int, classes: int = NUM_DIGITS) -> None:
    """Raise `ConfigError` where the layers do not fit together with the last one, or are too large to train."""
    shapes, problem = infer_shapes(layers, classes)
    if problem:
        raise ConfigError(problem)
    stack = [*layers, output_layer(classes)]
    before = [IMAGE_SHAPE, *shapes]
    weights = sum(map(count_weights, stack, before))
    if weights > MAX_PARAMETERS:
        raise ConfigError(
            f"The network has {weights:,} weights; at most {MAX_PARAMETERS:,} are trained. "
            "Pool before the first Dense, or make the largest layer smaller."
        )
    work = sum(map(count_multiplications, stack, before, before[1:]))
    if work > MAX_MULTIPLICATIONS:
        raise ConfigError(
            f"The network takes {work:,} multiplications for one image; at most {MAX_MULTIPLICATIONS:,} are trained. "
            "Pool earlier, or use fewer filters."
        )
    held = batch_size * sum(map(count_activations, stack, before[1:]))
    if held > MAX_ACTIVATIONS:
        raise ConfigError(
            f"A batch of {batch_size} fills {held:,} numbers in this network; at most {MAX_ACTIVATIONS:,} fit. "
            "Use smaller batches, fewer filters, or pool earlier."
        )


def infer_shapes(layers: Iterable[Layer], classes: int = NUM_DIGITS) -> tuple[list[Shape], str]:
    """Return the shape that leaves each layer and the last one, as far as they fit, and the words where they do not."""
    shapes: list[Shape] = []
    shape: Shape = IMAGE_SHAPE
    for place, layer in enumerate(layers, 1):
        problem = _misfit(layer, shape)
        if problem:
            return shapes, f"Layer {place}: {problem}"
        shape = output_shape(layer, shape)
        shapes.append(shape)
    if len(shape) > 1:
        return shapes, (
            f"The last layer, Dense {classes} softmax, needs a flat input: "
            "put Flatten or Global average pooling at the end."
        )
    return [*shapes, (classes,)], ""


def _misfit(layer: Layer, shape: Shape) -> str:
    """Return why this layer does not accept a picture or row of that shape, or ''."""
    kind, is_row = kind_of(layer), len(shape) == 1
    if kind.input_form is InputForm.ROW and not is_row:
        return f"{kind.label} needs a flat input: put Flatten before it."
    if kind.input_form is InputForm.PICTURE and is_row:
        return f"{kind.label} needs a picture, and what comes in is flat: put it before Flatten."
    smallest = kind.min_side(kind.complete(layer))
    if kind.input_form is InputForm.PICTURE and min(shape[:2]) < smallest:
        picture = f"a picture of {shape[0]}×{shape[1]} is too small for {smallest}×{smallest}"
        return f"{kind.label}: {picture}. Pool less before it, or pad the convolutions (same)."
    return ""


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the shape that leaves a layer when `shape` goes in, both without the batch axis."""
    kind = kind_of(layer)
    return kind.output_shape(kind.complete(layer), shape)


def count_weights(layer: Layer, shape: Shape) -> int:
    """Return how many weights a layer has when `shape` goes in."""
    kind = kind_of(layer)
    return kind.count_weights(kind.complete(layer), shape)


def count_multiplications(layer: Layer, before: Shape, after: Shape) -> int:
    """Return a layer's multiplications for one image: its weights, at every position of the picture."""
    positions = after[0] * after[1] if kind_of(layer).family is LayerFamily.CONVOLUTION else 1
    return positions * count_weights(layer, before)


def count_activations(layer: Layer, after: Shape) -> int:
    """Return how many numbers training holds of a layer for one image: its output, and in a block those within."""
    return math.prod(after) * kind_of(layer).outputs_held


def has_convolution(layers: Iterable[Layer]) -> bool:
    """Return whether one of the layers is a convolution."""
    return any(kind_of(layer).family is LayerFamily.CONVOLUTION for layer in layers)
