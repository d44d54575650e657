"""Images whose rows and columns are swapped, as EMNIST's are: found by its files' names, or by how its digits look."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from core.config.dataset_spec import DIGITS
from core.datasets.image_forms import StrokeForm
from core.datasets.mnist import load_arrays
from core.datasets.packed_images import PackedImages

_NAME = "emnist"
_MIN_DIGITS = 20  # images of digits, from which on they decide
_MAX_DIGITS = 1000
_MIN_GAIN = 0.15  # of the digits that are nearest to MNIST's mean image of their class, when swapped
_MIN_RIGHT = 0.4  # of the digits: MNIST's own are at 0.8, other things of the same numbers at 0.1


@dataclass(frozen=True)
class DigitLikeness:
    """The share of images of digits that are nearest to MNIST's mean image of their class, as they are and swapped."""

    as_is: float
    swapped: float

    @classmethod
    def of(
        cls, images: np.ndarray | PackedImages, labels: np.ndarray, class_names: tuple[str, ...]
    ) -> "DigitLikeness | None":
        """Return it for those of (n, 28, 28) images whose class is a digit; None where there are too few."""
        known = np.array([DIGITS.index(name) if name in DIGITS else -1 for name in class_names])[labels]
        places = np.flatnonzero(known >= 0)
        if len(places) < _MIN_DIGITS:
            return None
        chosen = places[np.linspace(0, len(places) - 1, min(len(places), _MAX_DIGITS)).astype(int)]
        some = images[chosen]
        strokes = StrokeForm.of(some).apply(some)
        return cls(_share_right(strokes, known[chosen]), _share_right(swapped(strokes), known[chosen]))

    @property
    def is_swapped(self) -> bool:
        """Return whether the digits have rows and columns swapped."""
        return self.swapped - self.as_is > _MIN_GAIN

    @property
    def is_of_digits(self) -> bool:
        """Return whether they are the digits that their classes say, and not other things of these numbers."""
        return max(self.as_is, self.swapped) > _MIN_RIGHT


def look_swapped(likeness: DigitLikeness | None, files: Iterable[str]) -> bool:
    """Return whether rows and columns of images are swapped.

    Where some classes are digits, these decide; else the names of the files do: EMNIST's begin with its name.
    """
    return any(_NAME in file.lower() for file in files) if likeness is None else likeness.is_swapped


def swapped(images: np.ndarray) -> np.ndarray:
    """Return (n, 28, 28) images with rows and columns swapped."""
    return np.ascontiguousarray(images.swapaxes(1, 2))


def _share_right(images: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of images whose nearest mean image of MNIST, by the angle between them, is that of the label."""
    flat = images.reshape(len(images), -1).astype(np.float32)
    means = _mnist_means()
    likeness = flat @ means.T / np.maximum(np.linalg.norm(means, axis=1), 1)
    return float((likeness.argmax(axis=1) == labels).mean())


@cache
def _mnist_means() -> np.ndarray:
    """Return MNIST's mean image of each digit over some thousand of them: (10, 784) float32."""
    arrays = load_arrays()
    images, labels = arrays["x_train"][:10000].reshape(10000, -1), arrays["y_train"][:10000]
    return np.stack([images[labels == digit].mean(axis=0, dtype=np.float32) for digit in range(10)])
