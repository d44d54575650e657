"""The test images that excite each unit of a network most."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core.datasets.mnist import Images, load_mnist
from core.explanation.activations import LayerRecord, passes
from core.explanation.network import trace
from core.recognition.recognizer import Recognizer

SHOWN = 9
MAX_READ_S = 1.0  # at a time
_BATCH_IMAGES = 250


def _mnist_test() -> Images:
    return load_mnist().test


@dataclass(frozen=True, eq=False)
class ExcitingImage:
    """A test image, (28, 28) uint8, its label, and the largest value that the unit has for it."""

    picture: np.ndarray
    label: int
    value: float


class ExcitingImages:
    """The test images that excite each unit of each layer most, of those that were read so far.

    `load_test` returns the test images; without it, they are MNIST's. `class_names` are those of their labels.
    """

    def __init__(self, reader: Recognizer, load_test: Callable[[], Images] = _mnist_test) -> None:
        self._model, self._load_test = reader.model, load_test
        self.class_names = reader.dataset.class_names
        self._best: list[tuple[np.ndarray, np.ndarray]] = []  # of each layer: images and values, (9, units) each
        self._lock = threading.Lock()
        self.images_read = 0

    @cached_property
    def _traced(self) -> Any:
        return trace(self._largest, ((None, 28, 28), "uint8"))

    @property
    def images(self) -> int:
        """Return how many test images there are."""
        return len(self._load_test())

    def read(self, max_s: float = MAX_READ_S) -> None:
        """Read on in the test images for at most so many seconds; raises `ExplanationError` and `DatasetError`.

        Where another thread reads already, wait for it, but no longer.
        """
        if not self._lock.acquire(timeout=max_s):
            return
        try:
            begin, images = time.monotonic(), self._load_test().images
            while self.images_read < len(images) and time.monotonic() - begin < max_s:
                self._read_batch(images[self.images_read : self.images_read + _BATCH_IMAGES])
        finally:
            self._lock.release()

    def of(self, layer: int, unit: int) -> list[ExcitingImage]:
        """Return the images that excite a unit of a layer most, at most `SHOWN`, the strongest first."""
        if not self._best or not len(self._best[layer][0][0]):
            return []
        test = self._load_test()
        images, values = (each[:, unit] for each in self._best[layer])
        return [
            ExcitingImage(test.images[images[each]], int(test.labels[images[each]]), float(values[each]))
            for each in np.argsort(-values, kind="stable")
        ]

    def _read_batch(self, images: np.ndarray) -> None:
        found = [np.nan_to_num(each.numpy(), nan=-np.inf) for each in self._traced(images)]  # (n, units) each
        numbers = np.arange(self.images_read, self.images_read + len(images), dtype=np.int32)
        known = self._best or [(np.zeros((0, each.shape[1]), np.int32), each[:0]) for each in found]
        self._best = [_best(*each, numbers, values) for each, values in zip(known, found, strict=True)]
        self.images_read += len(images)

    def _largest(self, images: Any) -> Any:
        """Return, for each layer, the largest value of each unit for each image, (n, units) float32."""
        import tensorflow as tf

        record = LayerRecord()
        record.run(self._model, tf.cast(images, tf.float32) / 255.0)
        # What only passes values on is not shown; its place is kept, so that layers have one number.
        outputs = [images[:, 0, :0] if passes(each.layer) else each.output for each in record.layers]
        return [_maxima(tf.cast(each, tf.float32)) for each in outputs]


def _maxima(values: Any) -> Any:
    import tensorflow as tf

    if len(values.shape) == 1:
        return values[:, None]
    return tf.reduce_max(values, axis=list(range(1, len(values.shape) - 1)))


def _best(
    images: np.ndarray, values: np.ndarray, new_images: np.ndarray, new_values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the images (9, units) with the largest values (9, units), of those known and of new ones (n, units)."""
    all_values = np.concatenate([values, new_values])
    all_images = np.concatenate([images, np.repeat(new_images[:, None], values.shape[1], axis=1)])
    kept = np.argpartition(-all_values, min(SHOWN, len(all_values)) - 1, axis=0)[:SHOWN]
    return np.take_along_axis(all_images, kept, axis=0), np.take_along_axis(all_values, kept, axis=0)
