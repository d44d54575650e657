"""MNIST, as it is distributed with the project: load it, check it, split it."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from core.storage.os_errors import error_text

MNIST_PATH = Path(__file__).parents[1] / "assets" / "mnist.npz"

# Shape of each array, and SHA-256 of its bytes in C order.
_ARRAYS = {
    "x_train": ((60000, 28, 28), "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757"),
    "y_train": ((60000,), "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"),
    "x_test": ((10000, 28, 28), "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161"),
    "y_test": ((10000,), "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"),
}
_REPAIR = "Get core/assets/mnist.npz again from the project (git checkout core/assets/mnist.npz)."

_TRAINING_IMAGES = 60000


class DatasetError(RuntimeError):
    """A data set, or the files of one, that cannot be used; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Images:
    """Images with their labels: `images` (n, 28, 28) uint8, white ink on black; `labels` (n,) uint8."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Split:
    """A data set in three parts: for training, for choices during training, and for one test at the end."""

    train: Images
    validation: Images
    test: Images


@cache
def load_arrays(path: Path = MNIST_PATH) -> dict[str, np.ndarray]:
    """Return MNIST's four arrays by name, checked once per process.

    `x_train` (60000, 28, 28), `y_train` (60000,), `x_test` (10000, 28, 28), `y_test` (10000,), all uint8, read-only.
    Raises `DatasetError` where the file is missing, unreadable, or not MNIST. Source: LeCun, Cortes, Burges, "The
    MNIST database of handwritten digits".
    """
    if not path.exists():
        raise DatasetError(f"MNIST is missing: there is no file {path}. {_REPAIR}")
    try:
        # Opened here, because NumPy leaves a damaged file open.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in _ARRAYS}
    except Exception as error:  # zipfile, zlib and NumPy raise nearly anything on a damaged archive
        raise DatasetError(f"MNIST's file {path} is damaged ({error_text(error)}). {_REPAIR}") from error
    for name, array in arrays.items():
        _check_array(name, array, f"MNIST's file {path} is not the one of this project:")
        array.flags.writeable = False
    return arrays


def _check_array(name: str, array: np.ndarray, finding: str) -> None:
    shape, sha256 = _ARRAYS[name]
    if array.shape != shape or array.dtype != np.uint8:
        raise DatasetError(f"{finding} {name} is {array.dtype} {array.shape}, not uint8 {shape}. {_REPAIR}")
    if hashlib.sha256(np.ascontiguousarray(array).data).hexdigest() != sha256:
        raise DatasetError(f"{finding} the bytes of {name} have another SHA-256 sum. {_REPAIR}")


def load_mnist(validation_images: int = 5000) -> Split:
    """Return MNIST split: the last `validation_images` of the 60,000 training images are the validation part.

    Raises `DatasetError` as `load_arrays` does.
    """
    arrays = load_arrays()
    cut = _TRAINING_IMAGES - validation_images
    images, labels = arrays["x_train"], arrays["y_train"]
    return Split(
        train=Images(images[:cut], labels[:cut]),
        validation=Images(images[cut:], labels[cut:]),
        test=Images(arrays["x_test"], arrays["y_test"]),
    )


def data_checksum() -> str:
    """Return one SHA-256 over the checksums of MNIST's four arrays, which a model's card names as its data."""
    return hashlib.sha256("".join(sha256 for _, sha256 in _ARRAYS.values()).encode()).hexdigest()
