"""The field of a scene: its size, its coordinates, and what chance draws most often."""

import cv2
import numpy as np

SIDE_PX = 192
"""Width and height of a scene."""

THICKER_PX = 1.44
"""How much wider than its thickness OpenCV draws an anti-aliased line of an even thickness."""

_ROWS, _COLUMNS = (axis.astype(np.float32) - (SIDE_PX - 1) / 2 for axis in np.mgrid[:SIDE_PX, :SIDE_PX])


def rotated_axes(angle: float) -> tuple[np.ndarray, np.ndarray]:
    """Return each pixel's place along and across a direction, from the centre in pixels: two (192, 192) float32.

    angle: of the direction against level, radians, clockwise as y points downward.
    """
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return _COLUMNS * cosine + _ROWS * sine, _ROWS * cosine - _COLUMNS * sine


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a number of which the logarithm is uniform."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def happens(rng: np.random.Generator, chance: float) -> bool:
    """Return True with this chance, 0 to 1."""
    return bool(rng.random() < chance)


def smooth_noise(rng: np.random.Generator, size_px: float) -> np.ndarray:
    """Return noise that is smooth over about so many pixels: (192, 192) float32, 0 to 1, a little more at extremes."""
    knots = max(2, min(SIDE_PX, round(SIDE_PX / size_px) + 1))
    coarse = rng.random((knots, knots), np.float32)
    return cv2.resize(coarse, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)


def soften(coverage: np.ndarray, deviation_px: float) -> np.ndarray:
    """Return an array (192, 192) blurred by a Gaussian of this standard deviation, unless it is tiny."""
    return cv2.GaussianBlur(coverage, (0, 0), deviation_px) if deviation_px >= 0.2 else coverage


def line_thickness(width_px: float) -> int:
    """Return the thickness for OpenCV of an anti-aliased line about so wide: 1, of 1.35 pixels, or an even number."""
    return 1 if width_px < 2.4 else 2 * max(1, round((width_px - THICKER_PX) / 2))
