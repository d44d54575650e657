"""A data set as a page shows it, without its arrays: counts of its classes, their mean images, and some images."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

SAMPLES_PER_CLASS = 24
_CHUNK = 1000


@dataclass(frozen=True, eq=False)
class DatasetSummary:
    """The counts of each class, its mean image, and images of its training part.

    `train_counts` and `test_counts` (k,) int64; `means` (k, 28, 28) uint8; `samples` (m, 28, 28) uint8 of the classes
    `sample_labels` (m,) uint8, at most `SAMPLES_PER_CLASS` each.
    """

    train_counts: np.ndarray
    test_counts: np.ndarray
    means: np.ndarray
    samples: np.ndarray
    sample_labels: np.ndarray

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray], num_classes: int) -> "DatasetSummary":
        """Return the summary of a data set's four arrays."""
        labels = arrays["y_train"]
        counts = np.bincount(labels, minlength=num_classes)
        chosen = [_evenly(np.flatnonzero(labels == label)) for label in range(num_classes)]
        places = np.concatenate(chosen)
        return cls(
            counts,
            np.bincount(arrays["y_test"], minlength=num_classes),
            _means(arrays["x_train"], labels, num_classes),
            arrays["x_train"][places],
            labels[places],
        )

    def samples_of(self, label: int) -> np.ndarray:
        """Return the images of a class: (k, 28, 28) uint8."""
        return self.samples[self.sample_labels == label]

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return its arrays by name."""
        return dict(vars(self))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], num_classes: int) -> "DatasetSummary":
        """Return the summary of the arrays of `to_arrays`; raises `ValueError` where they are of other shapes."""
        found = cls(**arrays)
        counts = (found.train_counts, found.test_counts)
        is_sound = all(each.shape == (num_classes,) and each.dtype == np.int64 for each in counts)
        is_sound = is_sound and found.means.shape == (num_classes, 28, 28) and found.means.dtype == np.uint8
        if not is_sound or found.samples.shape != (len(found.sample_labels), 28, 28) or found.samples.dtype != np.uint8:
            raise ValueError("The summary of the data set has other shapes than its card says.")
        return found


def _evenly(places: np.ndarray) -> np.ndarray:
    """Return at most `SAMPLES_PER_CLASS` of the places, evenly."""
    return places[np.linspace(0, len(places) - 1, min(len(places), SAMPLES_PER_CLASS)).astype(int)]


def _means(images: np.ndarray, labels: np.ndarray, num_classes: int) -> np.ndarray:
    """Return the mean image of each class: (k, 28, 28) uint8."""
    flat, sums = images.reshape(len(images), -1), np.zeros((num_classes, 784), np.float64)
    for first in range(0, len(flat), _CHUNK):
        chunk, chosen = flat[first : first + _CHUNK].astype(np.float32), labels[first : first + _CHUNK]
        sums += np.eye(num_classes, dtype=np.float32)[chosen].T @ chunk
    counts = np.maximum(np.bincount(labels, minlength=num_classes), 1)
    return np.round(sums / counts[:, None]).astype(np.uint8).reshape(-1, 28, 28)
