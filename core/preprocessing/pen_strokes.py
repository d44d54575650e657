"""From a pen's path to ink: drawn again at the width that MNIST's pens have for a digit of its size."""

import cv2
import numpy as np

from core.preprocessing.binarization import WORK_PIXELS, Ink
from core.preprocessing.mnist_form import Step, to_mnist_form
from core.preprocessing.segmentation import Piece, merge_pieces

PEN_SHARE = 0.125  # pen width over the digit's longest side; MNIST's strokes are 2.3 to 2.7 of its 20 pixels wide
OTHER_PEN_SHARES = (0.08, 0.18)  # a thinner and a thicker one, with which MNIST was written too
SIDE_PX = 100  # a digit's longest side as it is drawn, before it is brought to 20
MIN_OVERLAP = 2 / 3  # of the narrower one's width: strokes that meet and share more are of one digit, as in a crossed 7
MAX_MERGED_HEIGHT = 1.2  # times the tallest stroke, what strokes that meet may make together; more is two lines
MIN_DIGIT_PX = 8.0  # a digit is not drawn smaller than this on a canvas: a dot stays a dot


def redraw(strokes, single, pen_share=PEN_SHARE):
    """Pen strokes → (Ink, [Piece, …]): a piece for each stroke, so that digits that touch stay apart.

    Strokes that meet in one place are one piece: two digits do not stand there.

    strokes: each (n, 2) float, pixels, y downward, at least one point. single: all of them are one digit.
    pen_share: the pen's width over the digit's longest side.
    """
    points = np.concatenate(strokes)
    extent = points.max(axis=0) - points.min(axis=0)
    size_px = max(float(extent.max()) if single else _height(strokes), MIN_DIGIT_PX)
    scale = max(size_px / (SIDE_PX * (1 - pen_share)), (extent.prod() / WORK_PIXELS) ** 0.5)
    pen = max(1, round(pen_share * size_px / scale / (1 - pen_share)))
    origin = points.min(axis=0) - scale * pen
    pieces = [_drawn((stroke - origin) / scale, pen) for stroke in strokes]
    whole = merge_pieces([*pieces, Piece(0, 0, np.zeros((1, 1), np.uint8))])
    if not single:
        pieces = _met(pieces)
    step = Step("pen path", whole.ink, "The path is drawn again with a pen as wide as MNIST's, so loops stay open.")
    return Ink(whole.ink, scale, (step,), tuple(origin)), pieces


def redraw_with_other_pens(strokes):
    """Pen strokes of one digit, as in `redrawn`, drawn thinner and thicker: (2, 28, 28) uint8 in MNIST form."""
    return np.stack([to_mnist_form(merge_pieces(redraw(strokes, True, pen)[1]).ink) for pen in OTHER_PEN_SHARES])


def _met(pieces):
    """The pieces, those that are of one digit as one, in the order of their first strokes."""
    tallest, groups = max(piece.height for piece in pieces), []
    for piece in pieces:
        same = [group for group in groups if any(_of_one_digit(piece, other, tallest) for other in group)]
        groups = [group for group in groups if group not in same] + [[*sum(same, []), piece]]
    return [merge_pieces(group) for group in groups]


def _of_one_digit(one, other, tallest):
    left, right = max(one.left, other.left), min(one.right, other.right)
    top, bottom = max(one.top, other.top), min(one.bottom, other.bottom)
    together = max(one.bottom, other.bottom) - min(one.top, other.top)
    if (
        right - left <= MIN_OVERLAP * min(one.width, other.width)
        or bottom <= top
        or together > MAX_MERGED_HEIGHT * tallest
    ):
        return False
    first, second = (
        piece.ink[top - piece.top : bottom - piece.top, left - piece.left : right - piece.left]
        for piece in (one, other)
    )
    return bool(np.minimum(first, second).any())


def _height(strokes):
    """The height of a digit among strokes of a number: the middle one of the taller strokes."""
    heights = np.array([np.ptp(stroke[:, 1]) for stroke in strokes])
    return float(np.median(heights[heights >= 0.5 * heights.max()]))


def _drawn(path, pen):
    """One stroke (n, 2), ink pixels, as a Piece."""
    left, top = np.floor(path.min(axis=0)).astype(int) - pen
    width, height = np.ceil(path.max(axis=0)).astype(int) + pen + 1 - (left, top)
    ink = np.zeros((height, width), np.uint8)
    path = np.concatenate([path, path[-1:]])  # so that a single point is drawn as well
    eighths = np.round((path - (left, top)) * 8).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(ink, [eighths], False, 255, pen, cv2.LINE_AA, 3)
    return Piece(int(left), int(top), ink).trimmed()
