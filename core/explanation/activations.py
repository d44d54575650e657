"""The activations of every layer of a network for one digit, also of the layers inside residual blocks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.explanation.network import trace
from core.networks.builder import import_keras
from core.recognition.recognizer import Recognizer

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

_PASSING = ("Reshape", "Flatten", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout")


@dataclass(frozen=True, eq=False)
class LayerActivations:
    """One layer's activations for one digit: `values` is (h, w, units), (steps, units) or (units,).

    `block` numbers the residual block or other nested network that the layer is part of, from 1; 0 for none. `inputs`
    are the values that entered the layer, of the same forms. `input_shape` is the form in which the first of them left
    the layer that made it: before it was laid out in a row, for example. `reads_pixels` says whether it is the image.
    """

    layer: "keras.Layer"
    block: int
    values: np.ndarray
    inputs: tuple[np.ndarray, ...]
    input_shape: tuple[int, ...]
    reads_pixels: bool

    @property
    def kind(self) -> str:
        """Return the name of the layer's class."""
        return type(self.layer).__name__

    @property
    def passes(self) -> bool:
        """Return whether the layer leaves every value as it is."""
        return passes(self.layer)

    @property
    def units(self) -> int:
        """Return how many units, filters or channels the layer has."""
        return self.values.shape[-1]


def passes(layer: "keras.Layer") -> bool:
    """Return whether a layer leaves every value as it is where nothing is trained."""
    return type(layer).__name__ in _PASSING


@dataclass(eq=False)
class RecordedLayer:
    """One use of a layer while a network is traced: the tensors that entered it, and the one that left it."""

    layer: "keras.Layer"
    block: int
    inputs: list[Any]
    output: Any


@dataclass(eq=False)
class LayerRecord:
    """All layers of a network as they are used, in order; a nested network's are those of the layers inside.

    A tensor that a layer passes on as it is keeps its identity.
    """

    layers: list[RecordedLayer] = field(default_factory=list)
    blocks: int = 0

    def run(self, model: "keras.Model", values: Any, block: int = 0) -> Any:
        """Return what a model makes of tensors, and record its layers; each is called once."""
        if isinstance(model, import_keras().Sequential):
            for layer in model.layers:
                values = self._call(layer, block)(values)
            return values
        # Keras has no public way to see what passes between the layers: their `output` tensors may be of other graphs,
        # as in a Sequential, which makes its graph anew for each layer that is added.
        inputs = model._standardize_inputs(values)
        return model._run_through_graph(inputs, operation_fn=lambda operation: self._call(operation, block))

    def _call(self, operation: Any, block: int) -> Callable[..., Any]:
        keras = import_keras()

        def call(*values: Any, **settings: Any) -> Any:
            if isinstance(operation, keras.Model) and len(values) == 1:
                self.blocks += 1
                return self.run(operation, values[0], self.blocks)
            output = operation(*values, **settings)
            if isinstance(operation, keras.Layer):
                self.layers.append(RecordedLayer(operation, block, keras.tree.flatten(values), _first(output)))
            return output

        return call


class ActivationReader:
    """All layers of a network as one traced function, so that an answer to a new stroke comes at once."""

    def __init__(self, reader: Recognizer) -> None:
        """Trace the layers of the reader's network; raises `ExplanationError`."""
        self.reader = reader
        self._tensors: dict[int, Any] = {}  # by identity, in the order in which they are returned
        self._record = LayerRecord()
        self._traced = trace(self._outputs, ((1, 28, 28), "uint8"))

    def read(self, image: np.ndarray) -> list[LayerActivations]:
        """Return the activations of each layer, in order, for an image (28, 28) uint8 in MNIST form.

        Raises `ExplanationError`.
        """
        found = [np.atleast_1d(output.numpy()[0]) for output in self._traced(image[None])]
        values = dict(zip(self._tensors, found, strict=True))
        return [
            LayerActivations(
                each.layer,
                each.block,
                values[id(each.output)],
                tuple(values[id(tensor)] for tensor in each.inputs),
                *self._origin(each, values),
            )
            for each in self._record.layers
        ]

    def _outputs(self, images: "tf.Tensor") -> Any:
        import tensorflow as tf

        pixels = tf.cast(images, tf.float32) / 255.0
        self._record = LayerRecord()
        self._record.run(self.reader.model, pixels)
        tensors = [pixels, *(tensor for each in self._record.layers for tensor in (*each.inputs, each.output))]
        self._tensors = {id(tensor): tensor for tensor in tensors}
        return list(self._tensors.values())

    def _origin(self, layer: RecordedLayer, values: dict[int, np.ndarray]) -> tuple[tuple[int, ...], bool]:
        """Return the form in which a layer's first input was made, and whether it is the image."""
        makers = {id(each.output): each for each in reversed(self._record.layers)}  # the first that returned it
        tensor, pixels = id(layer.inputs[0]), next(iter(self._tensors))
        while tensor != pixels and (maker := makers.get(tensor)) and passes(maker.layer):
            tensor = id(maker.inputs[0])
        return values[tensor].shape, tensor == pixels


def _first(output: Any) -> Any:
    """Return the first of a layer's outputs: some return their state as well."""
    return import_keras().tree.flatten(output)[0]
