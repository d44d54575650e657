"""A piece of paper on a plain margin: where the paper is, so that the margin does not hide what is written on it."""

import cv2
import numpy as np

from core.preprocessing.components import find_components
from core.preprocessing.tilted_rectangle import TiltedRectangle

_SAME_GREY = 12  # of 255: how far greys of a plain margin are from each other
_MIN_PLAIN_SHARE = 0.97  # of the picture's rim: how much of it has the margin's grey
_MIN_EDGE_SHARE = 0.9  # of each side of the paper: how much of it differs from the margin, which no writing does
_MIN_PAPER_SHARE = 0.5  # of the paper: how much of it differs from the margin; ink may have the margin's grey
_MAX_SPECK_SHARE = 0.012  # of the picture's longer side: whatever is larger on the margin may be writing
_MIN_AREA_SHARE = 0.3  # of the picture: the paper's
_MAX_DARKER = 150  # of 255: paper on a light margin is not as dark as ink on it
_MIN_SIDE_PX = 12
_MIN_CONTRAST = 15  # of 255, on the paper: a plain rectangle is a drawn one
_SOFT_EDGES_PX = 6  # of tilted paper, on both sides together
_MIN_TILT_DEG, _MAX_TILT_DEG = 0.5, 20.0
_INSET_SHARE = 0.012  # of the paper's shorter side, for its edge is soft

Window = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


def find_pasted_paper(grey: np.ndarray) -> Window | None:
    """Return where a rectangle of paper lies in a picture (h, w) uint8 with a plain margin; None where none does."""
    margin = _margin_grey(grey)
    if margin is None:
        return None
    differs = cv2.absdiff(grey, np.full_like(grey, round(margin))) > _SAME_GREY
    if not differs.any():
        return None
    (left, right), (top, bottom) = (_extent(differs, axis) for axis in (0, 1))
    paper = differs[top:bottom, left:right].copy()
    if not _is_rectangle(paper) or not _MIN_AREA_SHARE * grey.size <= paper.size < grey.size:
        return None
    differs[top:bottom, left:right] = False
    if _largest_extent(differs) > max(2, _MAX_SPECK_SHARE * max(grey.shape)):
        return None
    inset = max(1, round(_INSET_SHARE * min(paper.shape)))
    window = left + inset, top + inset, right - inset, bottom - inset
    low, middle, high = np.percentile(grey[window[1] : window[3], window[0] : window[2]], (1, 50, 99))
    return window if high - low >= _MIN_CONTRAST and margin - middle <= _MAX_DARKER else None


def level_tilted_paper(grey: np.ndarray) -> np.ndarray | None:
    """Return a picture (h, w) uint8 whose margin has the grey of a tilted rectangle of paper on it; None without one.

    Nothing is turned: the margin, which a pen does not reach, is filled with the median of the paper.
    """
    margin = _margin_grey(grey)
    if margin is None:
        return None
    differs = (cv2.absdiff(grey, np.full_like(grey, round(margin))) > _SAME_GREY).astype(np.uint8)
    contours, _ = cv2.findContours(differs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=cv2.contourArea, default=None)
    if largest is None or cv2.contourArea(largest) < _MIN_AREA_SHARE * grey.size:
        return None
    rectangle = TiltedRectangle.around(largest)
    size = round(rectangle.size[0]), round(rectangle.size[1])
    if not _MIN_TILT_DEG <= abs(rectangle.tilt) <= _MAX_TILT_DEG:
        return None
    if not _is_rectangle(cv2.warpAffine(255 * differs, rectangle.turn(), size) > 127):
        return None
    inset = 1 + max(1, round(_INSET_SHARE * min(size)))
    inside, around = (rectangle.mask(grey.shape, wider) for wider in (-2 * inset, _SOFT_EDGES_PX))
    if _largest_extent((differs > 0) & ~around) > max(2, _MAX_SPECK_SHARE * max(grey.shape)):
        return None
    paper = grey[inside]
    low, middle, high = np.percentile(paper, (1, 50, 99))
    if high - low < _MIN_CONTRAST or margin - middle > _MAX_DARKER:
        return None
    return np.where(inside, grey, np.uint8(middle))


def _margin_grey(grey: np.ndarray) -> float | None:
    """Return the grey of the picture's rim; None where the rim has several, or the picture is small."""
    if min(grey.shape) < _MIN_SIDE_PX:
        return None
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    margin = float(np.median(rim))
    is_plain = np.mean(np.abs(rim - np.float32(margin)) <= _SAME_GREY) >= _MIN_PLAIN_SHARE
    return margin if is_plain else None


def _largest_extent(mask: np.ndarray) -> int:
    """Return the longest side of the largest connected piece of a mask (h, w) bool; 0 without any."""
    stats = find_components(mask).stats
    return int(np.max(stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]], initial=0))


def _extent(differs: np.ndarray, axis: int) -> tuple[int, int]:
    """Return the first column (axis 0) or row (axis 1) of which much differs, and the one after the last."""
    shares = differs.mean(axis=axis)
    wide = np.flatnonzero(shares >= shares.max() / 2)
    return int(wide[0]), int(wide[-1]) + 1


def _is_rectangle(paper: np.ndarray) -> bool:
    """Return whether a mask (h, w) bool is full along all four sides and mostly full inside."""
    if min(paper.shape) < _MIN_SIDE_PX or paper.mean() < _MIN_PAPER_SHARE:
        return False
    sides = paper[1], paper[-2], paper[:, 1], paper[:, -2]
    return min(float(side.mean()) for side in sides) >= _MIN_EDGE_SHARE
