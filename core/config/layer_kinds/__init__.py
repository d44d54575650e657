"""The kinds of layer that a network can be made of: one entry each, in the `KINDS` of the module of its family."""

from core.config.layer_kinds import (
    activation,
    convolution,
    dense,
    dropout,
    flattening,
    normalization,
    pooling,
    residual,
)
from core.config.layer_kinds.activation import ACTIVATIONS
from core.config.layer_kinds.kind import LAYER_KINDS, InputForm, LayerFamily, LayerKind, Settings, Shape, kind_of

__all__ = [
    "ACTIVATIONS",
    "LAYER_KINDS",
    "InputForm",
    "LayerFamily",
    "LayerKind",
    "Settings",
    "Shape",
    "kind_of",
]

# In the order in which the network builder offers them.
for _family in (convolution, pooling, residual, normalization, activation, dropout, flattening, dense):
    for _kind in _family.KINDS:
        LAYER_KINDS.register(_kind)
