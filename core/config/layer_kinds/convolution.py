"""Convolutions."""

import math
from typing import TYPE_CHECKING, Any

from core.config.field_spec import FieldSpec
from core.config.layer_kinds.activation import ACTIVATION_SPEC, activation_words
from core.config.layer_kinds.kind import InputForm, LayerFamily, LayerKind, Settings, Shape

if TYPE_CHECKING:
    import tensorflow as tf


def _output_shape(settings: Settings, shape: Shape) -> Shape:
    trimmed_px = 0 if settings["padding"] == "same" else settings["kernel_size"] - 1
    height, width = (math.ceil((side - trimmed_px) / settings["strides"]) for side in shape[:2])
    return height, width, settings["filters"]


def _count_weights(settings: Settings, shape: Shape) -> int:
    return (settings["kernel_size"] ** 2 * shape[-1] + settings["use_bias"]) * settings["filters"]


def _words(settings: Settings) -> list[str]:
    return [
        f"{settings['filters']} filters {settings['kernel_size']}×{settings['kernel_size']}",
        *([f"stride {settings['strides']}"] if settings["strides"] > 1 else []),
        *(["padded"] if settings["padding"] == "same" else []),
        *activation_words(settings["activation"]),
    ]


def fused_convolution(layer: Any, values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    """Return what a `keras.layers.Conv2D` computes of `values`, computed in `dtype` and returned in it."""
    import tensorflow as tf

    strides = layer.strides
    if tuple(layer.kernel_size) == (1, 1) and max(strides) > 1:
        # The gradient of TensorFlow's own corrupts the heap where there are few filters, so pixels are skipped here.
        values, strides = values[:, :: strides[0], :: strides[1]], 1
    values = tf.nn.conv2d(tf.cast(values, dtype), tf.cast(layer.kernel, dtype), strides, layer.padding.upper())
    if layer.use_bias:
        # Not `bias_add`: its gradient would be fused into the kernel's, which takes oneDNN longer than both apart.
        values += tf.cast(layer.bias, dtype)
    return layer.activation(values)


KINDS = (
    LayerKind(
        "Conv2D",
        label="Convolution",
        why="Small patterns, each looked for at every place of the picture: few weights, and a stroke counts wherever "
        "it lies.",
        code="conv",
        settings={
            "filters": FieldSpec("Filters", "How many patterns it looks for. More see more, and take longer.", 1, 512),
            "kernel_size": FieldSpec(
                "Kernel", "The side of a pattern in pixels; two of 3 see as far as one of 5.", 1, 11
            ),
            "strides": FieldSpec("Stride", "How many pixels it moves at a time; with 2 the picture halves.", 1, 4),
            "padding": FieldSpec(
                "Padding",
                "valid: only where the kernel fits, so the picture loses a rim. same: zeros around it keep its size.",
                options=("valid", "same"),
            ),
            "activation": ACTIVATION_SPEC,
            "use_bias": FieldSpec(
                "Bias", "A number of its own for each filter; needless where batch normalisation follows."
            ),
        },
        defaults={
            "filters": 32,
            "kernel_size": 3,
            "strides": 1,
            "padding": "valid",
            "activation": "linear",
            "use_bias": True,
        },
        start={"activation": "relu"},
        family=LayerFamily.CONVOLUTION,
        input_form=InputForm.PICTURE,
        min_side=lambda settings: settings["kernel_size"] if settings["padding"] == "valid" else 1,
        output_shape=_output_shape,
        count_weights=_count_weights,
        words=_words,
        fused=fused_convolution,
        each_image=True,
    ),
)
