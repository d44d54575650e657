"""The ink of a picture that was not taken for handwriting: where it is, and why it was left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from core.preprocessing.segmentation import Piece, find_pieces

_NEAR_PX = 4  # of handwriting: the edges of its strokes
_MAX_LINE_SHARE = 0.08  # of the longest side of a piece: the width of a line
_MAX_FILLED = 0.25  # of a frame's box
_DIGIT_HEIGHTS = 0.5, 1.6  # of the handwriting's digits: as high as one of them
_MAX_DIGIT_WIDTH = 1.3  # of its height
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
    is_like_digits: bool  # whether some of it is as large as a digit beside those that were found

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
    return LeftOut(rest, tuple(reasons), _has_digits(pieces, is_handwriting))


def _reason(piece: Piece, shape: tuple[int, int]) -> str:
    """Return why a piece of ink in a picture (height, width) is no handwriting, as its form shows."""
    longest = max(piece.width, piece.height)
    area = cv2.countNonZero(piece.ink)
    if area <= _MAX_LINE_SHARE * longest * longest or area <= _MAX_FILLED * piece.width * piece.height:
        return LINES
    at_rim = piece.left == 0 or piece.top == 0 or piece.right == shape[1] or piece.bottom == shape[0]
    return RIM if at_rim else OTHER


def _has_digits(pieces: Sequence[Piece], is_handwriting: np.ndarray) -> bool:
    """Return whether a piece is as large as the digits found; with none found, any piece is."""
    found = find_pieces(255 * is_handwriting.astype(np.uint8))
    if not found:
        return bool(pieces)
    height = float(np.median([piece.height for piece in found]))
    low, high = _DIGIT_HEIGHTS
    return any(
        low * height <= piece.height <= high * height and piece.width <= _MAX_DIGIT_WIDTH * piece.height
        for piece in pieces
        if _reason(piece, is_handwriting.shape) == OTHER
    )
