"""Deskewing: lines are set level and strokes upright, with the map from the deskewed pixels back to the ink's."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from core.preprocessing.mnist_form import Step, shrink_for_display
from core.preprocessing.segmentation import Piece, box_step, merge_pieces, shrink_pieces, typical_height

MIN_DIGIT_PX = 60  # a digit's height for cutting; smaller writing is enlarged to it, so that cuts fall between pixels
MAX_ENLARGEMENT = 4
MAX_WARP_PX = 30_000  # OpenCV warps no larger picture
MAX_DESKEWED_PIECES = 1000  # each is warped by itself, which takes as long as to read it
MAX_DESKEWED_AREA = 24_000_000  # pixels of all pieces' boxes: slanted thin strokes may get far larger ones
MAX_DISPLAY_PIXELS = 50_000_000  # of the deskewed picture, before it is shrunk for the page
MIN_PIECES = 5  # tall pieces in a line from which its tilt can be estimated
MAX_TILT = 0.2  # a steeper line is not the tilt of a page
MAX_SLANT = 0.8
USUAL_SLANT = 0.1  # remains: MNIST's own digits lean as much
MAX_FLATNESS = 1.5  # vertical over horizontal gradient: flatter edges say nothing about a stroke's slant


@dataclass(frozen=True, eq=False)
class DeskewedLines:
    """The pieces of each line as they would lie on a level page, written upright."""

    lines: list[list[Piece]]
    back: np.ndarray  # (2, 2): maps their pixels to those of the ink

    def steps(self, found: Sequence[Piece]) -> tuple[Step, Step]:
        """Return two steps for the page: all pieces deskewed, and the boxes of those that are digits.

        The picture is built at a smaller scale where it would be very large: a slanted column moves far to the side
        when it is set upright, so that the picture of a tall page may be as wide as it is high.
        """
        pieces = [piece for line in self.lines for piece in line]
        width = max(piece.right for piece in pieces) - min(piece.left for piece in pieces)
        height = max(piece.bottom for piece in pieces) - min(piece.top for piece in pieces)
        factor = max(1.0, (width * height / MAX_DISPLAY_PIXELS) ** 0.5)
        whole = merge_pieces(shrink_pieces(pieces, factor))
        why = "Lines are set level and strokes upright, so that digits are easier to separate."
        deskewed = Step("straightened", shrink_for_display(whole.ink), why)
        return deskewed, box_step(whole.ink, shrink_pieces(found, factor), (whole.left, whole.top))


def deskew_lines(lines: list[list[Piece]]) -> DeskewedLines:
    """Return lines of pieces with the page's tilt and the writing's slant removed, small writing enlarged.

    They stay as they are where they are too many or would become too large to work on.
    """
    pieces = [piece for line in lines for piece in line]
    longest = max((max(piece.right, piece.bottom) for piece in pieces), default=0)
    if not 0 < longest < MAX_WARP_PX or len(pieces) > MAX_DESKEWED_PIECES:
        return DeskewedLines(lines, np.eye(2))
    tilt = estimate_tilt(lines)
    rotation = np.array([[1, -tilt], [tilt, 1]]) / np.hypot(1, tilt)
    slant = estimate_slant(pieces, tilt)
    shear = np.array([[1, np.clip(slant, 0, USUAL_SLANT) - slant], [0, 1]])
    scale = min(max(1.0, MIN_DIGIT_PX / typical_height(pieces)), MAX_ENLARGEMENT, MAX_WARP_PX / longest)
    scale = min(scale, (MAX_DESKEWED_AREA / _deskewed_area(pieces, rotation @ shear)) ** 0.5)
    if scale < 1:
        return DeskewedLines(lines, np.eye(2))
    back = rotation @ shear / scale
    return DeskewedLines([[warp_piece(piece, back) for piece in line] for line in lines], back)


def _deskewed_area(pieces: Sequence[Piece], back: np.ndarray) -> float:
    """Return about how many pixels the pieces' boxes have together after deskewing; `back` as in `warp_piece`."""
    sides = np.abs(np.linalg.inv(back)) @ np.array([(piece.width, piece.height) for piece in pieces], float).T
    return float(np.prod(sides, axis=0).sum())


def warp_piece(piece: Piece, back: np.ndarray) -> Piece:
    """Return a piece as it is after deskewing; back: (2, 2), maps the deskewed pixels to the piece's own."""
    forward = np.linalg.inv(back)
    corners = forward @ np.array([[piece.left, piece.right] * 2, [piece.top] * 2 + [piece.bottom] * 2], float)
    first, last = np.floor(corners.min(axis=1)).astype(int), np.ceil(corners.max(axis=1)).astype(int)
    shift = forward @ (piece.left + 0.5, piece.top + 0.5) - first - 0.5  # pixels' centres are mapped, not corners
    width, height = (int(side) for side in last - first)
    quality = cv2.INTER_CUBIC if forward[1, 1] > 1.2 else cv2.INTER_LINEAR
    ink = cv2.warpAffine(piece.ink, np.column_stack([forward, shift]), (width, height), flags=quality)
    return Piece(int(first[0]), int(first[1]), ink).trimmed() or piece


def estimate_tilt(lines: Sequence[Sequence[Piece]]) -> float:
    """Return how much the lines fall, pixels per pixel to the right: the median fall between distant digits' feet."""
    falls = [fall for line in lines for fall in _falls(line)]
    if not falls:
        return 0.0
    tilt = float(np.median(falls))
    return tilt if abs(tilt) < MAX_TILT else 0.0


def _falls(line: Sequence[Piece]) -> np.ndarray:
    """Return (k,) the fall between each two digits of a line that are far apart; none for a short line."""
    height = typical_height(line)
    feet = np.array([(piece.center_x, piece.bottom) for piece in line if piece.height > 0.5 * height])
    if len(feet) < MIN_PIECES:
        return np.zeros(0)
    across, down = (feet[:, None] - feet[None]).transpose(2, 0, 1)
    is_far = across > 2 * height
    return down[is_far] / across[is_far]


def estimate_slant(pieces: Sequence[Piece], tilt: float = 0.0) -> float:
    """Return how far to the right the strokes lean, pixels per pixel upward, from edges more upright than flat.

    It is the mean of the edges' slants, weighted by their horizontal gradient: a loop has none, flat strokes do not
    count.
    """
    product = square = 0.0
    for piece in pieces:
        ink = np.pad(piece.ink, 1)
        gx, gy = cv2.Sobel(ink, cv2.CV_32F, 1, 0), cv2.Sobel(ink, cv2.CV_32F, 0, 1)
        gx, gy = gx + tilt * gy, gy - tilt * gx
        is_upright = np.abs(gy) < MAX_FLATNESS * np.abs(gx)
        product += float((gx * gy)[is_upright].sum())
        square += float((gx * gx)[is_upright].sum())
    return float(np.clip(product / max(square, 1.0), -MAX_SLANT, MAX_SLANT))
