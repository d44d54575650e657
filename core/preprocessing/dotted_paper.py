"""Dotted paper: many small dots of one size are printed, and no handwriting."""

import cv2
import numpy as np

_MIN_DOTS = 40
_MAX_DOT_SHARE = 0.04  # of the picture's shorter side: a dot's width and height
_MIN_FILLED = 0.5  # of a dot's box; a disk fills 0.79, of few pixels less
_SAME_SIZE = 1.6  # a factor of widths, or heights, up to which dots are alike
_MIN_ALIKE_SHARE = 0.7  # of the dots: how many are alike


def without_dots(strength: np.ndarray) -> np.ndarray:
    """Return ink (h, w) uint8 without the dots of dotted paper, if it has them."""
    _, found, statistics, _ = cv2.connectedComponentsWithStats((strength > 0).astype(np.uint8), connectivity=8)
    labels, stats = np.asarray(found, np.int32), np.asarray(statistics, np.int64)
    stats[0] = strength.size  # the ground is no dot
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    is_dot = np.maximum(widths, heights) <= max(2, _MAX_DOT_SHARE * min(strength.shape))
    is_dot &= stats[:, cv2.CC_STAT_AREA] >= _MIN_FILLED * widths * heights
    if np.count_nonzero(is_dot) < _MIN_DOTS:
        return strength
    is_alike = is_dot & _near_median(widths, is_dot) & _near_median(heights, is_dot)
    if np.count_nonzero(is_alike) < max(_MIN_DOTS, _MIN_ALIKE_SHARE * np.count_nonzero(is_dot)):
        return strength
    return np.where(is_dot[labels], 0, strength).astype(np.uint8)


def _near_median(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return which values (n,) are at most a factor from the median of the chosen ones, or two pixels."""
    median = float(np.median(values[chosen]))
    return (np.abs(values - median) <= 2) | ((values <= _SAME_SIZE * median) & (_SAME_SIZE * values >= median))
