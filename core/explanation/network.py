"""A saved model as what explanations need of it: log-probabilities, their gradients and the last hidden layer."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from core.datasets.mnist import DatasetError
from core.networks.batching import predict_in_batches
from core.networks.builder import import_keras
from core.networks.inference_pass import feature_model
from core.recognition.recognizer import Recognizer

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

_GRADIENT_IMAGES = 125  # at a time: more are no faster, and take memory that TensorFlow keeps
_TINY = 1e-30  # added to a probability before its logarithm is taken


NOT_OPEN = "This network reads, but its layers are of a kind that cannot be looked into. Choose another model."
"""What is said of a network whose layers cannot be looked into."""


class ExplanationError(RuntimeError):
    """A network that cannot be looked into; the message is a sentence for the person who chose it."""


class ExplainedNetwork:
    """The network of a reader; each of its functions is traced when it is first called, and kept.

    The functions raise `ExplanationError` where the layers do not allow it.
    """

    def __init__(self, reader: Recognizer) -> None:
        self.reader = reader
        self.model = reader.model
        self.classes: int = reader.model.outputs[0].shape[-1]

    def log_probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return the reader's log-probabilities, (n, classes), of n > 0 images (n, 28, 28) float32 in [0, 1]."""
        return predict_in_batches(partial(_call, self._traced_log_probabilities), images)

    def gradients(self, images: np.ndarray, answer: int, other: int) -> np.ndarray:
        """Return how the log-odds of `answer` against `other` grow with each pixel: (n, 28, 28) float32.

        images: (n, 28, 28) float32 in [0, 1], n > 0. The log-odds are the natural logarithm of p(answer) / p(other).
        """
        direction = np.zeros(self.classes, np.float32)
        direction[answer], direction[other] = 1, -1
        return _call(self._traced_gradients, images, direction)

    def loss_gradients(self, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return how the loss of each image grows with each of its pixels: (n, 28, 28) float32.

        images: (n, 28, 28) float32 in [0, 1], n > 0; labels: (n,) int32. The loss is the cross-entropy of the
        label, from logits where the network has them, so that the gradient of a sure answer does not vanish.
        """
        parts = np.array_split(np.arange(len(images)), -(-len(images) // _GRADIENT_IMAGES))
        return np.concatenate([_call(self._traced_loss_gradients, images[part], labels[part]) for part in parts])

    def features(self, images: np.ndarray) -> np.ndarray:
        """Return the values that enter the last layer, (n, d) float32, of n > 0 images (n, 28, 28) uint8."""
        return predict_in_batches(partial(_call, self._traced_features), images)

    def features_and_probabilities(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return `features`, (n, d), and the reader's probabilities, (n, classes), of n > 0 images, read once."""
        both = predict_in_batches(partial(_call, self._traced_features_and_probabilities), images)
        return both[:, : -self.classes], both[:, -self.classes :]

    @property
    def has_hidden_layer(self) -> bool:
        """Return whether a layer with weights comes before the last one."""
        return any(layer.weights for layer in self.model.layers[:-1])

    @cached_property
    def _traced_log_probabilities(self) -> Any:
        return trace(self._log_probabilities, ((None, 28, 28), "float32"))

    @cached_property
    def _traced_gradients(self) -> Any:
        import tensorflow as tf

        def gradients(images: "tf.Tensor", direction: "tf.Tensor") -> Any:
            with tf.GradientTape() as tape:
                tape.watch(images)
                log_odds = tf.linalg.matvec(self._log_probabilities(images), direction)
            return tape.gradient(log_odds, images)

        return trace(gradients, ((None, 28, 28), "float32"), ((self.classes,), "float32"))

    @cached_property
    def _traced_loss_gradients(self) -> Any:
        import tensorflow as tf

        def gradients(images: "tf.Tensor", labels: "tf.Tensor") -> Any:
            with tf.GradientTape() as tape:
                tape.watch(images)
                losses = -tf.gather(self._log_probabilities(images), labels, batch_dims=1)
            found = tape.gradient(losses, images)
            if found is None:  # a layer rounds, or compares
                raise ExplanationError(NOT_OPEN)
            return found

        return trace(gradients, ((None, 28, 28), "float32"), ((None,), "int32"))

    @cached_property
    def _traced_features(self) -> Any:
        import tensorflow as tf

        def features(images: "tf.Tensor") -> "tf.Tensor":
            values = self._feature_model(tf.cast(images, tf.float32) / 255.0, training=False)[0]
            return tf.reshape(values, (tf.shape(values)[0], -1))

        return trace(features, ((None, 28, 28), "uint8"))

    @cached_property
    def _traced_features_and_probabilities(self) -> Any:
        import tensorflow as tf

        def both(images: "tf.Tensor") -> "tf.Tensor":
            values, probabilities = self._feature_model(tf.cast(images, tf.float32) / 255.0, training=False)
            tempered = tf.nn.softmax(tf.math.log(probabilities + _TINY) / self.reader.temperature)
            return tf.concat([tf.reshape(values, (tf.shape(values)[0], -1)), tempered], axis=1)

        return trace(both, ((None, 28, 28), "uint8"))

    @cached_property
    def _feature_model(self) -> "keras.Model":
        return feature_model(self.model)

    @cached_property
    def _has_logits(self) -> bool:
        """Return whether the last layer is dense with a softmax, so that its logits can be computed."""
        keras, last = import_keras(), self.model.layers[-1]
        return isinstance(last, keras.layers.Dense) and last.activation is keras.activations.softmax

    def _log_probabilities(self, images: "tf.Tensor") -> "tf.Tensor":
        """Return the log-probabilities of a tensor of images, from logits where the network has them.

        The probability of a class that the network excludes may be 0 in 32 bits; its logit is not.
        """
        import tensorflow as tf

        if self._has_logits:
            last = self.model.layers[-1]
            logits = tf.matmul(self._feature_model(images, training=False)[0], last.kernel)
            logits = logits if last.bias is None else logits + last.bias
        else:
            logits = tf.math.log(self.model(images, training=False) + _TINY)
        return tf.nn.log_softmax(logits / self.reader.temperature)


def trace(function: Any, *signature: tuple[tuple[int | None, ...], str]) -> Any:
    """Return a function of arrays of these shapes and types, traced.

    Tracing and calling it raise `ExplanationError`: Keras and TensorFlow raise nearly anything on layers that anyone
    may have put together, and some fail only when they are given an image.
    """
    import tensorflow as tf

    specs = [tf.TensorSpec(shape, dtype) for shape, dtype in signature]
    with errors_in_words():
        traced = tf.function(function, input_signature=specs, autograph=False).get_concrete_function()

    def call(*arrays: np.ndarray) -> Any:
        with errors_in_words():
            return traced(*map(tf.constant, arrays))

    return call


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Raise `ExplanationError` where what is done meanwhile to layers of any kind fails in any way."""
    try:
        yield
    except (ExplanationError, DatasetError):
        raise
    except Exception as error:
        raise ExplanationError(NOT_OPEN) from error


def _call(traced: Any, *arrays: np.ndarray) -> np.ndarray:
    return traced(*arrays).numpy()
