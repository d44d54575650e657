"""The grey picture of one line of writing, cut out level and upright from the whole picture."""

from collections.abc import Sequence

import cv2
import numpy as np

from core.preprocessing.segmentation import MIN_TALL_SHARE, Piece, typical_height

_MAX_WHOLE = 2.2  # heights of its digits that a picture has which shows little more than its line
_MARGIN = 0.2  # around the line's tall pieces, in digit heights


def line_views(grey: np.ndarray, pieces: Sequence[Piece], back: np.ndarray, alone: bool) -> list[np.ndarray]:
    """Return the pictures in which the line reader sees a line: cut out, and the whole picture where it shows no more.

    alone: whether the picture has no other line; the rest as in `line_picture`.
    """
    cut_out = line_picture(grey, pieces, back)
    height = typical_height(pieces) * float(np.sqrt(abs(np.linalg.det(back))))  # in the picture's pixels
    if alone and len(grey) <= _MAX_WHOLE * height:
        return [cut_out, grey]
    return [cut_out]


def line_picture(grey: np.ndarray, pieces: Sequence[Piece], back: np.ndarray) -> np.ndarray:
    """Return the part of a picture (h, w) uint8 that shows a line: (h', w') uint8, in the pieces' pixels.

    pieces: the line's, at least one, deskewed; back: (2, 2), maps their pixels to those of the picture.
    """
    height = typical_height(pieces)
    tall = [piece for piece in pieces if piece.height >= MIN_TALL_SHARE * height]
    margin = _MARGIN * height
    left, right = min(p.left for p in pieces) - margin, max(p.right for p in pieces) + margin
    top, bottom = min(p.top for p in tall) - margin, max(p.bottom for p in tall) + margin
    shift = back @ (left + 0.5, top + 0.5) - 0.5  # pixels' centres are mapped, not corners
    size = max(1, round(right - left)), max(1, round(bottom - top))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(grey, np.column_stack([back, shift]), size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
