"""Augmentation of training images by small affine deformations and strokes of another width."""

import cv2
import numpy as np

from core.config.dataset_spec import DatasetSpec, ImageForm

_MAX_ROTATION = np.deg2rad(12)
_MAX_SLANT = 0.25
_SCALES = (0.8, 1.15)
_MAX_STRETCH = 1.2
_MAX_SHIFT_PX = 2.0
_ZOOM = 2
"""Strokes are thickened and thinned at this many times MNIST's resolution, in steps of half a pixel."""


def augment_for(dataset: DatasetSpec, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return images (n, 28, 28) uint8 of a data set changed at random, as suits their form."""
    return augment(images, rng) if dataset.form is ImageForm.MNIST else shift(images, rng)


def shift(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return each image (n, 28, 28) shifted at random by a pixel each way: what is no stroke has no width or slant."""
    padded, shifted = np.pad(images, ((0, 0), (1, 1), (1, 1))), np.empty_like(images)
    for index, (down, right) in enumerate(rng.integers(0, 3, (len(images), 2))):
        shifted[index] = padded[index, down : down + 28, right : right + 28]
    return shifted


def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return each image shifted, rotated, slanted, stretched, and its stroke thickened or thinned, at random.

    `images` and the result are (n, 28, 28) uint8. The same generator state gives the same result.
    """
    matrices = _affine_matrices(len(images), rng)
    widenings = rng.integers(-1, 3, len(images))  # half pixels added to the stroke's width
    augmented = np.empty_like(images)
    for index, image in enumerate(images):
        augmented[index] = _warp(image, matrices[index], widenings[index])
    return augmented


def _affine_matrices(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return (n, 2, 3) maps from a 28×28 image to a field `_ZOOM` times as large, about the centre."""
    angle, slant = rng.uniform(-_MAX_ROTATION, _MAX_ROTATION, n), rng.uniform(-_MAX_SLANT, _MAX_SLANT, n)
    stretch = np.exp(rng.uniform(-1, 1, n) * np.log(_MAX_STRETCH) / 2)
    scale = rng.uniform(*_SCALES, n)
    shift = rng.uniform(-_MAX_SHIFT_PX, _MAX_SHIFT_PX, (n, 2))
    rotation = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(n, 2, 2)
    shear = np.zeros((n, 2, 2))
    shear[:, 0, 0], shear[:, 1, 1], shear[:, 0, 1] = scale * stretch, scale / stretch, slant
    linear = rotation @ shear * _ZOOM  # (n, 2, 2)
    centre = np.full(2, 13.5)
    offset = (centre + shift) * _ZOOM + (_ZOOM - 1) / 2 - linear @ centre  # (n, 2)
    return np.concatenate([linear, offset[:, :, None]], axis=2)


def _warp(image: np.ndarray, matrix: np.ndarray, widening: int) -> np.ndarray:
    size = 28 * _ZOOM
    large = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR)
    if widening > 0:
        large = cv2.dilate(large, np.ones((widening + 1, widening + 1), np.uint8))
    elif widening < 0:
        large = cv2.erode(large, np.ones((2, 2), np.uint8))
    return cv2.resize(large, (28, 28), interpolation=cv2.INTER_AREA)
