"""Residual blocks: several Keras layers as one layer of a network."""

import math
from typing import TYPE_CHECKING, Any

from core.config.field_spec import FieldSpec
from core.config.layer_kinds.convolution import fused_convolution
from core.config.layer_kinds.kind import InputForm, LayerFamily, LayerKind, Settings, Shape
from core.config.layer_kinds.normalization import fused_normalized_parts

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def _output_shape(settings: Settings, shape: Shape) -> Shape:
    height, width = (math.ceil(side / settings["strides"]) for side in shape[:2])
    return height, width, settings["filters"]


def _count_weights(settings: Settings, shape: Shape) -> int:
    filters, channels = settings["filters"], shape[-1]
    shortcut = (channels + 4) * filters if _projects(settings, shape) else 0
    return (9 * channels + 9 * filters + 2 * 4) * filters + shortcut


def _projects(settings: Settings, shape: Shape) -> bool:
    """Return whether the shortcut is a convolution, since what leaves the block has another shape than what enters."""
    return settings["strides"] > 1 or shape[-1] != settings["filters"]


def _build(settings: Settings, shape: Shape) -> "keras.Model":
    """Return two convolutions and a shortcut added to their output (He et al., 2015), as one `keras.Model`."""
    import keras

    filters, strides = settings["filters"], settings["strides"]
    inputs: Any = keras.Input(shape)
    inner = keras.layers.ReLU()(_normalized_convolution(inputs, "first", filters, 3, strides))
    inner = _normalized_convolution(inner, "second", filters, 3, 1)
    projects = _projects(settings, shape)
    shortcut = _normalized_convolution(inputs, "shortcut", filters, 1, strides) if projects else inputs
    return keras.Model(inputs, keras.layers.ReLU()(keras.layers.Add()([inner, shortcut])))


def _normalized_convolution(values: Any, name: str, filters: int, kernel_size: int, strides: int) -> Any:
    import keras

    convolution = keras.layers.Conv2D(filters, kernel_size, strides, padding="same", use_bias=False, name=name)
    return keras.layers.BatchNormalization(name=f"{name}_normalised")(convolution(values))


def _is_built(layer: "keras.Layer") -> bool:
    """Return whether a model has exactly the layers and connections of a block; their settings are not compared."""
    import keras

    if not isinstance(layer, keras.Model) or isinstance(layer, keras.Sequential):
        return False
    try:
        return _graph(layer) in (_block_graph(_convolved("shortcut", "input")), _block_graph("input"))
    except (KeyError, TypeError, ValueError, RecursionError, NotImplementedError):  # a model of another make
        return False


def _graph(model: Any) -> Any:
    """Return the computation as nested tuples, from output back to 'input': (class, name, the graphs of its inputs).

    Keras numbers the names of layers that were given none; these are left out.
    """
    config = model.get_config()
    layers = {each["name"]: each for each in config["layers"]}

    def graph(name: str) -> Any:
        layer = layers[name]
        kind, nodes = layer["class_name"], layer["inbound_nodes"]
        if kind == "InputLayer":
            return "input"
        (node,) = nodes
        tensors = node["args"][0] if isinstance(node["args"][0], list | tuple) else [node["args"][0]]
        given = name if kind in ("Conv2D", "BatchNormalization") else ""
        return kind, given, *(graph(each["config"]["keras_history"][0]) for each in tensors)

    (output,), (_,) = _endpoints(config["output_layers"]), _endpoints(config["input_layers"])
    return graph(output)


def _endpoints(tensors: Any) -> list[str]:
    """Return the names of a model's inputs or outputs; Keras writes one as [name, node, tensor], several as a list."""
    return [tensors[0]] if isinstance(tensors[0], str) else [each[0] for each in tensors]


def _block_graph(shortcut: Any) -> Any:
    inner = _convolved("second", ("ReLU", "", _convolved("first", "input")))
    return "ReLU", "", ("Add", "", inner, shortcut)


def _convolved(name: str, values: Any) -> Any:
    return "BatchNormalization", f"{name}_normalised", ("Conv2D", name, values)


def _fused(block: Any, values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    import tensorflow as tf

    return _fused_parts(block, [values], dtype, tf.shape(values)[0])[0]


def _fused_parts(block: Any, parts: "list[tf.Tensor]", dtype: str, count: "tf.Tensor") -> "list[tf.Tensor]":
    import tensorflow as tf

    def normalized(name: str, parts: "list[tf.Tensor]") -> "list[tf.Tensor]":
        convolved = [fused_convolution(block.get_layer(name), part, dtype) for part in parts]
        return fused_normalized_parts(block.get_layer(f"{name}_normalised"), convolved, dtype, count)

    projects = any(layer.name == "shortcut" for layer in block.layers)
    shortcuts = normalized("shortcut", parts) if projects else [tf.cast(part, dtype) for part in parts]
    inner = normalized("second", [tf.nn.relu(part) for part in normalized("first", parts)])
    return [tf.nn.relu(part + shortcut) for part, shortcut in zip(inner, shortcuts, strict=True)]


# The shortcut skips pixels itself: the gradient of TensorFlow's 1×1 convolution with a stride corrupts the heap.
_SCRIPT = '''
def residual(values, filters, strides):
    """Return two convolutions, each normalised, with a shortcut added to them (He et al., 2015)."""
    inner = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(values)
    inner = layers.ReLU()(layers.BatchNormalization()(inner))
    inner = layers.Conv2D(filters, 3, padding="same", use_bias=False)(inner)
    inner = layers.BatchNormalization()(inner)
    if strides > 1 or values.shape[-1] != filters:  # the shortcut takes the shape of what it is added to
        values = layers.Conv2D(filters, 1, use_bias=False)(values[:, ::strides, ::strides])
        values = layers.BatchNormalization()(values)
    return layers.ReLU()(layers.Add()([inner, values]))
'''

KINDS = (
    LayerKind(
        "Residual",
        label="Residual block",
        why="Two 3×3 convolutions, each normalised, and a shortcut around them: the block need only learn what to "
        "change, so deep networks still learn (He et al., 2015).",
        code="res",
        settings={
            "filters": FieldSpec(
                "Filters", "The patterns of both convolutions. The shortcut widens where it must.", 1, 256
            ),
            "strides": FieldSpec("Stride", "With 2 the block halves the picture.", 1, 2),
        },
        defaults={"filters": 32, "strides": 1},
        family=LayerFamily.CONVOLUTION,
        input_form=InputForm.PICTURE,
        output_shape=_output_shape,
        count_weights=_count_weights,
        outputs_held=6,
        words=lambda settings: [f"{settings['filters']} filters", *(["stride 2"] if settings["strides"] > 1 else [])],
        build=_build,
        script=_SCRIPT.strip(),
        is_built=_is_built,
        fused=_fused,
        fused_parts=_fused_parts,
    ),
)
