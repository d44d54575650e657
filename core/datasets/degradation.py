"""Image degradation: the flaws of pens, cameras, scanners and small bitmaps, added to drawings for training."""

from collections.abc import Sequence

import cv2
import numpy as np

from core.preprocessing.mnist_form import to_mnist_form


def degrade(drawings: Sequence[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Return drawings, each (h, w) uint8, degraded at random and brought into MNIST form: (n, 28, 28) uint8."""
    n = len(drawings)
    formed = np.zeros((n, 28, 28), np.uint8)
    flaws = rng.random((n, 4))
    for index, drawing in enumerate(drawings):
        formed[index] = to_mnist_form(_add_flaws(drawing, flaws[index], rng))
    return _misplace_half(formed, rng)


def _add_flaws(drawing: np.ndarray, flaws: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the drawing stretched, ragged or coarse, blurred, pale or saturated, as `flaws` (4,) in [0, 1) decide.

    Each flaw occurs where its number is low, and the number is its amount too. Where too little ink would be left, the
    drawing is returned as it is.
    """
    original = drawing
    if flaws[0] < 0.3:  # a bitmap whose aspect was not kept
        stretch = np.exp((flaws[0] / 0.3 - 0.5) * 2 * np.log(1.6))
        drawing = cv2.resize(drawing, None, fx=stretch, fy=1, interpolation=cv2.INTER_AREA)
    if flaws[1] < 0.15:
        drawing = _with_ragged_edges(drawing, rng)
    elif flaws[1] < 0.25:
        drawing = _in_coarse_pixels(drawing, step_px=3.0 + 12 * (flaws[1] - 0.15))
    if flaws[2] < 0.25:
        drawing = cv2.GaussianBlur(drawing, (0, 0), 0.8 + 5 * flaws[2])
    if flaws[3] < 0.25:  # a pale or a saturated pen
        drawing = cv2.convertScaleAbs(drawing, alpha=0.65 + 4 * flaws[3])
    return drawing if drawing.max() > 40 else original


def _with_ragged_edges(drawing: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = drawing.shape
    noise = rng.integers(0, 256, (height // 3, width // 3), np.uint8)
    noise = cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
    soft = cv2.blur(drawing, (5, 5))
    return ((soft > 70 + noise * np.float32(0.45)) * np.uint8(255)).astype(np.uint8)


def _in_coarse_pixels(drawing: np.ndarray, step_px: float) -> np.ndarray:
    """Return the drawing in few pixels, each black or white."""
    size = max(1, round(drawing.shape[1] / step_px)), max(1, round(drawing.shape[0] / step_px))
    small = cv2.resize(drawing, size, interpolation=cv2.INTER_AREA)
    return ((small > 90) * np.uint8(255)).repeat(4, axis=0).repeat(4, axis=1)


def _misplace_half(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return images (n, 28, 28), half of them shifted and scaled a little, as specks and shadows change the ink's box.

    The given array is changed.
    """
    n = len(images)
    scale, shift = rng.uniform(0.93, 1.06, n), rng.uniform(-1.3, 1.3, (n, 2))
    for index in np.flatnonzero(rng.random(n) < 0.5):
        offset = 13.5 * (1 - scale[index]) + shift[index]
        matrix = np.array([[scale[index], 0, offset[0]], [0, scale[index], offset[1]]])
        images[index] = cv2.warpAffine(images[index], matrix, (28, 28), flags=cv2.INTER_LINEAR)
    return images
