"""A person's own ten digits, kept beside the runs: every network reads them again while it learns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from core.datasets.mnist import load_arrays
from core.preprocessing.mnist_form import to_mnist_form
from core.preprocessing.pen_strokes import redraw
from core.preprocessing.segmentation import merge_pieces
from core.storage import atomic

_FILE = "my_digits.npz"
_SHAPES = {"images": ((10, 28, 28), np.uint8), "own": ((10,), np.bool_)}


@dataclass(frozen=True, eq=False)
class ProbeDigits:
    """One picture of each digit: `images` (10, 28, 28) uint8 in MNIST form, the digit k at place k.

    `own` (10,) bool says which of them the person drew; the others are MNIST's, until they do.
    """

    images: np.ndarray
    own: np.ndarray


def digit_image(strokes: Sequence) -> np.ndarray:
    """Return a drawing of one digit in MNIST form, as the Recognize page sees it: (28, 28) uint8.

    `strokes`, at least one, are each (n, 2) numbers, pixels, y downward.
    """
    _, pieces = redraw([np.asarray(stroke, float).reshape(-1, 2) for stroke in strokes], single=True)
    return to_mnist_form(merge_pieces(pieces).ink)


def from_snapshot(images: np.ndarray) -> ProbeDigits:
    """Return the ten digits of a moment that is past, `images` (10, 28, 28) uint8: what is not MNIST's was drawn."""
    return ProbeDigits(images, (images != _printed().images).any(axis=(1, 2)))


def are_current(root: Path, images: np.ndarray) -> bool:
    """Return whether these, (10, 28, 28) uint8, are the ten digits of a runs folder as they are now."""
    return bool((images == load(root).images).all())


def load(root: Path) -> ProbeDigits:
    """Return the ten digits of a runs folder; MNIST's where none were drawn or the file is damaged."""
    try:
        # Opened here, for NumPy leaves a damaged file open.
        with open(root / _FILE, "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in _SHAPES}
    except Exception:  # none yet; and zipfile, zlib and NumPy raise nearly anything on a damaged archive
        return _printed()
    if any(arrays[name].shape != shape or arrays[name].dtype != kind for name, (shape, kind) in _SHAPES.items()):
        return _printed()
    return ProbeDigits(np.where(arrays["own"][:, None, None], arrays["images"], _printed().images), arrays["own"])


def save_digit(root: Path, label: int, image: np.ndarray) -> None:
    """Keep the person's own drawing of a digit, (28, 28) uint8 in MNIST form; raises `OSError`."""
    ten = load(root)
    images, own = ten.images.copy(), ten.own.copy()
    images[label], own[label] = image, True
    _write(root, ProbeDigits(images, own))


def reset(root: Path) -> None:
    """Go back to MNIST's digits; raises `OSError`."""
    (root / _FILE).unlink(missing_ok=True)


def restore(root: Path, ten: ProbeDigits) -> None:
    """Keep these ten digits, as they were before `forget`; raises `OSError`."""
    _write(root, ten)


def modified_ns(root: Path) -> int:
    """Return when the ten digits were last changed, in nanoseconds; 0 before any was drawn."""
    try:
        return (root / _FILE).stat().st_mtime_ns
    except OSError:
        return 0


def _write(root, ten):
    root.mkdir(parents=True, exist_ok=True)
    atomic.replace_file(root / _FILE, lambda file: np.savez_compressed(file, images=ten.images, own=ten.own))


@cache
def _printed():
    """The first of each digit among MNIST's test images."""
    arrays = load_arrays()
    firsts = [int(np.argmax(arrays["y_test"] == label)) for label in range(10)]
    return ProbeDigits(arrays["x_test"][firsts], np.zeros(10, bool))
