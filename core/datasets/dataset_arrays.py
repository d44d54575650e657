"""The four arrays of a data set: what they must be, and the sum by which a version is known."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from core.datasets.mnist import DatasetError

PARTS = ("x_train", "y_train", "x_test", "y_test")
"""The names of a data set's arrays, in the order in which its SHA-256 sum takes them."""


def check_arrays(arrays: Mapping[str, np.ndarray], class_names: Sequence[str]) -> None:
    """Raise `DatasetError` where these are not the four arrays of a data set with an image of each class to learn."""
    for part in ("train", "test"):
        images, labels = arrays[f"x_{part}"], arrays[f"y_{part}"]
        if images.dtype != np.uint8 or labels.dtype != np.uint8:
            raise DatasetError(f"The {part} part is {images.dtype} with labels {labels.dtype}; both must be uint8.")
        if images.shape != (len(labels), 28, 28) or labels.ndim != 1:
            raise DatasetError(f"The {part} part has images {images.shape} and labels {labels.shape}.")
        if len(labels) and int(labels.max()) >= len(class_names):
            raise DatasetError(
                f"The {part} part has the label {labels.max()}, and there are {len(class_names)} classes."
            )
    counts = np.bincount(arrays["y_train"], minlength=len(class_names))
    if not counts.all():
        empty = class_names[int(np.argmin(counts))]
        raise DatasetError(f"The class {empty!r} has no image to learn from. Add one, or leave the class out.")


def checksum(arrays: Mapping[str, np.ndarray]) -> str:
    """Return one SHA-256 over those of the four arrays, as `mnist.data_checksum` does for MNIST."""
    sums = (hashlib.sha256(np.ascontiguousarray(arrays[part]).data).hexdigest() for part in PARTS)
    return hashlib.sha256("".join(sums).encode()).hexdigest()
