"""Strong augmentation: training images as other pens, people and cameras would give them, and outliers among them."""

import cv2
import numpy as np

from core.datasets import synthetic_digits
from core.datasets.degradation import degrade
from core.datasets.outliers import draw_outliers

OUTLIER_LABEL = -1
"""The label of an outlier: the network is to give every digit a tenth."""

_SHARES = {"unchanged": 0.10, "gentle": 0.47, "strong": 0.16, "synthetic": 0.19, "outlier": 0.08}
"""The shares of what is made of the images."""

_SETTLING_SHARES = {"unchanged": 0.30, "gentle": 0.36, "strong": 0.12, "synthetic": 0.14, "outlier": 0.08}
"""The shares in the final epochs, in which more images stay unchanged."""

_FINE_PX = 96  # strong changes are made at three times MNIST's resolution
_KNOTS = 6  # control points of the elastic deformation, a side


def augment_strongly(
    images: np.ndarray, labels: np.ndarray, rng: np.random.Generator, settling: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return images and labels for training in place of these, in the same number and order.

    `images` (n, 28, 28) uint8, `labels` (n,) integers. Some images stay unchanged, some are deformed gently, some
    strongly (stroke, aspect, slant, resolution, noise, then MNIST form again, as in reading); some are replaced by a
    synthetic digit of the same label, and some by an outlier, whose label becomes `OUTLIER_LABEL`. The same generator
    state gives the same result.

    `settling`: for the final epochs, in which more images stay unchanged, so that the network ends on images like those
    that it is tested on (compare Touvron et al., 2019, "Fixing the train-test resolution discrepancy").
    """
    shares = _SETTLING_SHARES if settling else _SHARES
    kinds = rng.choice(len(shares), len(images), p=list(shares.values()))
    gentle, strong, synthetic, outlier = (np.flatnonzero(kinds == kind) for kind in range(1, len(shares)))
    images, labels = images.copy(), labels.copy()
    images[gentle] = deform_gently(images[gentle], rng)
    images[strong] = degrade(deform_strongly(images[strong], rng), rng)
    images[synthetic] = degrade(synthetic_digits.draw_digits(labels[synthetic], rng), rng)
    images[outlier] = make_outliers(images[outlier], labels[outlier], rng)
    labels[outlier] = OUTLIER_LABEL
    return images, labels


def make_outliers(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return an outlier in place of each of the images (n, 28, 28) uint8, in MNIST form, of the same shape."""
    return degrade(draw_outliers(images, labels, rng), rng)


def deform_gently(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return images (n, 28, 28) with a small rotation, shift and elastic deformation: MNIST's style, another person."""
    n = len(images)
    knots = _displaced_knots(n, 14, rng, max_angle=0.13, max_slant=0.15, max_stretch=1.15, noise_px=0.7)
    knots *= rng.uniform(0.9, 1.12, (n, 1, 1, 1)).astype(np.float32)
    knots += 13.5 + rng.uniform(-1.5, 1.5, (n, 2, 1, 1)).astype(np.float32)
    weights = _interpolation_weights(28)
    deformed = np.empty_like(images)
    for index, image in enumerate(images):
        deformed[index] = _remap(image, weights, knots[index])
    return deformed


def deform_strongly(images: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return images (n, 28, 28) as other pens and people might have written them: n arrays (96, 96) uint8."""
    knots = _displaced_knots(len(images), 16, rng, max_angle=0.2, max_slant=0.3, max_stretch=1.3, noise_px=0.9)
    knots = 2 * knots + np.float32(27.5)  # in the image at twice its size
    weights = _interpolation_weights(_FINE_PX)
    widenings = rng.integers(-2, 6, len(images))
    deformed = []
    for image, image_knots, widening in zip(images, knots, widenings, strict=True):
        smooth = cv2.resize(image, (56, 56), interpolation=cv2.INTER_CUBIC)
        deformed.append(_widen_strokes(_remap(smooth, weights, image_knots), widening))
    return deformed


def _remap(image: np.ndarray, weights: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return (size, size): each pixel taken from the image where the grid (2, 6, 6) of control points says."""
    map_x, map_y = weights @ knots @ weights.T
    return cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR)


def _widen_strokes(large: np.ndarray, widening: int) -> np.ndarray:
    """Return the image with its strokes so many pixels wider on average; unchanged where thinning would break them."""
    if widening > 0:
        return cv2.dilate(large, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (widening + 1, widening + 1)))
    if widening < 0:
        thin = cv2.erode(large, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (1 - widening, 1 - widening)))
        if int(thin.sum(dtype=np.int64)) * 2 > int(large.sum(dtype=np.int64)):
            return thin
    return large


def _displaced_knots(
    n: int,
    reach: float,
    rng: np.random.Generator,
    max_angle: float,
    max_slant: float,
    max_stretch: float,
    noise_px: float,
) -> np.ndarray:
    """Return (n, 2, 6, 6) float32: where in a 28×28 image, relative to its centre, control points are taken from.

    The grid, `reach` pixels to either side, is rotated, slanted, stretched, and each point displaced: x, then y.
    """
    side = np.linspace(-reach, reach, _KNOTS)
    grid = np.stack(np.meshgrid(side, side)).reshape(2, -1)
    angle, slant = rng.uniform(-max_angle, max_angle, n), rng.uniform(-max_slant, max_slant, n)
    stretch = np.exp(rng.uniform(-1, 1, n) * np.log(max_stretch) / 2)
    rotation = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(n, 2, 2)
    shear = np.zeros((n, 2, 2))
    shear[:, 0, 0], shear[:, 1, 1], shear[:, 0, 1] = stretch, 1 / stretch, slant
    displaced = shear @ rotation @ grid + rng.normal(0, noise_px, (n, 2, _KNOTS**2))
    return displaced.reshape(n, 2, _KNOTS, _KNOTS).astype(np.float32)


def _interpolation_weights(size: int) -> np.ndarray:
    """Return (size, knots) float32: weights of a cubic through the knots at each pixel of a line."""
    return cv2.resize(np.eye(_KNOTS, dtype=np.float32), (_KNOTS, size), interpolation=cv2.INTER_CUBIC)
