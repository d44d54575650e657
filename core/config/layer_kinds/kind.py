"""The kinds of layer: everything that the form, the config, links, charts, networks and training know of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.config.field_spec import FieldSpec
from core.config.registry import Registry

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

Shape = tuple[int, ...]
"""A shape without the batch axis: (height, width, channels) of a picture, (numbers,) of a row."""

Settings = Mapping[str, Any]
"""The settings of one layer by name, all of them."""

FusedForward = Callable[["keras.Layer", "tf.Tensor", str], "tf.Tensor"]

FusedParts = Callable[["keras.Layer", list["tf.Tensor"], str, "tf.Tensor"], list["tf.Tensor"]]


class LayerFamily(StrEnum):
    """The family of a layer, by its effect on a picture; it sets the colour of its block in a chart.

    The weights of a convolution are used at every position of the picture that leaves it.
    """

    CONVOLUTION = "convolution"
    POOLING = "pooling"
    DENSE = "dense"
    REGULARIZATION = "regularization"
    OTHER = "other"


class InputForm(StrEnum):
    """The input that a layer accepts: a picture (height, width, channels), a row of numbers, or either."""

    PICTURE = "picture"
    ROW = "row"
    ANY = "any"


def _same_shape(settings: Settings, shape: Shape) -> Shape:
    return shape


def _no_weights(settings: Settings, shape: Shape) -> int:
    return 0


def _any_side(settings: Settings) -> int:
    return 1


def _no_words(settings: Settings) -> list[str]:
    return []


@dataclass(frozen=True)
class LayerKind:
    """A kind of layer. Without more than a name, an explanation and a code it is Keras's layer of that class.

    TensorFlow and Keras are imported only inside `build`, `is_built`, `fused` and `fused_parts`.
    """

    name: str
    """The class name by which a config, a JSON file and a bundle hold it: that of the Keras class, where it is one."""
    label: str
    """What people call it."""
    why: str
    """What it does, in a sentence or two for the form."""
    code: str = ""
    """Its short name in a link, letters only. What is not offered in the network builder has none."""
    settings: Mapping[str, FieldSpec] = field(default_factory=dict)
    """Its settings in the order of the form and of a link."""
    defaults: Settings = field(default_factory=dict)
    """The value of each setting that a config leaves out: Keras's own."""
    start: Settings = field(default_factory=dict)
    """Settings of a layer that is newly added in the builder, where they differ from the defaults."""
    family: LayerFamily = LayerFamily.OTHER
    input_form: InputForm = InputForm.ANY
    min_side: Callable[[Settings], int] = _any_side
    """Return the side in pixels of the smallest picture that it accepts."""
    output_shape: Callable[[Settings, Shape], Shape] = _same_shape
    """Return the shape that leaves it when a shape goes in."""
    count_weights: Callable[[Settings, Shape], int] = _no_weights
    """Return how many weights it has when a shape goes in."""
    outputs_held: int = 1
    """How many arrays of its output's size training holds of it."""
    words: Callable[[Settings], list[str]] = _no_words
    """Return its settings in words, which follow its label."""
    build: Callable[[Settings, Shape], "keras.Layer"] | None = None
    """Return the Keras layer when a shape goes in; None builds Keras's class of that name with the settings."""
    script: str = ""
    """The function in plain Keras by which a script for use elsewhere builds it where `build` does so here.

    It is called as the kind is, in lower case, and is given what goes in and the settings: `residual(values, filters,
    strides)`. The script has imported `layers` from keras.
    """
    is_built: Callable[["keras.Layer"], bool] | None = None
    """Return whether a Keras layer is one that `build` made; None where its type is Keras's class of that name."""
    fused: FusedForward | None = None
    """Compute the layer in training, quicker than Keras: (layer, values, dtype of convolutions) → values.

    None calls the Keras layer in float32. What is given here is compared with Keras before each training.
    """
    each_image: bool = False
    """Whether training may compute each part of a batch by itself: an image depends on no other one, and on no seed."""
    fused_parts: FusedParts | None = None
    """Compute all parts of a batch in training, where the whole matters: (layer, parts, dtype, count) → parts.

    `count`: how many images the batch has, () int32; a single image is in both parts.
    """
    offered: bool = True
    """Whether the network builder and a list of layers may have it; the named architectures may have any."""
    substitute: Settings | None = None
    """The layer that the network builder shows in place of one that is not offered; None leaves it out."""

    def __post_init__(self) -> None:
        if self.settings.keys() != self.defaults.keys():
            raise ValueError(f"The layer kind {self.name} needs a default for each of its settings, and no others.")
        if self.offered and not self.code.isalpha():
            raise ValueError(f"The layer kind {self.name} needs a code of letters for links, not {self.code!r}.")

    def complete(self, layer: Settings) -> dict[str, Any]:
        """Return all settings of a layer of this kind, the defaults where it has none of its own."""
        return {**self.defaults, **{name: value for name, value in layer.items() if name != "class_name"}}

    def describe(self, layer: Settings) -> str:
        """Return a layer of this kind as a person says it: Convolution, 32 filters 3×3, relu."""
        return ", ".join([self.label, *self.words(self.complete(layer))])

    def build_layer(self, layer: Settings, shape: Shape) -> "keras.Layer":
        """Return the Keras layer for settings of this kind when `shape` goes in."""
        settings = self.complete(layer)
        return self.build(settings, shape) if self.build else self._keras_class()(**settings)

    def has_built(self, layer: "keras.Layer") -> bool:
        """Return whether this is a layer that `build_layer` makes, by its exact type or, for a block, its structure."""
        return self.is_built(layer) if self.is_built else type(layer) is self._keras_class()

    def _keras_class(self) -> type["keras.Layer"]:
        import keras

        return getattr(keras.layers, self.name)


class LayerKinds(Registry[LayerKind]):
    """The kinds of layer by name; their codes in links are each used once, too."""

    def register(self, entry: LayerKind) -> LayerKind:
        """Add the kind and return it; raises `ValueError` where its name or its code is taken."""
        if entry.offered and entry.code in self.by_code:
            raise ValueError(f"The code {entry.code!r} in links is {self.by_code[entry.code].name}'s; choose another.")
        return super().register(entry)

    @property
    def offered(self) -> dict[str, LayerKind]:
        """Return the kinds that the network builder offers, by name."""
        return {name: kind for name, kind in self.items() if kind.offered}

    @property
    def by_code(self) -> dict[str, LayerKind]:
        """Return the kinds that a link can name, by their codes."""
        return {kind.code: kind for kind in self.offered.values()}


LAYER_KINDS = LayerKinds()
"""Every kind of layer by its name; a Residual is a block of several layers."""


def kind_of(layer: Settings) -> LayerKind:
    """Return the kind of a layer that is given as plain data with its `class_name`."""
    return LAYER_KINDS[layer["class_name"]]
