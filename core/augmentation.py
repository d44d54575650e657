"""What is done to training images so that a network meets more hands than MNIST's own."""

import cv2
import numpy as np

_MAX_ROTATION = np.deg2rad(12)
_MAX_SLANT = 0.25
_SCALES = (0.8, 1.15)
_MAX_STRETCH = 1.2
_MAX_SHIFT_PX = 2.0
_ZOOM = 2
"""Strokes are thickened and thinned at this many times MNIST's resolution, in steps of half a pixel."""


def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return each image moved, turned, slanted, stretched, and its stroke thickened or thinned, by random amounts.

    `images` and the result are (n, 28, 28) uint8. The same generator state gives the same result.
    """
    matrices = _affine_matrices(len(images), rng)
    strokes = rng.integers(-1, 3, len(images))  # half pixels added to the stroke's width
    augmented = np.empty_like(images)
    for index, image in enumerate(images):
        augmented[index] = _warp(image, matrices[index], strokes[index])
    return augmented


def _affine_matrices(n, rng):
    """Return (n, 2, 3) maps from a 28×28 image to a field `_ZOOM` times as large, about the centre."""
    angle, slant = rng.uniform(-_MAX_ROTATION, _MAX_ROTATION, n), rng.uniform(-_MAX_SLANT, _MAX_SLANT, n)
    stretch = np.exp(rng.uniform(-1, 1, n) * np.log(_MAX_STRETCH) / 2)
    scale = rng.uniform(*_SCALES, n)
    shift = rng.uniform(-_MAX_SHIFT_PX, _MAX_SHIFT_PX, (n, 2))
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(n, 2, 2)
    lean = np.zeros((n, 2, 2))
    lean[:, 0, 0], lean[:, 1, 1], lean[:, 0, 1] = scale * stretch, scale / stretch, slant
    linear = turn @ lean * _ZOOM  # (n, 2, 2)
    centre = np.full(2, 13.5)
    offset = (centre + shift) * _ZOOM + (_ZOOM - 1) / 2 - linear @ centre  # (n, 2)
    return np.concatenate([linear, offset[:, :, None]], axis=2)


def _warp(image, matrix, stroke):
    size = 28 * _ZOOM
    large = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR)
    if stroke > 0:
        large = cv2.dilate(large, np.ones((stroke + 1, stroke + 1), np.uint8))
    elif stroke < 0:
        large = cv2.erode(large, np.ones((2, 2), np.uint8))
    return cv2.resize(large, (28, 28), interpolation=cv2.INTER_AREA)
