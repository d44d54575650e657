"""Images of what digits and letters look like, by which those of a data set are compared: MNIST's means, and fonts."""

import string
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

from core.config.dataset_spec import DIGITS
from core.datasets.mnist import load_arrays
from core.preprocessing.mnist_form import to_mnist_form

_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
    cv2.FONT_HERSHEY_SIMPLEX | cv2.FONT_ITALIC,
)
_PENS_PX = (3, 8)
_FIELD_PX, _SCALE, _ORIGIN = 140, 2.6, (30, 100)
_BLUR_PX = 1.2  # of 28: as far as one hand's letter lies beside another's


class Templates(NamedTuple):
    """Templates (m, 784) float32 of length 1, and the place of each, (m,), among `names`; `blur_px` is theirs."""

    names: tuple[str, ...]
    images: np.ndarray
    places: np.ndarray
    blur_px: float = 0.0

    def place_of(self, name: str) -> int:
        """Return the place of the digit or letter that a class is called, in either case; -1 for another name."""
        return self.names.index(name.upper()) if name.upper() in self.names else -1

    def nearest(self, images: np.ndarray) -> np.ndarray:
        """Return the place of the template that is nearest to each of (n, 28, 28) images, by the angle: (n,)."""
        return self.places[(_flat(images, self.blur_px) @ self.images.T).argmax(axis=1)]


@cache
def digit_templates() -> Templates:
    """Return MNIST's mean image of each digit over some thousand of them."""
    arrays = load_arrays()
    images, labels = arrays["x_train"][:10000], arrays["y_train"][:10000]
    means = np.stack([images[labels == digit].mean(axis=0, dtype=np.float32) for digit in range(10)])
    return Templates(DIGITS, _unit(_flat(means, 0.0)), np.arange(10))


@cache
def letter_templates() -> Templates:
    """Return the letters A to Z, capital and small, of some fonts and at two widths."""
    names = tuple(string.ascii_uppercase)
    drawn = [
        (place, _letter(text, font, pen_px))
        for place, name in enumerate(names)
        for text in (name, name.lower())
        for font in _FONTS
        for pen_px in _PENS_PX
    ]
    images = np.stack([image for _, image in drawn])
    return Templates(names, _unit(_flat(images, _BLUR_PX)), np.array([place for place, _ in drawn]), _BLUR_PX)


def _letter(text: str, font: int, pen_px: int) -> np.ndarray:
    field = np.zeros((_FIELD_PX, _FIELD_PX), np.uint8)
    return to_mnist_form(cv2.putText(field, text, _ORIGIN, font, _SCALE, 255, pen_px, cv2.LINE_AA))


def _flat(images: np.ndarray, blur_px: float) -> np.ndarray:
    """Return (n, 28, 28) images as (n, 784) float32, blurred."""
    if blur_px:
        images = np.stack([cv2.GaussianBlur(image, (0, 0), blur_px) for image in images])
    return images.reshape(len(images), -1).astype(np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)
