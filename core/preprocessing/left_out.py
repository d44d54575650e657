"""The ink of a picture that was not taken for handwriting: where it is, and why it was left out."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.preprocessing.segmentation import Piece, find_pieces

_NEAR_PX = 4  # of handwriting: the edges of its strokes
_MAX_LINE_SHARE = 0.08  # of the longest side of a piece: the width of a line
_MAX_FILLED = 0.25  # of a frame's box
LINES, RIM, OTHER = (
    "straight lines or frames",
    "what reaches in from the rim of the picture",
    "marks that do not look like handwriting",
)


@dataclass(frozen=True, eq=False)
class LeftOut:
    """Ink that was left out of a reading."""

    strength: np.ndarray  # (h, w) uint8, at the size at which the picture was seen
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Return what was left out, as a sentence; '' where nothing was."""
        *others, last = self.reasons or ("",)
        return f"Left out as no handwriting: {', '.join(others)}{' and ' if others else ''}{last}." if last else ""


def find_left_out(strength: np.ndarray, is_handwriting: np.ndarray) -> LeftOut:
    """Return what of all ink, strength (h, w) uint8, lies away from handwriting, (h, w) bool."""
    near = cv2.dilate(is_handwriting.astype(np.uint8), np.ones((2 * _NEAR_PX + 1,) * 2, np.uint8))
    rest = np.where(near > 0, 0, strength).astype(np.uint8)
    pieces = find_pieces(rest)
    reasons = {_reason(piece, rest.shape): None for piece in pieces}
    return LeftOut(rest, tuple(reasons))


def _reason(piece: Piece, shape: tuple[int, int]) -> str:
    """Return why a piece of ink in a picture (height, width) is no handwriting, as its form shows."""
    longest = max(piece.width, piece.height)
    area = cv2.countNonZero(piece.ink)
    if area <= _MAX_LINE_SHARE * longest * longest or area <= _MAX_FILLED * piece.width * piece.height:
        return LINES
    at_rim = piece.left == 0 or piece.top == 0 or piece.right == shape[1] or piece.bottom == shape[0]
    return RIM if at_rim else OTHER
