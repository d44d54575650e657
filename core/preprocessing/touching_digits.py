"""Cuts of touching digits, along seams of least ink and at waists; the network chooses among them."""

from collections.abc import Sequence

import cv2
import numpy as np

from core.preprocessing.segmentation import Piece

MIN_CUT_WIDTH = 0.55  # of the digit height: a narrower piece is one digit
MIN_CUT_HEIGHT = 0.4  # of the digit height: a lower piece is not cut
MAX_CUT_WIDTH = 25  # times the digit height: a wider piece is no chain of digits
MIN_CUT_DISTANCE = 0.12  # of the digit height, between two cuts
MAX_CUTS_PER_HEIGHT = 4  # seams in a stretch as wide as a digit is high
INK_LEVEL = 64  # of 255: ink for loops and waists
LOOP_COST = 0.5  # of a pixel full of ink: what a step within a closed loop costs, because a loop belongs to one digit
GROUND_COST = 0.001  # what a step on open ground costs
DIAGONAL_COST = 0.1  # of a pixel full of ink: what a step aside costs
WAIST_RANGE = 0.35, 0.9  # of the height on either side: what is lower is a crossing stroke, what is higher no waist
WAIST_REACH = 0.5  # of the digit height: how far to either side the heights are compared
MIN_WAIST_WIDTH = 0.9  # times the digit height: a narrower piece's waist is within one digit


def split_piece(piece: Piece, digit_height: float) -> list[Piece]:
    """Return the parts of a piece from the left, cut along every seam that may lie between two digits.

    digit_height: that of the piece's line, pixels. A piece as narrow as one digit stays whole.
    """
    is_splittable = MIN_CUT_WIDTH * digit_height <= piece.width <= MAX_CUT_WIDTH * digit_height
    if not is_splittable or piece.height < MIN_CUT_HEIGHT * digit_height:
        return [piece]
    paid = _paid(piece.ink)
    seams = _seams(paid, digit_height)
    seams = sorted(seams + _waists(piece.ink, seams, digit_height), key=np.mean)
    cut_inks = [float(_with_ground(paid[np.arange(piece.height), seam]).sum()) for seam in seams] + [0.0]
    bounds = np.sort([np.full(piece.height, -1), *seams, np.full(piece.height, piece.width - 1)], axis=0)
    parts = [
        _between(piece, after, upto, cut_ink)
        for after, upto, cut_ink in zip(bounds[:-1], bounds[1:], cut_inks, strict=True)
    ]
    return [part for part in parts if part is not None]


def _between(piece: Piece, after: np.ndarray, upto: np.ndarray, cut_ink: float) -> Piece | None:
    """Return the part of a piece to the right of one seam (h,), up to and with the next; None if it has no ink."""
    left, right = int(after.min()) + 1, int(upto.max()) + 1
    columns = np.arange(left, right)
    inside = (columns > after[:, None]) & (columns <= upto[:, None])
    ink = np.where(inside, piece.ink[:, left:right], 0).astype(np.uint8)
    return Piece(piece.left + left, piece.top, ink, cut_ink).trimmed()


def _paid(ink: np.ndarray) -> np.ndarray:
    """Return (h, w) float32, what a seam pays at each pixel for ink and within loops, in pixels full of ink."""
    inside = _loops(ink)
    paid = ink.astype(np.float32)
    paid /= 255
    return np.maximum(paid, LOOP_COST, out=paid, where=inside)


def _loops(ink: np.ndarray) -> np.ndarray:
    """Return (h, w) bool, the ground that is closed in by ink."""
    ground = (np.pad(ink, 1) < INK_LEVEL).view(np.uint8)
    _, labels = cv2.connectedComponents(ground, connectivity=4)
    loops = labels != labels[0, 0]
    loops &= ground > 0
    return loops[1:-1, 1:-1]


def _with_ground(paid: np.ndarray) -> np.ndarray:
    """Return what the steps onto these pixels cost, as float64."""
    return paid.astype(np.float64) + GROUND_COST


def _seams(paid: np.ndarray, digit_height: float) -> list[np.ndarray]:
    """Return candidate cuts, cheapest first, each the column (h,) at which it crosses every row."""
    middle = len(paid) // 2
    down, from_above = _least_costs(paid[: middle + 1])
    up, from_below = _least_costs(paid[middle:][::-1])
    through = down + up - _with_ground(paid[middle])
    max_seams = int(MAX_CUTS_PER_HEIGHT * paid.shape[1] / digit_height) + 1
    columns = _local_minima(through, _min_distance_px(digit_height))[:max_seams]
    return list(np.concatenate([_follow(from_above, columns), _follow(from_below, columns)[-2::-1]]).T)


def _min_distance_px(digit_height: float) -> int:
    return max(2, round(MIN_CUT_DISTANCE * digit_height))


def _waists(ink: np.ndarray, seams: Sequence[np.ndarray], digit_height: float) -> list[np.ndarray]:
    """Return vertical cuts (h,) where the ink is lower than on both sides, if no seam is near.

    Where the sides of two round digits overlap, as in 00, no seam between them crosses little ink.
    """
    height, width = ink.shape
    if width < MIN_WAIST_WIDTH * digit_height:
        return []
    is_ink = ink >= INK_LEVEL
    top, bottom = is_ink.argmax(axis=0), height - is_ink[::-1].argmax(axis=0)
    extent = np.where(is_ink.any(axis=0), bottom - top, 0).astype(np.float32)
    distance, reach = _min_distance_px(digit_height), max(3, round(WAIST_REACH * digit_height))
    lowest = cv2.erode(extent[None], np.ones((1, 2 * distance + 1), np.uint8))[0]
    columns = []
    for x in np.flatnonzero((extent > 0) & (extent <= lowest)):
        if not distance <= x < width - distance or columns and x - columns[-1] < distance:
            continue
        beside = min(extent[max(0, x - reach) : x].max(), extent[x + 1 : x + 1 + reach].max())
        middle = (top[x] + bottom[x]) // 2
        is_waist = WAIST_RANGE[0] * beside <= extent[x] <= WAIST_RANGE[1] * beside
        if is_waist and all(abs(seam[middle] - x) >= distance / 2 for seam in seams):
            columns.append(x)
    return [np.full(height, x) for x in columns]


def _least_costs(paid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least cost from the first row to each pixel of the last, and where the paths to it come from.

    The costs are (w,) float64, the steps (h, w) int8: from each pixel to the row before, -1, 0 or 1 column aside.
    Only one row of costs is kept, because a piece may be as large as a page.
    """
    total = np.full(paid.shape[1] + 2, np.inf)
    total[1:-1] = _with_ground(paid[0])
    steps = np.zeros(paid.shape, np.int8)
    for row, step in zip(paid[1:], steps[1:], strict=True):
        left, middle, right = total[:-2] + DIAGONAL_COST, total[1:-1], total[2:] + DIAGONAL_COST
        least = np.minimum(left, middle)
        step[:] = np.where(right < least, 1, (middle < left) - np.int8(1))
        total[1:-1] = _with_ground(row) + np.minimum(least, right)
    return total[1:-1], steps


def _local_minima(values: np.ndarray, distance: int) -> list[int]:
    """Return the indices of the local minima, lowest first, at least `distance` from each other and from the ends."""
    chosen = []
    inner = np.arange(distance, len(values) - distance)
    window = np.ones(2 * distance + 1, np.uint8)[None]
    lowest = cv2.erode(values[None], window)[0]
    for index in inner[np.argsort(values[inner], kind="stable")]:
        if values[index] <= lowest[index] and all(abs(index - other) >= distance for other in chosen):
            chosen.append(int(index))
    return chosen


def _follow(steps: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    """Return k paths' columns in every row, (h, k), back along (h, w) steps from their columns in the last row."""
    found = np.empty((len(steps), len(columns)), np.int64)
    found[-1] = columns
    for row in range(len(steps) - 1, 0, -1):
        found[row - 1] = found[row] + steps[row, found[row]]
    return found
