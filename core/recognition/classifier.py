"""A network that classifies images, as one function, and says which of them are refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from core.networks.array_network import ArrayNetwork
from core.networks.folded_layers import FoldedLayer
from core.networks.inference_pass import make_feature_pass, make_inference_pass
from core.networks.traced_network import forward_pass
from core.recognition.refusal import Refusal

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

_BATCH_IMAGES = 128  # more are no faster, and take memory that TensorFlow keeps


Network: TypeAlias = "keras.Model | ArrayNetwork | list[FoldedLayer]"
"""A network as it is computed: by Keras with the weights that the model has, by NumPy, or with weights that stay."""

_Call = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""(n, 28, 28) uint8 → (n, classes) probabilities and (n,) scores."""


@dataclass(frozen=True, eq=False)
class ScoredPredictions:
    """The answers of a network to n images, and whether each looks like a digit."""

    probabilities: np.ndarray  # (n, classes) float32, each row sums to 1
    scores: np.ndarray  # (n,) float32, by which they are refused: outlier scores or, without one, confidences
    refused: np.ndarray  # (n,) bool, does not look like a digit


class Classifier:
    """A model at its temperature, with its refusal."""

    def __init__(self, network: Network, temperature: float, refusal: Refusal) -> None:
        """Make the function of a network: float32 (n, 28, 28) in [0, 1] → (n, classes) probabilities."""
        self._refusal = refusal
        if isinstance(network, ArrayNetwork):
            self._classes, self._call = network.output_width, _compute(network, temperature, refusal)
        elif isinstance(network, list):
            self._classes = network[-1].weights[0].shape[-1]
            self._call = _trace(forward_pass(network), temperature, refusal)
        else:
            self._classes = network.outputs[0].shape[-1]
            self._call = _trace(_forward_pass_of(network, refusal.uses_features), temperature, refusal)

    def predict(self, images: np.ndarray) -> ScoredPredictions:
        """Return the predictions of (n, 28, 28) uint8 images in MNIST form."""
        images = np.asarray(images, np.uint8).reshape(-1, 28, 28)
        parts = [self._call(images[first : first + _BATCH_IMAGES]) for first in range(0, len(images), _BATCH_IMAGES)]
        if not parts:
            return ScoredPredictions(
                np.zeros((0, self._classes), np.float32), np.zeros(0, np.float32), np.zeros(0, bool)
            )
        probabilities, scores = (np.concatenate(part) for part in zip(*parts, strict=True))
        return ScoredPredictions(probabilities, scores, self._refusal.refused(scores))

    def predict_views(self, views: list[np.ndarray]) -> ScoredPredictions:
        """Return the predictions of n digits, each of k views (k, 28, 28) uint8, the digit as it is written first.

        The probabilities are the mean over a digit's views (test-time augmentation); its first view alone decides
        whether it is refused.
        """
        seen = np.asarray(views, np.uint8)
        found = self.predict(seen)
        if not len(seen):
            return found
        k = seen.shape[1]
        mean = found.probabilities.reshape(len(seen), k, self._classes).mean(axis=1)
        return ScoredPredictions(mean, found.scores[::k], found.refused[::k])


def _compute(network: ArrayNetwork, temperature: float, refusal: Refusal) -> _Call:
    """Return the network computed by NumPy."""

    def call(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        features, p = network.with_features(images.astype(np.float32) / 255)
        if temperature != 1:
            powers = (p + np.float32(1e-12)) ** np.float32(1 / temperature)
            p = powers / powers.sum(axis=1, keepdims=True)
        return p, refusal.scores(features, p.max(axis=1))

    return call


def _forward_pass_of(model: "keras.Model", with_features: bool) -> Callable[..., tuple[Any, Any]]:
    """Return the forward pass of a Keras model: images → what goes into its last layer, and probabilities."""
    if with_features:
        return make_feature_pass(model)
    answer = make_inference_pass(model)
    return lambda images: (None, answer(images))


def _trace(forward: Callable[..., tuple[Any, Any]], temperature: float, refusal: Refusal) -> _Call:
    """Return a forward pass as one concrete graph function, 0.2 ms a call, where `model.predict` takes 40."""
    import tensorflow as tf

    def predict(images: "tf.Tensor") -> "tuple[tf.Tensor, tf.Tensor]":
        features, p = forward(tf.cast(images, tf.float32) / 255.0)
        p = p if temperature == 1 else tf.nn.softmax(tf.math.log(p + 1e-12) / temperature)
        return p, refusal.scores(features, tf.reduce_max(p, axis=1))

    signature = [tf.TensorSpec((None, 28, 28), tf.uint8)]
    concrete = tf.function(predict, input_signature=signature, autograph=False).get_concrete_function()

    def call(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        probabilities, scores = concrete(tf.constant(images))
        return probabilities.numpy(), scores.numpy()

    return call
