"""Level cuts through ink, as a fold or a fault of the scanner leaves them, closed: one line of digits is not two."""

from collections.abc import Iterator

import cv2
import numpy as np

_MIN_STRENGTH = 64  # of 255, of ink that counts
_MAX_CUT = 0.08  # of the height of what is above and below it together
_MIN_PART = 0.2  # of the same: the lower of both
_MIN_MATCH = 0.7  # of the ink along a cut: how much goes on beyond it
_MAX_SLANT = 0.7  # columns a row of a stroke that goes on
_EDGE_PX = 2  # rows beside a cut that say where strokes end


def without_level_cuts(strength: np.ndarray) -> np.ndarray:
    """Return ink (h, w) uint8 whose strokes go on across its level cuts; as it is where it has none."""
    closed = strength
    for top, bottom in _cuts(strength >= _MIN_STRENGTH):
        closed = closed.copy() if closed is strength else closed
        around = slice(max(0, top - (bottom - top) - _EDGE_PX), bottom + (bottom - top) + _EDGE_PX)
        brush = np.ones((bottom - top + 1 + _EDGE_PX, max(1, round(_MAX_SLANT * (bottom - top)))), np.uint8)
        bridged = cv2.morphologyEx(closed[around], cv2.MORPH_CLOSE, brush)
        closed[top:bottom] = bridged[top - around.start : bottom - around.start]
    return closed


def _cuts(is_ink: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield the first row of each cut through ink (h, w) bool, and the one after its last."""
    steps = np.flatnonzero(np.diff(np.pad(is_ink.any(axis=1), 1).astype(np.int8)))
    bands = steps.reshape(-1, 2)  # of rows with ink: the first, and the one after the last
    for (start, top), (bottom, end) in zip(bands, bands[1:], strict=False):
        height = end - start
        if bottom - top <= _MAX_CUT * height and min(top - start, end - bottom) >= _MIN_PART * height:
            above, below = is_ink[max(start, top - _EDGE_PX) : top], is_ink[bottom : bottom + _EDGE_PX]
            if _go_on(above, below, int(_MAX_SLANT * (bottom - top)) + 1):
                yield int(top), int(bottom)


def _go_on(above: np.ndarray, below: np.ndarray, reach: int) -> bool:
    """Return whether most ink in rows (k, w) bool has some in the other rows, at most so many columns to its side."""
    brush = np.ones((1, 2 * reach + 1), np.uint8)
    ends = [rows.max(axis=0, keepdims=True).astype(np.uint8) for rows in (above, below)]
    near = [cv2.dilate(row, brush) for row in ends]
    matched = sum(cv2.countNonZero(row & other) for row, other in zip(ends, near[::-1], strict=True))
    return matched >= _MIN_MATCH * sum(map(cv2.countNonZero, ends))
