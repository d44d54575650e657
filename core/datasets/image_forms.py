"""The two forms of a data set's images: strokes in MNIST form, or plain pictures; and which of them suits a set."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.config.dataset_spec import ImageForm
from core.preprocessing.mnist_form import to_mnist_form

SAMPLE_IMAGES = 400
"""How many images of a set are looked at to find out its form."""

_MAX_STROKE_RADIUS_PX = 3.4  # of 28: the mean of MNIST is 2.1, of letters of a font 2.8, of Fashion-MNIST 4.0
_SAME_FORM = 6.0  # of 255: mean difference up to which an image is in MNIST form already


def sample_indexes(count: int) -> np.ndarray:
    """Return the indexes of at most `SAMPLE_IMAGES` images of so many, evenly: int64."""
    return np.unique(np.linspace(0, max(0, count - 1), min(count, SAMPLE_IMAGES)).astype(np.int64))


@dataclass(frozen=True)
class StrokeForm:
    """The way from the images of a set to MNIST form: whether they are dark on light, and whether they are in it."""

    is_dark_on_light: bool
    is_reached: bool

    @classmethod
    def of(cls, sample: np.ndarray) -> "StrokeForm":
        """Return the way for a set of which these, (n, 28, 28) uint8, are some images."""
        rims = np.concatenate([sample[:, 0], sample[:, -1], sample[:, :, 0], sample[:, :, -1]], axis=1)
        formed = np.stack([to_mnist_form(image) for image in sample]).astype(np.int16)
        difference = np.median(np.abs(formed - sample).mean(axis=(1, 2)))
        return cls(bool(np.median(np.median(rims, axis=1)) > 127), bool(difference < _SAME_FORM))

    def apply(self, images: np.ndarray) -> np.ndarray:
        """Return (n, 28, 28) uint8 images light on dark, fitted into 20×20 and centred by mass.

        Images that are so already stay as they are, to the bit.
        """
        if self.is_reached:
            return images
        strokes = np.empty_like(images)
        for place, image in enumerate(images):
            strokes[place] = to_mnist_form(255 - image if self.is_dark_on_light else image)
        return strokes


def suits(strokes: np.ndarray) -> ImageForm:
    """Return the form that suits a set, given some images of it in MNIST form: (n, 28, 28) uint8.

    They are strokes where most of the ink is thin: its mean largest distance to ground is that of a pen's line.
    """
    radii = [_stroke_radius(image) for image in strokes]
    return ImageForm.MNIST if np.mean(radii) <= _MAX_STROKE_RADIUS_PX else ImageForm.PLAIN


def _stroke_radius(image: np.ndarray) -> float:
    """Return the largest distance from ink to ground, in pixels; a large one where there is no ink."""
    ink = (image > max(24, int(image.max()) // 2)).astype(np.uint8)
    if not ink.any():
        return 2 * _MAX_STROKE_RADIUS_PX
    return float(cv2.distanceTransform(ink, cv2.DIST_L2, 5).max())
