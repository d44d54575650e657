"""Lines set level and strokes set upright: how writing lies on the paper, and the way to and from its straight form."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.preprocessing.mnist_form import Step, shrink_for_display
from core.preprocessing.segmentation import Piece, box_step, merge_pieces, shrink_pieces, typical_height

MIN_DIGIT_PX = 60  # a digit's height for cutting; smaller writing is enlarged to it, so that cuts fall between pixels
MAX_ENLARGEMENT = 4
MAX_WARP_PX = 30_000  # OpenCV warps no larger picture
MAX_DISPLAY_PIXELS = 50_000_000  # of the picture that is shown of it
MIN_PIECES = 5  # tall pieces in a line from which its tilt can be told
MAX_TILT = 0.2  # a line that rises or falls more than this is no tilt of a page
MAX_SLANT = 0.8
USUAL_SLANT = 0.1  # is left: MNIST's own digits lean as much
FLAT = 1.5  # how much flatter than diagonal an edge may be to say something of a stroke's slant


@dataclass(frozen=True, eq=False)
class DeskewedLines:
    """The pieces of each line as they would lie on an even page, written upright."""

    lines: list[list[Piece]]
    back: np.ndarray  # (2, 2): from their pixels to those of the ink

    def steps(self, found):
        """What the page shows of it: all pieces, and the boxes of those that were found to be digits.

        What leans lies far aside when it is set upright, so the picture of a tall page could be as wide as it is high.
        """
        pieces = [piece for line in self.lines for piece in line]
        width = max(piece.right for piece in pieces) - min(piece.left for piece in pieces)
        height = max(piece.bottom for piece in pieces) - min(piece.top for piece in pieces)
        factor = max(1.0, (width * height / MAX_DISPLAY_PIXELS) ** 0.5)
        whole = merge_pieces(shrink_pieces(pieces, factor))
        why = "Lines are set level and strokes upright, so that digits part well."
        straight = Step("straightened", shrink_for_display(whole.ink), why)
        return straight, box_step(whole.ink, shrink_pieces(found, factor), (whole.left, whole.top))


def deskew_lines(lines):
    """Lines of pieces → Straight: the page's tilt and the hand's slant removed, small writing enlarged."""
    pieces = [piece for line in lines for piece in line]
    longest = max((max(piece.right, piece.bottom) for piece in pieces), default=0)
    if not 0 < longest < MAX_WARP_PX:
        return DeskewedLines(lines, np.eye(2))
    tilt = estimate_tilt(lines)
    turn = np.array([[1, -tilt], [tilt, 1]]) / np.hypot(1, tilt)
    slant = estimate_slant(pieces, tilt)
    shear = np.array([[1, np.clip(slant, 0, USUAL_SLANT) - slant], [0, 1]])
    scale = min(max(1.0, MIN_DIGIT_PX / typical_height(pieces)), MAX_ENLARGEMENT, MAX_WARP_PX / longest)
    back = turn @ shear / scale
    return DeskewedLines([[warp_piece(piece, back) for piece in line] for line in lines], back)


def warp_piece(piece, back):
    """A piece as it is in straight form; back: (2, 2), from there to where it lies."""
    there = np.linalg.inv(back)
    corners = there @ np.array([[piece.left, piece.right] * 2, [piece.top] * 2 + [piece.bottom] * 2], float)
    first, last = np.floor(corners.min(axis=1)).astype(int), np.ceil(corners.max(axis=1)).astype(int)
    shift = there @ (piece.left + 0.5, piece.top + 0.5) - first - 0.5  # pixels' middles are carried, not corners
    size = tuple(int(side) for side in last - first)
    quality = cv2.INTER_CUBIC if there[1, 1] > 1.2 else cv2.INTER_LINEAR
    ink = cv2.warpAffine(piece.ink, np.column_stack([there, shift]), size, flags=quality)
    return Piece(int(first[0]), int(first[1]), ink).trimmed() or piece


def estimate_tilt(lines):
    """How much the lines fall, pixels per pixel to the right: the middle one of the falls between far digits."""
    falls = [fall for line in lines for fall in _falls(line)]
    if not falls:
        return 0.0
    tilt = float(np.median(falls))
    return tilt if abs(tilt) < MAX_TILT else 0.0


def _falls(line):
    tall = typical_height(line)
    feet = np.array([(piece.left + piece.width / 2, piece.bottom) for piece in line if piece.height > 0.5 * tall])
    if len(feet) < MIN_PIECES:
        return []
    across, down = (feet[:, None] - feet[None]).transpose(2, 0, 1)
    far = across > 2 * tall
    return down[far] / across[far]


def estimate_slant(pieces, tilt=0.0):
    """How far to the right the strokes lean, pixels per pixel upward, from the edges that are more upright than flat.

    The mean of the edges' slants, weighted by their strength across: loops have none, flat strokes say nothing.
    """
    both = across = 0.0
    for piece in pieces:
        ink = np.pad(piece.ink, 1)
        gx, gy = cv2.Sobel(ink, cv2.CV_32F, 1, 0), cv2.Sobel(ink, cv2.CV_32F, 0, 1)
        gx, gy = gx + tilt * gy, gy - tilt * gx
        upright = np.abs(gy) < FLAT * np.abs(gx)
        both += float((gx * gy)[upright].sum())
        across += float((gx * gx)[upright].sum())
    return float(np.clip(both / max(across, 1.0), -MAX_SLANT, MAX_SLANT))
