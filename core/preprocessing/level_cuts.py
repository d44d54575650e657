"""Level cuts through ink, as a fold or a fault of the scanner leaves them, closed: one line of digits is not two."""

from collections.abc import Iterator

import cv2
import numpy as np

from core.preprocessing.components import find_components

_MIN_STRENGTH = 64  # of 255, of ink that counts
_MAX_CUT, _MAX_CUT_OF_1 = 0.08, 0.04  # of the height of what is above and below it together
_MIN_PART = 0.2  # of the same: the height of each
_MAX_ASPECT = 2.3  # of a digit: height over width; two lines of digits together are mostly higher
_WIDE_PERCENTILE = 75  # of the widths of pieces: a cut may leave narrow ones
_MIN_WIDTH, _MIN_HEIGHT = 0.5, 0.5  # over its height, of a piece of a digit that is no upright stroke; over the highest
_MIN_MATCH = 0.7  # of the ink along a cut: how much goes on beyond it
_MAX_SLANT = 0.7  # columns a row of a stroke that goes on
_SLANTS = 7  # of strokes that are tried
_EDGE_PX = 2  # rows beside a cut that say where strokes end


def without_level_cuts(strength: np.ndarray, single: bool = False) -> np.ndarray:
    """Return ink (h, w) uint8 whose strokes go on across its level cuts; as it is where it has none.

    single: all of it is one digit, so that no cut parts two lines of writing.
    """
    closed = strength
    for top, bottom in _cuts(strength >= _MIN_STRENGTH, single):
        closed = closed.copy() if closed is strength else closed
        around = slice(max(0, top - 2 * (bottom - top) - _EDGE_PX), bottom + 2 * (bottom - top) + _EDGE_PX)
        bridged = [cv2.morphologyEx(closed[around], cv2.MORPH_CLOSE, brush) for brush in _brushes(bottom - top)]
        closed[top:bottom] = np.max(bridged, axis=0)[top - around.start : bottom - around.start]
    return closed


def _brushes(rows: int) -> Iterator[np.ndarray]:
    """Yield the lines, (h, w) uint8, along which a stroke may go on across a cut of so many rows."""
    height, side = rows // 2 * 2 + 3, (_reach(rows) + 1) // 2
    for shift in np.unique(np.linspace(-side, side, _SLANTS).round().astype(int)).tolist():
        brush = np.zeros((height, 2 * side + 1), np.uint8)
        yield cv2.line(brush, (side - shift, 0), (side + shift, height - 1), 1)


def _cuts(is_ink: np.ndarray, single: bool) -> Iterator[tuple[int, int]]:
    """Yield the first row of each cut through ink (h, w) bool, and the one after its last."""
    steps = np.flatnonzero(np.diff(np.pad(is_ink.any(axis=1), 1).astype(np.int8)))
    bands = steps.reshape(-1, 2)  # of rows with ink: the first, and the one after the last
    for (start, top), (bottom, end) in zip(bands, bands[1:], strict=False):
        height = end - start
        if bottom - top <= _MAX_CUT * height and min(top - start, end - bottom) >= _MIN_PART * height:
            above, below = is_ink[max(start, top - _EDGE_PX) : top], is_ink[bottom : bottom + _EDGE_PX]
            is_one_line = single or _is_one_line(is_ink[start:top], is_ink[bottom:end], height)
            if is_one_line and _go_on(above, below, _reach(bottom - top)):
                yield int(top), int(bottom)


def _reach(rows: int) -> int:
    """Return how many columns a stroke goes to the side in a cut of so many rows."""
    return int(_MAX_SLANT * rows) + 1


def _is_one_line(above: np.ndarray, below: np.ndarray, height: int) -> bool:
    """Return whether ink in rows above and below a cut, (h, w) bool each, is not too high for its width to be one line.

    Its width is that of the wide pieces among high ones. One upright stroke close over another is a 1; several are two
    lines.
    """
    pieces = [find_components(band).stats[1:] for band in (above, below)]  # no band is without ink
    stats = np.concatenate(pieces)
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    wide = widths[(widths >= _MIN_WIDTH * heights) & (heights >= _MIN_HEIGHT * heights.max())]
    if len(wide):
        return height <= _MAX_ASPECT * np.percentile(wide, _WIDE_PERCENTILE)
    cut = height - len(above) - len(below)
    return len(stats) == len(pieces) and cut <= _MAX_CUT_OF_1 * height


def _go_on(above: np.ndarray, below: np.ndarray, reach: int) -> bool:
    """Return whether most ink in rows (k, w) bool has some in the other rows, at most so many columns to its side."""
    brush = np.ones((1, 2 * reach + 1), np.uint8)
    ends = [rows.max(axis=0, keepdims=True).astype(np.uint8) for rows in (above, below)]
    near = [cv2.dilate(row, brush) for row in ends]
    matched = sum(cv2.countNonZero(row & other) for row, other in zip(ends, near[::-1], strict=True))
    return matched >= _MIN_MATCH * sum(map(cv2.countNonZero, ends))
