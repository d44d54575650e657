"""Pooling: a picture made smaller, one number for each square."""

from typing import TYPE_CHECKING, Any

from core.config.field_spec import FieldSpec
from core.config.layer_kinds.kind import FusedForward, InputForm, LayerFamily, LayerKind, Settings, Shape

if TYPE_CHECKING:
    import tensorflow as tf

_POOL = FieldSpec("Pool", "The side of each square that becomes one number; the picture shrinks by as much.", 2, 7)


def _output_shape(settings: Settings, shape: Shape) -> Shape:
    pool = settings["pool_size"]
    return shape[0] // pool, shape[1] // pool, shape[2]


def _fused_max(layer: Any, values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    import tensorflow as tf

    return tf.nn.max_pool2d(values, layer.pool_size, layer.strides, layer.padding.upper())


def _fused_average(layer: Any, values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    import tensorflow as tf

    return tf.nn.avg_pool2d(values, layer.pool_size, layer.strides, layer.padding.upper())


def _pooling(name: str, label: str, why: str, code: str, fused: FusedForward) -> LayerKind:
    return LayerKind(
        name,
        label=label,
        why=why,
        code=code,
        settings={"pool_size": _POOL},
        defaults={"pool_size": 2},
        family=LayerFamily.POOLING,
        input_form=InputForm.PICTURE,
        min_side=lambda settings: settings["pool_size"],
        output_shape=_output_shape,
        words=lambda settings: [f"{settings['pool_size']}×{settings['pool_size']}"],
        fused=fused,
        each_image=True,
    )


KINDS = (
    _pooling(
        "MaxPooling2D",
        "Max pooling",
        "Keeps the strongest number of each square: a smaller picture, and a pattern may shift a little unnoticed.",
        "max",
        _fused_max,
    ),
    _pooling(
        "AveragePooling2D",
        "Average pooling",
        "Keeps the mean of each square, as the first convolutional networks did.",
        "avg",
        _fused_average,
    ),
)
