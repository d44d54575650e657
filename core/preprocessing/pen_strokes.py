"""The ink of a pen's path: drawn again at the width that MNIST's pens have for a digit of its size."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from core.preprocessing.binarization import Ink
from core.preprocessing.mnist_form import Step, to_mnist_form
from core.preprocessing.segmentation import MAX_PIECES_AREA, Piece, find_pieces, merge_pieces
from core.preprocessing.working_grey import WORK_PIXELS

PEN_SHARE = 0.125  # pen width over the digit's longest side; MNIST's strokes are 2.3 to 2.7 of its 20 pixels wide
OTHER_PEN_SHARES = (0.08, 0.18)  # a thinner and a thicker pen, which MNIST was written with too
SIDE_PX = 100  # a digit's longest side as it is drawn, before it is brought to 20
MIN_OVERLAP = 2 / 3  # of the narrower stroke's width: touching strokes that share more are one digit (a crossed 7)
MAX_MERGED_HEIGHT = 1.2  # times the tallest stroke: touching strokes that are higher together are on two lines
MAX_STROKES = 300  # more are drawn as one, for it takes long to ask of each two whether they are one digit
MAX_POINTS = 50_000  # of all strokes; a stroke has some dozens
MIN_DIGIT_PX = 8.0  # on the canvas: a smaller digit is not drawn larger, so that a dot stays a dot


class StrokesError(ValueError):
    """Pen strokes are not read; the message is a sentence for the person who drew them."""


class RedrawnStrokes(NamedTuple):
    """Pen strokes drawn again."""

    ink: Ink
    pieces: list[Piece]


def redraw(strokes: Sequence[np.ndarray], single: bool, pen_share: float = PEN_SHARE) -> RedrawnStrokes:
    """Return the ink of pen strokes and a piece for each stroke, so that touching digits stay separate.

    Touching strokes above each other are one piece, because they belong to one digit.

    strokes: each (n, 2) float, pixels, y downward, at least one point. single: all of them are one digit.
    pen_share: the pen's width over the digit's longest side.
    Raises StrokesError where there are more than `MAX_POINTS` points. Of more than `MAX_STROKES` strokes, or of very
    long ones, connected components of their ink are the pieces.
    """
    points = np.concatenate(strokes)
    if len(points) > MAX_POINTS:
        raise StrokesError(
            f"This drawing has {len(points):,} points; at most {MAX_POINTS:,} are read. Clear it, and draw anew."
        )
    extent = points.max(axis=0) - points.min(axis=0)
    size_px = max(float(extent.max()) if single else _digit_height(strokes), MIN_DIGIT_PX)
    scale = max(size_px / (SIDE_PX * (1 - pen_share)), (extent.prod() / WORK_PIXELS) ** 0.5)
    pen_px = max(1, round(pen_share * size_px / scale / (1 - pen_share)))
    origin = points.min(axis=0) - scale * pen_px
    scaled = [(stroke - origin) / scale for stroke in strokes]
    are_few = len(strokes) <= MAX_STROKES and _drawn_area(scaled, pen_px) <= MAX_PIECES_AREA
    pieces = [_draw([stroke], pen_px) for stroke in scaled] if are_few else [_draw(scaled, pen_px)]
    whole = merge_pieces([*pieces, Piece(0, 0, np.zeros((1, 1), np.uint8))])
    if not single:
        pieces = _merge_digits(pieces) if are_few else find_pieces(whole.ink)
    step = Step("pen path", whole.ink, "The path is drawn again with a pen as wide as MNIST's, so loops stay open.")
    return RedrawnStrokes(Ink(whole.ink, scale, (step,), (origin[0], origin[1])), pieces)


def redraw_with_other_pens(strokes: Sequence[np.ndarray]) -> np.ndarray:
    """Return one digit's pen strokes, as in `redraw`, drawn thinner and thicker: (2, 28, 28) uint8 in MNIST form."""
    return np.stack([to_mnist_form(merge_pieces(redraw(strokes, True, pen).pieces).ink) for pen in OTHER_PEN_SHARES])


def _merge_digits(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with those of one digit merged, in the order of their first strokes."""
    tallest, groups = max(piece.height for piece in pieces), []
    for piece in pieces:
        same = [group for group in groups if any(_are_one_digit(piece, other, tallest) for other in group)]
        groups = [group for group in groups if group not in same] + [[*sum(same, []), piece]]
    return [merge_pieces(group) for group in groups]


def _are_one_digit(one: Piece, other: Piece, tallest: int) -> bool:
    left, right = max(one.left, other.left), min(one.right, other.right)
    top, bottom = max(one.top, other.top), min(one.bottom, other.bottom)
    merged_height = max(one.bottom, other.bottom) - min(one.top, other.top)
    if (
        right - left <= MIN_OVERLAP * min(one.width, other.width)
        or bottom <= top
        or merged_height > MAX_MERGED_HEIGHT * tallest
    ):
        return False
    first, second = (
        piece.ink[top - piece.top : bottom - piece.top, left - piece.left : right - piece.left]
        for piece in (one, other)
    )
    return bool(np.minimum(first, second).any())


def _digit_height(strokes: Sequence[np.ndarray]) -> float:
    """Return the height of a digit among the strokes of a number: the median of the taller strokes."""
    heights = np.array([np.ptp(stroke[:, 1]) for stroke in strokes])
    return float(np.median(heights[heights >= 0.5 * heights.max()]))


def _drawn_area(strokes: Sequence[np.ndarray], pen_px: int) -> float:
    """Return how many pixels the pieces of the strokes, each (n, 2) in pixels of the ink, have together."""
    return float(sum(np.prod(np.ptp(stroke, axis=0) + 2 * pen_px) for stroke in strokes))


def _draw(strokes: Sequence[np.ndarray], pen_px: int) -> Piece:
    """Return strokes, each (n, 2) in pixels of the ink, as one piece."""
    points = np.concatenate(strokes)
    left, top = np.floor(points.min(axis=0)).astype(int) - pen_px
    width, height = np.ceil(points.max(axis=0)).astype(int) + pen_px + 1 - (left, top)
    ink = np.zeros((height, width), np.uint8)
    for stroke in strokes:
        path = np.concatenate([stroke, stroke[-1:]])  # so that a single point is drawn as well
        eighths = np.round((path - (left, top)) * 8).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(ink, [eighths], False, 255, pen_px, cv2.LINE_AA, 3)
    drawn = Piece(int(left), int(top), ink)
    return drawn.trimmed() or drawn
