"""Damage done to pictures and to a network on purpose, and what is left of its accuracy."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from core.config.percent import percent, probability_percent
from core.datasets.mnist import Images, load_mnist
from core.explanation.network import ExplanationError, trace
from core.networks.batching import predict_in_batches
from core.networks.builder import import_keras
from core.recognition.recognizer import Recognizer

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

TEST_IMAGES = 1000
_TINY = 1e-30  # added to a probability before its logarithm is taken
_OTHER_KERNELS = ("Conv2DTranspose", "DepthwiseConv2D")
"""Kinds of layers whose kernels do not have the units last."""


@dataclass(frozen=True)
class Damage:
    """One damage: pictures turned clockwise and shifted to the right, noise on them, silenced units of one layer.

    noise: its standard deviation, 1 is the step from paper to ink. silenced: a share, 0 to 1, of the units of the layer
    of that number in `BreakableNetwork.layers`; their weights are 0, so they give the same whatever the picture.
    """

    turn_deg: int = 0
    shift_px: int = 0
    noise: float = 0.0
    layer: int = 0
    silenced: float = 0.0


@dataclass(frozen=True, eq=False)
class DamageView:
    """The effect of a damage: `picture` (28, 28) uint8, and sentences on how it is read and on the accuracy."""

    picture: np.ndarray
    reading: str
    accuracy: str
    change: str


def damage_images(images: np.ndarray, damage: Damage) -> np.ndarray:
    """Return images (n, 28, 28) uint8 turned, shifted and with noise; the noise is the same each time."""
    changed = images
    if damage.turn_deg or damage.shift_px:
        matrix = cv2.getRotationMatrix2D((13.5, 13.5), -damage.turn_deg, 1)
        matrix[0, 2] += damage.shift_px
        changed = np.stack([cv2.warpAffine(each, matrix, (28, 28)) for each in images])
    if damage.noise:
        noise = np.random.default_rng(0).normal(0, 255 * damage.noise, images.shape)
        changed = np.clip(np.round(changed + noise), 0, 255).astype(np.uint8)
    return changed


class BreakableNetwork:
    """A copy of a reader's network whose units can be silenced; the reader's own stays as it is."""

    def __init__(self, reader: Recognizer) -> None:
        """Copy the network; raises `ExplanationError` where Keras cannot."""
        try:
            self._model = import_keras().models.clone_model(reader.model)
            self._model.set_weights(reader.model.get_weights())
        except Exception as error:  # Keras raises nearly anything on layers that anyone may have put together
            raise ExplanationError(
                "This network reads, but it cannot be copied, so it is not broken here. Choose another model."
            ) from error
        self._temperature = reader.temperature
        self._traced = trace(self._probabilities, ((None, 28, 28), "uint8"))
        self._weighted = [
            layer
            for layer in _leaves(self._model)
            if hasattr(layer, "kernel") and type(layer).__name__ not in _OTHER_KERNELS
        ][:-1]
        self._lock = threading.Lock()

    @property
    def layers(self) -> list[str]:
        """Return the layers whose units can be silenced, in words: all with a kernel but the last one."""
        return [
            f"{number}. {type(layer).__name__}, {layer.kernel.shape[-1]} units"
            for number, layer in enumerate(self._weighted, 1)
        ]

    def view(self, image: np.ndarray, damage: Damage) -> DamageView:
        """Return what the damage does to an image (28, 28) uint8 and to the accuracy on `TEST_IMAGES` test images."""
        picture = damage_images(image[None], damage)[0]
        probabilities, accuracy = self._read(picture[None], damage)[0], self.accuracy(damage)
        label = int(probabilities.argmax())
        points = 100 * (accuracy - self._undamaged)
        return DamageView(
            picture,
            f"The likeliest digit is {label}, {probability_percent(probabilities[label])}.",
            percent(accuracy),
            f"{points:+.1f} points" if damage != Damage(layer=damage.layer) else "undamaged",
        )

    def accuracy(self, damage: Damage) -> float:
        """Return the share, 0 to 1, of `TEST_IMAGES` test images that are read right with the damage."""
        test = _test_images()
        return float((self._read(damage_images(test.images, damage), damage).argmax(axis=1) == test.labels).mean())

    @cached_property
    def _undamaged(self) -> float:
        return self.accuracy(Damage())

    def _read(self, images: np.ndarray, damage: Damage) -> np.ndarray:
        with self._lock:  # of all sessions: while units are silenced, the copy is another network
            if not damage.silenced or not self._weighted:
                return predict_in_batches(self._call, images)
            layer = self._weighted[damage.layer]
            kept = layer.get_weights()
            try:
                layer.set_weights(_silence(kept, damage.silenced))
                return predict_in_batches(self._call, images)
            finally:
                layer.set_weights(kept)

    def _call(self, images: np.ndarray) -> np.ndarray:
        return self._traced(images).numpy()

    def _probabilities(self, images: "tf.Tensor") -> Any:
        import tensorflow as tf

        probabilities = self._model(tf.cast(images, tf.float32) / 255.0, training=False)
        return tf.nn.softmax(tf.math.log(probabilities + _TINY) / self._temperature)


def _silence(weights: list[np.ndarray], share: float) -> list[np.ndarray]:
    """Return a layer's weights, the kernel first, with those of a share of its units 0: the same units each time."""
    units = weights[0].shape[-1]
    silent = np.random.default_rng(0).permutation(units)[: round(share * units)]
    changed = [each.copy() for each in weights]
    for each in changed:
        if each.shape[-1] == units:
            each[..., silent] = 0
    return changed


def _leaves(model: "keras.Model") -> "Iterator[keras.Layer]":
    for layer in model.layers:
        if isinstance(layer, import_keras().Model):
            yield from _leaves(layer)
        else:
            yield layer


def _test_images() -> Images:
    test = load_mnist().test
    return Images(test.images[:TEST_IMAGES], test.labels[:TEST_IMAGES])
