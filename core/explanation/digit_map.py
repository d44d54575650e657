"""The test images in two dimensions, by the values that enter a network's last layer."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.datasets.mnist import load_arrays
from core.explanation.network import ExplainedNetwork
from core.explanation.principal_axes import PrincipalAxes
from core.networks.batching import BATCH_IMAGES

MAX_BUILD_S = 15.0  # what is not read by then is left out
MAX_AXES = 50  # that t-SNE starts from, as van der Maaten and Hinton (2008) do
_MAX_AXES_BYTES = 8_000_000
_MAX_BATCH_BYTES, _MIN_BATCH = 200_000_000, 16  # of the values of images that are held at a time
_SAMPLE = 1000  # images by which the main directions are found
_NEAREST = 10  # images among which a digit is placed on a t-SNE map
_TOLERANCE = 0.02  # of the length of a vector, by which the network still is the one that was mapped


@dataclass(frozen=True, eq=False)
class DigitMap:
    """The test images as a network sees them, laid out in a plane.

    `images` (n,) int32 are the test images, in the order in which they were read; `vectors` (n, k) float32 are the
    values before the last layer in the `axes`; `answers` (n,) uint8 and `probabilities` (n, 10) float16 are what the
    network reads. `embedding` (n, 2) float32 is their layout by t-SNE, (0, 2) before there is one.
    """

    images: np.ndarray
    vectors: np.ndarray
    answers: np.ndarray
    probabilities: np.ndarray
    embedding: np.ndarray
    axes: PrincipalAxes

    @classmethod
    def build(
        cls,
        network: ExplainedNetwork,
        report: Callable[[float], object] = lambda share: None,
        max_images: int = 10000,
        max_s: float = MAX_BUILD_S,
    ) -> "DigitMap":
        """Return the map of the test images, read in a random order until `max_s` seconds have passed since the first.

        report: is called with the share, 0 to 1, of the images that have been read. Raises `ExplanationError`.
        """
        test_images = load_arrays()["x_test"]
        order = np.random.default_rng(0).permutation(len(test_images))[:max_images].astype(np.int32)
        values = network.features(test_images[:1]).shape[1]
        most = max(_MIN_BATCH, _MAX_BATCH_BYTES // (4 * values))  # images whose values are held at a time
        first = min(_SAMPLE, most, len(order))
        features, probabilities = network.features_and_probabilities(test_images[order[:first]])
        axes = PrincipalAxes.of(features, min(MAX_AXES, max(2, _MAX_AXES_BYTES // (2 * values))))
        begin, vectors, read = time.monotonic(), [axes.project(features)], [probabilities]
        batch = min(BATCH_IMAGES, most)
        for start in range(first, len(order), batch):
            if time.monotonic() - begin > max_s:
                break
            features, probabilities = network.features_and_probabilities(test_images[order[start : start + batch]])
            vectors.append(axes.project(features))
            read.append(probabilities)
            report(start / len(order))
        found, nothing = np.concatenate(read), np.zeros((0, 2), np.float32)
        answers = found.argmax(axis=1).astype(np.uint8)
        return cls(order[: len(found)], np.concatenate(vectors), answers, found.astype(np.float16), nothing, axes)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], network: ExplainedNetwork) -> "DigitMap | None":
        """Return the map of `arrays()`; None where they are no map, or one of another network."""
        try:
            own = dict(arrays)
            axes = PrincipalAxes(own.pop("mean"), own.pop("axes"), own.pop("shares"))
            found = cls(axes=axes, **own)
            vector = axes.project(network.features(load_arrays()["x_test"][found.images[:1]]))[0]
            is_same = np.linalg.norm(vector - found.vectors[0]) <= _TOLERANCE * max(1.0, float(np.linalg.norm(vector)))
            return found if is_same and found._fits() else None
        except (TypeError, ValueError, IndexError, KeyError):
            return None

    def _fits(self) -> bool:
        n = len(self.images)
        shapes = (self.answers.shape, self.probabilities.shape, self.vectors.shape[:1], self.embedding.shape[1:])
        return shapes == ((n,), (n, 10), (n,), (2,)) and len(self.embedding) in (0, n)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays by name, to be saved."""
        return {
            "images": self.images,
            "vectors": self.vectors,
            "answers": self.answers,
            "probabilities": self.probabilities,
            "embedding": self.embedding,
            "mean": self.axes.mean,
            "axes": self.axes.axes,
            "shares": self.axes.shares,
        }

    def answers_in_order(self) -> np.ndarray:
        """Return what was read in the test images, in their own order: (10000,) uint8 where all were read."""
        return self.answers[np.argsort(self.images)]

    def probabilities_in_order(self) -> np.ndarray:
        """Return the probabilities of the test images, in their own order: (10000, 10) float16 where all were read."""
        return self.probabilities[np.argsort(self.images)]

    @property
    def has_embedding(self) -> bool:
        """Return whether t-SNE has laid the images out."""
        return len(self.embedding) > 0

    @property
    def is_whole(self) -> bool:
        """Return whether all test images have been read."""
        return len(self.images) == len(load_arrays()["y_test"])

    @property
    def labels(self) -> np.ndarray:
        """Return the images' labels, (n,) uint8."""
        return load_arrays()["y_test"][self.images]

    @property
    def confidences(self) -> np.ndarray:
        """Return the probability of each answer, (n,) float32."""
        return self.probabilities.max(axis=1).astype(np.float32)

    def points(self) -> np.ndarray:
        """Return where each image lies, (n, 2) float32: by t-SNE where it was laid out so, else in the main axes."""
        return self.embedding if self.has_embedding else _first_two(self.vectors)

    def place(self, network: ExplainedNetwork, image: np.ndarray) -> np.ndarray:
        """Return where an image (28, 28) uint8 in MNIST form lies on the map, (2,) float32.

        On a t-SNE map, which has no formula for a new image, that is the median of the images most alike it, as
        openTSNE places new points (Poličar, Stražar and Zupan, 2019).
        """
        vector = self.axes.project(network.features(image[None]))
        if not self.has_embedding:
            return _first_two(vector)[0]
        nearest = np.argsort(((self.vectors - vector) ** 2).sum(axis=1))[:_NEAREST]
        return np.median(self.embedding[nearest], axis=0)

    def with_embedding(self, embedding: np.ndarray) -> "DigitMap":
        """Return the map with this layout, (n, 2) float32."""
        return replace(self, embedding=embedding)


def _first_two(vectors: np.ndarray) -> np.ndarray:
    """Return the first two columns of (n, k) values; where a layer has but one unit, the second is 0."""
    return np.pad(vectors[:, :2], [(0, 0), (0, max(0, 2 - vectors.shape[1]))])
