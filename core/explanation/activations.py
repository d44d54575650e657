"""The activations of every layer of a network for one digit, also of the layers inside residual blocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.explanation.network import NOT_OPEN, ExplanationError, trace
from core.networks.builder import import_keras
from core.recognition.recognizer import Recognizer

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

_UNCHANGED = ("InputLayer", "Reshape", "Flatten", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise")
"""Kinds of layers that leave every value as it is where nothing is trained."""


@dataclass(frozen=True, eq=False)
class LayerActivations:
    """One layer's activations for one digit: `values` is (h, w, units), (steps, units) or (units,).

    `block` numbers the residual block or other nested network that the layer is part of, from 1; 0 for none.
    """

    name: str
    kind: str
    block: int
    values: np.ndarray

    @property
    def units(self) -> int:
        """Return how many units, filters or channels the layer has."""
        return self.values.shape[-1]


class ActivationReader:
    """All layers of a network as one traced function, so that an answer to a new stroke comes at once."""

    def __init__(self, reader: Recognizer) -> None:
        """Trace the layers of the reader's network; raises `ExplanationError`."""

        def outputs(images: "tf.Tensor") -> Any:
            import tensorflow as tf

            values = network(tf.cast(images, tf.float32) / 255.0, training=False)
            return values if isinstance(values, list) else [values]

        try:
            found = list(_layer_outputs(reader.model))
            network = import_keras().Model(reader.model.inputs, [output for *_, output in found])
        except Exception as error:  # Keras raises nearly anything on layers that anyone may have put together
            raise ExplanationError(NOT_OPEN) from error
        self._layers = [(layer, block) for layer, block, _ in found]
        self._traced = trace(outputs, ((1, 28, 28), "uint8"))

    def read(self, image: np.ndarray) -> list[LayerActivations]:
        """Return the activations of each layer, in order, for an image (28, 28) uint8 in MNIST form."""
        outputs = self._traced(image[None])
        return [
            LayerActivations(layer.name, type(layer).__name__, block, output.numpy()[0])
            for (layer, block), output in zip(self._layers, outputs, strict=True)
        ]


def _layer_outputs(model: "keras.Model") -> Iterator[tuple["keras.Layer", int, Any]]:
    """Yield every layer that changes values, the number of the nested network it is in, and its output.

    The outputs of nested networks are those of the layers inside. Of a layer that is used more than once, the output is
    that of its first use.
    """
    keras, blocks = import_keras(), 0
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            blocks += 1
            inner = list(_layer_outputs(layer))
            part = keras.Model(layer.inputs, [output for *_, output in inner])
            # Keras has no public name for the tensors with which the nested network was called.
            outputs = part(layer._inbound_nodes[0].input_tensors)
            for (each, *_), output in zip(inner, outputs if len(inner) > 1 else [outputs], strict=True):
                yield each, blocks, output
        elif type(layer).__name__ not in _UNCHANGED:
            yield layer, 0, layer.output
