"""What goes through a stack of layers, reckoned without TensorFlow: shapes, weights, work, what does not fit."""

import math

from core.config.field_spec import ConfigError
from core.config.layer_specs import LAYER_KINDS

INPUT_SHAPE = (28, 28)
NUM_CLASSES = 10
IMAGE_SHAPE = (*INPUT_SHAPE, 1)
OUTPUT_LAYER = {"class_name": "Dense", "units": NUM_CLASSES, "activation": "softmax"}
"""Every network's last layer: a probability for each digit."""

MAX_PARAMETERS = 5_000_000
MAX_MULTIPLICATIONS = 100_000_000
MAX_ACTIVATIONS = 300_000_000
"""What all layers give for one batch, in numbers of 4 bytes; training holds about twice as many at once."""

_PICTURE_KINDS = ("Conv2D", "MaxPooling2D", "AveragePooling2D", "Residual", "GlobalAveragePooling2D")


def check_layers_fit(layers, batch_size: int) -> None:
    """Raise `ConfigError` where the layers do not fit together with the last one, or are too large to train."""
    shapes, problem = infer_shapes(layers)
    if problem:
        raise ConfigError(problem)
    stack = [*layers, OUTPUT_LAYER]
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


def infer_shapes(layers) -> tuple[list[tuple[int, ...]], str]:
    """Return the shape that leaves each layer and the last one, as far as they fit, and the words where they do not."""
    shapes, shape = [], IMAGE_SHAPE
    for place, layer in enumerate(layers, 1):
        problem = _misfit(layer, shape)
        if problem:
            return shapes, f"Layer {place}: {problem}"
        shape = output_shape(layer, shape)
        shapes.append(shape)
    if len(shape) > 1:
        return shapes, (
            "The last layer, Dense 10 softmax, needs a flat input: put Flatten or Global average pooling at the end."
        )
    return [*shapes, (NUM_CLASSES,)], ""


def _misfit(layer, shape):
    """Why this layer cannot take a picture or row of that shape, or ''."""
    name = layer["class_name"]
    label = LAYER_KINDS[name].label
    if name == "Dense" and len(shape) > 1:
        return "Dense needs a flat input: put Flatten before it."
    if name in _PICTURE_KINDS and len(shape) == 1:
        return f"{label} needs a picture, and what comes in is flat: put it before Flatten."
    smallest = layer.get("pool_size") or (layer["kernel_size"] if layer.get("padding") == "valid" else 1)
    if name in _PICTURE_KINDS and min(shape[:2]) < smallest:
        picture = f"a picture of {shape[0]}×{shape[1]} is too small for {smallest}×{smallest}"
        return f"{label}: {picture}. Pool less before it, or pad the convolutions (same)."
    return ""


def output_shape(layer: dict, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that leaves a layer when `shape` goes in, both without the batch axis."""
    match layer["class_name"]:
        case "Flatten":
            return (math.prod(shape),)
        case "GlobalAveragePooling2D":
            return shape[-1:]
        case "Dense":
            return (*shape[:-1], layer["units"])
        case "Reshape":
            return layer["target_shape"]
        case "Conv2D":
            return (*_positions(layer, shape), layer["filters"])
        case "Residual":
            return (*(math.ceil(side / layer["strides"]) for side in shape[:2]), layer["filters"])
        case "MaxPooling2D" | "AveragePooling2D":
            pool = layer.get("pool_size", 2)
            return (shape[0] // pool, shape[1] // pool, shape[2])
        case _:
            return shape


def _positions(layer, shape):
    rim = 0 if layer.get("padding") == "same" else layer["kernel_size"] - 1
    return (math.ceil((side - rim) / layer.get("strides", 1)) for side in shape[:2])


def count_weights(layer: dict, shape: tuple[int, ...]) -> int:
    """Return how many weights a layer has when `shape` goes in."""
    match layer["class_name"]:
        case "Dense":
            return (shape[-1] + 1) * layer["units"]
        case "Conv2D":
            return (layer["kernel_size"] ** 2 * shape[-1] + layer.get("use_bias", True)) * layer["filters"]
        case "BatchNormalization":
            return 4 * shape[-1]  # scale and shift are learned, mean and variance measured
        case "Residual":
            filters, came = layer["filters"], shape[-1]
            shortcut = (came + 4) * filters if layer["strides"] > 1 or came != filters else 0
            return (9 * came + 9 * filters + 2 * 4) * filters + shortcut
        case _:
            return 0


def count_multiplications(layer: dict, before: tuple[int, ...], after: tuple[int, ...]) -> int:
    """Return a layer's multiplications for one image: its weights, at every position of the picture."""
    positions = after[0] * after[1] if layer["class_name"] in ("Conv2D", "Residual") else 1
    return positions * count_weights(layer, before)


def count_activations(layer: dict, after: tuple[int, ...]) -> int:
    """Return how many numbers training holds of a layer for one image: what leaves it, six times in a block."""
    return math.prod(after) * (6 if layer["class_name"] == "Residual" else 1)


def has_convolution(layers) -> bool:
    """Return whether one of the layers is a convolution."""
    return any(layer["class_name"] in ("Conv2D", "Residual") for layer in layers)
