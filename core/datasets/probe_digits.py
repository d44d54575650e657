"""The ten probe digits of a runs folder, MNIST's or a person's own: every network reads them again while it learns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from core.datasets.mnist import load_arrays
from core.preprocessing.mnist_form import to_mnist_form
from core.preprocessing.pen_strokes import redraw
from core.preprocessing.segmentation import merge_pieces
from core.runs.relayed_files import PROBE_DIGITS
from core.storage import atomic

_ARRAYS = {"images": ((10, 28, 28), np.uint8), "own": ((10,), np.bool_)}


@dataclass(frozen=True, eq=False)
class ProbeDigits:
    """One image of each digit: `images` (10, 28, 28) uint8 in MNIST form, the digit k at index k.

    `own` (10,) bool says which of them the person drew; the others are MNIST's.
    """

    images: np.ndarray
    own: np.ndarray


def digit_image(strokes: Sequence) -> np.ndarray:
    """Return a drawing of one digit in MNIST form, as the Recognize page reads it: (28, 28) uint8.

    `strokes`, at least one, are each (n, 2) numbers, pixels, y downward.
    """
    _, pieces = redraw([np.asarray(stroke, float).reshape(-1, 2) for stroke in strokes], single=True)
    return to_mnist_form(merge_pieces(pieces).ink)


def from_snapshot(images: np.ndarray) -> ProbeDigits:
    """Return the ten digits of an earlier snapshot, `images` (10, 28, 28) uint8: those that are not MNIST's are own."""
    return ProbeDigits(images, (images != _mnist_digits().images).any(axis=(1, 2)))


def are_current(root: Path, images: np.ndarray) -> bool:
    """Return whether these, (10, 28, 28) uint8, are the current ten digits of a runs folder."""
    return bool((images == load(root).images).all())


def load(root: Path) -> ProbeDigits:
    """Return the ten digits of a runs folder; MNIST's where none were drawn or the file is damaged."""
    try:
        # Opened here, because NumPy leaves a damaged file open.
        with open(path(root), "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in _ARRAYS}
    except Exception:  # no file; and zipfile, zlib and NumPy raise nearly anything on a damaged archive
        return _mnist_digits()
    if any(arrays[name].shape != shape or arrays[name].dtype != dtype for name, (shape, dtype) in _ARRAYS.items()):
        return _mnist_digits()
    own = arrays["own"]
    return ProbeDigits(np.where(own[:, None, None], arrays["images"], _mnist_digits().images), own)


def save_digit(root: Path, label: int, image: np.ndarray) -> None:
    """Save the person's own drawing of a digit, (28, 28) uint8 in MNIST form; raises `OSError`."""
    current = load(root)
    images, own = current.images.copy(), current.own.copy()
    images[label], own[label] = image, True
    _write(root, ProbeDigits(images, own))


def reset(root: Path) -> None:
    """Go back to MNIST's digits; raises `OSError`."""
    path(root).unlink(missing_ok=True)


def restore(root: Path, digits: ProbeDigits) -> None:
    """Save these ten digits, as they were before `reset`; raises `OSError`."""
    _write(root, digits)


def path(root: Path) -> Path:
    """Return where a runs folder keeps the ten digits; there is no file before any was drawn."""
    return root / PROBE_DIGITS


def modified_ns(root: Path) -> int:
    """Return when the ten digits were last changed, in nanoseconds; 0 before any was drawn."""
    try:
        return path(root).stat().st_mtime_ns
    except OSError:
        return 0


def _write(root: Path, digits: ProbeDigits) -> None:
    root.mkdir(parents=True, exist_ok=True)
    atomic.replace_file(path(root), lambda file: np.savez_compressed(file, images=digits.images, own=digits.own))


@cache
def _mnist_digits() -> ProbeDigits:
    """Return the first of each digit among MNIST's test images."""
    arrays = load_arrays()
    firsts = [int(np.argmax(arrays["y_test"] == label)) for label in range(10)]
    return ProbeDigits(arrays["x_test"][firsts], np.zeros(10, bool))
