"""Where touching digits may be parted: paths of least ink from top to bottom, and waists, which the network judges."""

import cv2
import numpy as np

from core.preprocessing.segmentation import Piece

MIN_CUT_DISTANCE = 0.12  # of the line's height: the least distance between two cuts
MAX_LENGTH = 25  # times the height: a longer mark is no chain of digits
LOOP_COST = (
    0.5  # what a step within a closed loop costs, as a share of a pixel full of ink: a loop belongs to one digit
)
WAIST_RANGE = 0.35, 0.9  # of the height to either side: what is lower is a crossing, what is higher no waist
WAIST_REACH = 0.5  # of the line's height: how far to either side
MIN_WAIST_WIDTH = 0.9  # times the line's height: a narrower piece has no waist between two digits but one digit's own
DIAGONAL_COST = 0.1  # what a step aside costs, as a share of a pixel full of ink


def split_piece(piece, tall):
    """A piece → its parts from the left, cut along every seam that may lie between two digits.

    tall: the height of a digit of this line, pixels. A piece as narrow as one digit stays whole.
    """
    if not 0.55 * tall <= piece.width <= MAX_LENGTH * tall or piece.height < 0.4 * tall:
        return [piece]
    cost = _cost(piece.ink)
    seams = _seams(cost, tall)
    seams = sorted(seams + _waists(piece.ink, seams, tall), key=np.mean)
    crossed = [float(cost[np.arange(piece.height), seam].sum()) for seam in seams] + [0.0]
    bounds = np.sort([np.full(piece.height, -1), *seams, np.full(piece.height, piece.width - 1)], axis=0)
    parts = [_between(piece, *pair, cut) for *pair, cut in zip(bounds, bounds[1:], crossed, strict=False)]
    return [part for part in parts if part is not None]


def _between(piece, after, upto, crossed):
    """The part of a piece to the right of one seam (h,), up to and with the next one; None if it has no ink."""
    left, right = int(after.min()) + 1, int(upto.max()) + 1
    columns = np.arange(left, right)
    own = (columns > after[:, None]) & (columns <= upto[:, None])
    return Piece(
        piece.left + left, piece.top, np.where(own, piece.ink[:, left:right], 0).astype(np.uint8), crossed
    ).trimmed()


def _cost(ink):
    """(h, w) float32: what a cut pays at each pixel, for ink and within loops; on open ground next to nothing."""
    ground = (np.pad(ink, 1) < 64).astype(np.uint8)
    _, names = cv2.connectedComponents(ground, connectivity=4)
    loops = (ground > 0) & (names != names[0, 0])
    return np.maximum(ink.astype(np.float32) / 255, LOOP_COST * loops[1:-1, 1:-1]) + 0.001


def _seams(cost, tall):
    """Candidate cuts, each the column (h,) at which it crosses every row."""
    down, up = _cheapest(cost), _cheapest(cost[::-1])[::-1]
    middle = len(cost) // 2
    through = down[middle] + up[middle] - cost[middle]
    most = int(4 * cost.shape[1] / tall) + 1
    return [
        _path(down, up, middle, column) for column in _minima(through, max(2, round(MIN_CUT_DISTANCE * tall)))[:most]
    ]


def _waists(ink, seams, tall):
    """Upright cuts (h,) where the ink is lower than to both sides, if no seam is near.

    Where the sides of two round digits lie on each other, as in 00, no path between them crosses little ink.
    """
    height, width = ink.shape
    if width < MIN_WAIST_WIDTH * tall:
        return []
    dark = ink >= 64
    top, bottom = dark.argmax(axis=0), height - dark[::-1].argmax(axis=0)
    extent = np.where(dark.any(axis=0), bottom - top, 0).astype(np.float32)
    apart, aside = max(2, round(MIN_CUT_DISTANCE * tall)), max(3, round(WAIST_REACH * tall))
    lowest = cv2.erode(extent[None], np.ones((1, 2 * apart + 1), np.uint8))[0]
    found = []
    for x in np.flatnonzero((extent > 0) & (extent <= lowest)):
        if not apart <= x < width - apart or found and x - found[-1][0] < apart:
            continue
        beside = min(extent[max(0, x - aside) : x].max(), extent[x + 1 : x + 1 + aside].max())
        middle = (top[x] + bottom[x]) // 2
        if WAIST_RANGE[0] * beside <= extent[x] <= WAIST_RANGE[1] * beside and all(
            abs(seam[middle] - x) >= apart / 2 for seam in seams
        ):
            found.append(np.full(height, x))
    return found


def _cheapest(cost):
    """(h, w): the least cost between the top and each pixel, on a path that steps down and at most one aside."""
    total = np.pad(cost, ((0, 0), (1, 1)), constant_values=np.inf)
    for above, row in zip(total, total[1:], strict=False):
        row[1:-1] += np.minimum(above[1:-1], np.minimum(above[:-2], above[2:]) + DIAGONAL_COST)
    return total[:, 1:-1]


def _minima(values, apart):
    """Columns of the lowest values, cheapest first, no two nearer than so many pixels, none at the rim."""
    chosen = []
    inner = np.arange(apart, len(values) - apart)
    window = np.ones(2 * apart + 1, np.uint8)[None]
    lowest = cv2.erode(values[None], window)[0]
    for column in inner[np.argsort(values[inner], kind="stable")]:
        if values[column] <= lowest[column] and all(abs(column - other) >= apart for other in chosen):
            chosen.append(int(column))
    return chosen


def _path(down, up, middle, column):
    """The cheapest seam through one pixel of the middle row: its column in every row."""
    seam = np.empty(len(down), np.int64)
    seam[middle] = column
    for rows, total in ((range(middle - 1, -1, -1), down), (range(middle + 1, len(down)), up)):
        x = column
        for row in rows:
            near = np.arange(max(0, x - 1), min(down.shape[1], x + 2))
            x = int(near[np.argmin(total[row, near] + DIAGONAL_COST * (near != x))])
            seam[row] = x
    return seam
