"""Dotted paper: many small dots of one size are printed, and no handwriting."""

import cv2
import numpy as np

from core.preprocessing.components import find_components

_MIN_DOTS = 40
_MAX_DOT_SHARE, _MAX_SMALL_PX = 0.012, 8  # a dot's width and height: of the picture's shorter side, or pixels
_MAX_DISK_PX = 14  # likewise, of a larger dot that is clearly a disk
_MIN_FILLED, _MIN_DISK_FILLED, _MAX_DISK_FILLED = 0.5, 0.58, 0.9  # of a dot's box; a disk fills 0.79, a small one less
_MAX_ASPECT_PX = 2  # between a dot's width and height
_MIN_ALIKE_SHARE = 0.7  # of the dots: how many have about the median's width and height
_MAX_REMAINS = 1.6  # times a small dot's size: what is no larger beside the dots is one too, cut by the rim or blurred
_SAME_PITCH = 0.15  # of the pitch: how much the distances between neighbouring dots differ
_MAX_COMPARED = 200  # dots whose neighbours are looked for


def without_dots(strength: np.ndarray) -> np.ndarray:
    """Return ink (h, w) uint8 without the dots of dotted paper, if it has them: small alike disks on a lattice."""
    labels, statistics, centers = find_components(strength > 0)
    stats = statistics.astype(np.int64)
    stats[0] = strength.size  # the ground is no dot
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    sides, filled = np.maximum(widths, heights), stats[:, cv2.CC_STAT_AREA] / (widths * heights)
    is_dot = (sides <= max(_MAX_SMALL_PX, _MAX_DOT_SHARE * min(strength.shape))) & (filled >= _MIN_FILLED)
    is_dot |= (sides <= _MAX_DISK_PX) & (filled >= _MIN_DISK_FILLED) & (filled <= _MAX_DISK_FILLED)
    is_dot &= np.abs(widths - heights) <= _MAX_ASPECT_PX
    count = np.count_nonzero(is_dot)
    if count < _MIN_DOTS:
        return strength
    is_alike = is_dot & _near_median(widths, is_dot) & _near_median(heights, is_dot)
    if np.count_nonzero(is_alike) < max(_MIN_DOTS, _MIN_ALIKE_SHARE * count) or not _is_lattice(centers[is_alike]):
        return strength
    dot = float(np.median(sides[is_alike]))
    largest = min(_MAX_REMAINS * dot + 1, max(dot + _MAX_ASPECT_PX, _MAX_REMAINS * _MAX_SMALL_PX + 1))
    return np.where((is_alike | (sides <= largest))[labels], 0, strength).astype(np.uint8)


def _near_median(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return which values (n,) are at most two pixels from the median of the chosen ones."""
    return np.abs(values - float(np.median(values[chosen]))) <= _MAX_ASPECT_PX


def _is_lattice(centers: np.ndarray) -> bool:
    """Return whether most points (n, 2) have their three nearest neighbours at one and the same distance."""
    some = centers[:: max(1, len(centers) // _MAX_COMPARED)]
    distances = np.hypot(*(some[:, None] - centers[None]).transpose(2, 0, 1))
    nearest = np.sort(distances, axis=1)[:, 1:4]  # the first is the point itself
    pitch = float(np.median(nearest))
    return bool(np.mean(np.abs(nearest - pitch) <= max(1.5, _SAME_PITCH * pitch)) >= _MIN_ALIKE_SHARE)
