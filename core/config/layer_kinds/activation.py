"""Activation functions: as a setting of other layers, and as layers of their own."""

from typing import TYPE_CHECKING, Any

from core.config.field_spec import FieldSpec
from core.config.layer_kinds.kind import LayerKind

if TYPE_CHECKING:
    import tensorflow as tf

ACTIVATIONS = ("linear", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "softmax")

ACTIVATION_SPEC = FieldSpec(
    "Activation",
    "The function that is applied to the layer's sums; without one (linear), a stack of layers is no more than a "
    "single layer. ReLU is quick and learns well; tanh and sigmoid are the older ones, which saturate.",
    options=ACTIVATIONS,
    names=(
        ("linear", "None (linear)"),
        ("relu", "ReLU"),
        ("leaky_relu", "Leaky ReLU"),
        ("elu", "ELU"),
        ("gelu", "GELU"),
        ("silu", "SiLU"),
        ("tanh", "tanh"),
    ),
)
"""The setting of every layer that has an activation function."""


def activation_words(name: str) -> list[str]:
    """Return the activation function as a word, none where there is none (linear)."""
    return [] if name == "linear" else [name]


def _fused_activation(layer: Any, values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    return layer.activation(values)


def _fused_relu(layer: Any, values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    import tensorflow as tf

    return tf.nn.relu(values)


KINDS = (
    LayerKind(
        "Activation",
        label="Activation",
        why="Applies an activation function, as a layer of its own: after batch normalisation, for example.",
        code="act",
        settings={"activation": ACTIVATION_SPEC},
        defaults={"activation": "relu"},
        words=lambda settings: [settings["activation"]],
        fused=_fused_activation,
        each_image=True,
    ),
    LayerKind(
        "ReLU",
        label="ReLU",
        why="Replaces negative numbers by 0.",
        fused=_fused_relu,
        each_image=True,
        offered=False,
        substitute={"class_name": "Activation", "activation": "relu"},
    ),
)
