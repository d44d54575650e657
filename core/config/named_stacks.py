"""Networks that are known by name, as lists of layers."""

from typing import Any

from core.config.layer_specs import LayerSpec, parse_layers


def _convolution(filters: int, kernel_size: int = 3, **more: Any) -> dict[str, Any]:
    return {"class_name": "Conv2D", "filters": filters, "kernel_size": kernel_size, **more}


def _dense(units: int, activation: str) -> dict[str, Any]:
    return {"class_name": "Dense", "units": units, "activation": activation}


def _residual(filters: int, strides: int = 1) -> dict[str, Any]:
    return {"class_name": "Residual", "filters": filters, "strides": strides}


_FLATTEN = {"class_name": "Flatten"}
_POOLED = {"class_name": "MaxPooling2D"}
_AVERAGED = {"class_name": "AveragePooling2D"}
_NORMALISED = [{"class_name": "BatchNormalization"}, {"class_name": "Activation", "activation": "relu"}]

LINEAR: tuple[LayerSpec, ...] = parse_layers([_FLATTEN])
"""Softmax regression: ten weighted sums of the pixels, and nothing between."""

LENET_5: tuple[LayerSpec, ...] = parse_layers(
    [
        _convolution(6, 5, padding="same", activation="tanh"),
        _AVERAGED,
        _convolution(16, 5, activation="tanh"),
        _AVERAGED,
        _convolution(120, 5, activation="tanh"),
        _FLATTEN,
        _dense(84, "tanh"),
    ]
)
"""LeNet-5 (LeCun, Bottou, Bengio and Haffner, 1998): its 32×32 input is MNIST's 28×28 padded by 2.

As published it differs in this: each pooling has a weight and a bias of its own, the second convolution sees only some
of the first's maps, tanh is scaled, and the output is the distance to a drawn digit instead of softmax.
"""

RESIDUAL: tuple[LayerSpec, ...] = parse_layers(
    [
        _convolution(16, padding="same", use_bias=False),
        *_NORMALISED,
        _residual(16),
        _residual(32, strides=2),
        _residual(64, strides=2),
        {"class_name": "GlobalAveragePooling2D"},
    ]
)
"""A small residual network (He et al., 2015): three blocks, each but the first at half the picture."""

MINUTE: tuple[LayerSpec, ...] = parse_layers(
    [
        _convolution(16, use_bias=False),
        _POOLED,
        *_NORMALISED,
        _convolution(32, use_bias=False),
        *_NORMALISED,
        _convolution(32, use_bias=False),
        *_NORMALISED,
        _POOLED,
        _convolution(64, use_bias=False),
        *_NORMALISED,
        _FLATTEN,
        {"class_name": "Dropout", "rate": 0.2},
    ]
)
"""As little as reads 99 % after two epochs: pooling comes early, for the first pictures cost most."""

OVERFITTING: tuple[LayerSpec, ...] = parse_layers([_FLATTEN, _dense(512, "relu"), _dense(512, "relu")])
"""More weights than a thousand images can teach, and nothing that holds them back: it learns its images by heart."""

NAMED_STACKS: dict[str, tuple[LayerSpec, ...]] = {
    "linear": LINEAR,
    "lenet-5": LENET_5,
    "residual": RESIDUAL,
    "minute": MINUTE,
    "overfitting": OVERFITTING,
}
"""The networks by the name under which runs and charts show them."""

STACK_LABELS = {
    "linear": "Linear",
    "lenet-5": "LeNet-5",
    "residual": "Residual",
    "minute": "Minute",
    "overfitting": "Overfitting",
}
"""What people call them."""
