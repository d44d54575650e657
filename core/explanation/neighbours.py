"""The training images that a network takes for most alike a digit, by the values that enter its last layer."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.datasets.mnist import load_arrays
from core.explanation.network import ExplainedNetwork
from core.explanation.principal_axes import PrincipalAxes
from core.networks.batching import BATCH_IMAGES

SHOWN = 9
MAX_BUILD_S = 15.0  # what is not read by then is left out
MAX_BYTES = 18_000_000  # of an index
MAX_DIMENSIONS = 128  # of a vector
_CANDIDATES = 150  # that are compared once more, by all values of the layer
_MAX_BATCH_BYTES, _MIN_BATCH = 200_000_000, 16  # of the values of images that are held at a time
_LARGEST_STEP = 127  # of a vector's values, which are counted in steps
_SAMPLE = 1000  # images by which the main directions are found
_TOLERANCE = 0.05  # of the length of a vector, by which the network still is the one that was indexed


@dataclass(frozen=True)
class Neighbour:
    """A training image: its index among the 60,000, its label, and its distance from the digit."""

    index: int
    label: int
    distance: float


@dataclass(frozen=True, eq=False)
class NeighbourIndex:
    """The training images as a network sees them.

    `vectors` (n, k) int8 are the values before the last layer, less `mean` (d,) float32, in the k main directions
    `axes` (d, k) float16, in steps of `scale`. `images` (n,) int32 are the training images they are of.
    """

    vectors: np.ndarray
    images: np.ndarray
    mean: np.ndarray
    axes: np.ndarray
    scale: np.ndarray

    @classmethod
    def build(
        cls,
        network: ExplainedNetwork,
        report: Callable[[float], object] = lambda share: None,
        known: "NeighbourIndex | None" = None,
        max_images: int = 60000,
        max_s: float = MAX_BUILD_S,
        max_dimensions: int = MAX_DIMENSIONS,
    ) -> "NeighbourIndex":
        """Return the index of the training images, read in a random order until `max_s` seconds have passed.

        report: is called with the share, 0 to 1, of the images that have been read. known: an index of this network
        that is to be completed.
        """
        begin, all_images = time.monotonic(), load_arrays()["x_train"]
        order = np.random.default_rng(0).permutation(len(all_images))[:max_images].astype(np.int32)
        values = network.features(all_images[:1]).shape[1]
        most = max(_MIN_BATCH, _MAX_BATCH_BYTES // (4 * values))  # images whose values are held at a time
        index = known or cls._of_sample(network, order[: min(_SAMPLE, most)], max_dimensions)
        batch = min(BATCH_IMAGES, most)
        vectors = [index.vectors]
        for first in range(len(index.vectors), len(order), batch):
            if time.monotonic() - begin > max_s:
                break
            features = network.features(all_images[order[first : first + batch]])
            vectors.append(_project(features, index.mean, index.axes, index.scale))
            report(first / len(order))
        found = np.concatenate(vectors)
        return replace(index, vectors=found, images=order[: len(found)])

    @classmethod
    def _of_sample(cls, network: ExplainedNetwork, images: np.ndarray, max_dimensions: int) -> "NeighbourIndex":
        """Return the index of a few training images, by which the main directions are found."""
        sample = network.features(load_arrays()["x_train"][images])
        found = PrincipalAxes.of(sample, min(max_dimensions, most_dimensions(sample.shape[1])))
        largest = max(float(np.abs(found.project(sample)).max()), float(np.finfo(np.float32).tiny))
        scale = np.array(largest / _LARGEST_STEP, np.float32)
        return cls(_project(sample, found.mean, found.axes, scale), images, found.mean, found.axes, scale)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], network: ExplainedNetwork) -> "NeighbourIndex | None":
        """Return the index of `arrays()`; None where they are no index, or one of another network."""
        try:
            index = cls(**arrays)
            vector = index._vectors_of(network, load_arrays()["x_train"][index.images[:1]])[0]
            difference = float(np.linalg.norm(vector - index.vectors[0].astype(np.float32)))
            return index if difference <= _TOLERANCE * max(1.0, float(np.linalg.norm(vector))) else None
        except (TypeError, ValueError, IndexError):
            return None

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays by name, to be saved."""
        return {
            "vectors": self.vectors,
            "images": self.images,
            "mean": self.mean,
            "axes": self.axes,
            "scale": self.scale,
        }

    def nearest(self, network: ExplainedNetwork, image: np.ndarray, count: int = SHOWN) -> list[Neighbour]:
        """Return the training images nearest to an image (28, 28) uint8 in MNIST form, the nearest first.

        Candidates are found in the main directions; their distances are Euclidean, over all values of the layer.
        """
        data, vector = load_arrays(), self._vectors_of(network, image[None])[0]
        rough = ((self.vectors.astype(np.float32) - vector) ** 2).sum(axis=1)
        candidates = self.images[np.argsort(rough)[:_CANDIDATES]]
        features = network.features(np.concatenate([image[None], data["x_train"][candidates]]))
        distances = np.linalg.norm(features[1:] - features[0], axis=1)
        order = np.argsort(distances, kind="stable")[:count]
        return [
            Neighbour(int(candidates[each]), int(data["y_train"][candidates[each]]), float(distances[each]))
            for each in order
        ]

    def _vectors_of(self, network: ExplainedNetwork, images: np.ndarray) -> np.ndarray:
        return _project(network.features(images), self.mean, self.axes, self.scale).astype(np.float32)


def _project(features: np.ndarray, mean: np.ndarray, axes: np.ndarray, scale: np.ndarray) -> np.ndarray:
    steps = np.rint((features - mean) @ axes.astype(np.float32) / scale)
    return np.clip(steps, -_LARGEST_STEP, _LARGEST_STEP).astype(np.int8)


def most_dimensions(values: int) -> int:
    """Return how many dimensions the vectors of a layer of so many values may have, so that the index is not large."""
    return max(1, MAX_BYTES // (len(load_arrays()["y_train"]) + 2 * values))
