"""Layers that change the form of what passes: a picture to a row of numbers, and a row or an image to a picture."""

import math
from typing import TYPE_CHECKING, Any

from core.config.layer_kinds.kind import InputForm, LayerFamily, LayerKind

if TYPE_CHECKING:
    import tensorflow as tf


def _fused_flatten(layer: Any, values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    import tensorflow as tf

    return tf.reshape(tf.cast(values, tf.float32), (-1, math.prod(layer.output.shape[1:])))


KINDS = (
    LayerKind(
        "Flatten",
        label="Flatten",
        why="Lays the picture's numbers out in one row, as Dense needs them.",
        code="flat",
        output_shape=lambda settings, shape: (math.prod(shape),),
        fused=_fused_flatten,
        each_image=True,
    ),
    LayerKind(
        "GlobalAveragePooling2D",
        label="Global average pooling",
        why="Keeps one number a filter, its mean over the whole picture: a flat row without weights (Lin et al., "
        "2013).",
        code="gap",
        family=LayerFamily.POOLING,
        input_form=InputForm.PICTURE,
        output_shape=lambda settings, shape: shape[-1:],
        each_image=True,
    ),
    LayerKind(
        "Reshape",
        label="Reshape",
        why="Gives the image a channel axis, which convolutions need.",
        output_shape=lambda settings, shape: settings["target_shape"],
        each_image=True,
        offered=False,
    ),
)
