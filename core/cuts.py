"""Where touching digits may be parted: the paths of least ink from top to bottom, which the network then judges."""

import cv2
import numpy as np

from core.segmentation import Piece

NEAREST = 0.12  # of the line's height: the least distance between two cuts
LEANING = 0.1  # what a step aside costs, as a share of a pixel full of ink


def parts_of(piece, tall):
    """A piece → its parts from the left, cut along every seam that may lie between two digits.

    tall: the height of a digit of this line, pixels. A piece as narrow as one digit stays whole.
    """
    if piece.width < 0.55 * tall or piece.height < 0.4 * tall:
        return [piece]
    seams = _seams(piece.ink, tall)
    if not seams:
        return [piece]
    order = np.argsort([seam.mean() for seam in seams])
    crossed = [float(piece.ink[np.arange(piece.height), seams[k]].sum()) / 255 for k in order] + [0.0]
    side = (np.arange(piece.width)[None, :, None] > np.sort(np.stack(seams, axis=1))[:, None, :]).sum(axis=2)
    own = [np.where(side == k, piece.ink, 0).astype(np.uint8) for k in range(len(crossed))]
    parts = [Piece(piece.left, piece.top, ink, cut).trimmed() for ink, cut in zip(own, crossed, strict=True)]
    return [part for part in parts if part is not None]


def _seams(ink, tall):
    """Candidate cuts, each the column (h,) at which it crosses every row."""
    cost = ink.astype(np.float32) / 255 + 0.001
    down, up = _cheapest(cost), _cheapest(cost[::-1])[::-1]
    middle = ink.shape[0] // 2
    through = down[middle] + up[middle] - cost[middle]
    most = int(4 * ink.shape[1] / tall) + 1
    return [_path(down, up, middle, column) for column in _minima(through, max(2, round(NEAREST * tall)))[:most]]


def _cheapest(cost):
    """(h, w): the least ink between the top and each pixel, on a path that steps down and at most one aside."""
    total = cost.copy()
    for row in range(1, len(cost)):
        above = total[row - 1]
        aside = np.minimum(np.append(np.inf, above[:-1]), np.append(above[1:], np.inf)) + LEANING
        total[row] += np.minimum(above, aside)
    return total


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
            x = int(near[np.argmin(total[row, near] + LEANING * (near != x))])
            seam[row] = x
    return seam
