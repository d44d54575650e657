"""The grey picture of one line of writing, cut out level and upright from the whole picture."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from core.config.line_shape import FRAME_PX, LINE_HEIGHT_PX
from core.preprocessing.segmentation import MIN_TALL_SHARE, Piece, merge_pieces, typical_height

_MARGIN = 0.2  # around the line's tall pieces, in digit heights
_MAX_REACH = 0.7  # of a digit's ink to either side of where it was seen, in digit heights
_MAX_GAP, _GAP = 0.7, 0.4  # between pieces, in digit heights: of wider gaps so much is left


class _Omission(NamedTuple):
    """Columns that were left out of a picture."""

    at: int  # the column before which they were
    count: int


class LineView(NamedTuple):
    """A picture of a line."""

    picture: np.ndarray  # (h, w) uint8
    left: float = 0.0  # where its left rim lies, in the pieces' pixels
    stretch: float = 1.0  # the pieces' pixels per column of it
    omissions: Sequence[_Omission] = ()

    @property
    def frames(self) -> int:
        """Return how many frames a line reader sees in it, about."""
        height, width = self.picture.shape
        return round(width * LINE_HEIGHT_PX / height / FRAME_PX)

    def columns(self, first: int, end: int, frames: int) -> tuple[float, float]:
        """Return where a run of a line reader's frames lies, of so many, in the pieces' pixels: left and right."""
        width = self.picture.shape[1] / frames
        return self._place(first * width, 0), self._place(end * width, 1)

    def _place(self, column: float, before: int) -> float:
        """Return where a column of the picture lies, in the pieces' pixels.

        before: 1 where it is that after the last of a run, which columns that were left out there do not belong to.
        """
        omitted = sum(each.count for each in self.omissions if each.at + before <= column)
        return self.left + self.stretch * (column + omitted)


def whole_view(picture: np.ndarray, grey: np.ndarray, back: np.ndarray) -> LineView:
    """Return the view that shows all of a picture (h, w) uint8, whose pieces come from `grey`, the same at their scale.

    back: (2, 2), maps the pieces' pixels to those of `grey`. Columns are those of its middle row.
    """
    across, down = np.linalg.inv(back)[0]
    return LineView(picture, float(down) * len(grey) / 2, float(across) * grey.shape[1] / picture.shape[1])


def line_view(grey: np.ndarray, pieces: Sequence[Piece], back: np.ndarray) -> LineView:
    """Return the part of a picture (h, w) uint8 that shows a line, in the pieces' pixels, without most of wide gaps.

    Digits that stand far apart are so seen as in a number, and what is printed between them is not seen.

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
    matrix = np.column_stack([back, shift])
    picture = cv2.warpAffine(grey, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return _without_gaps(LineView(picture, left), pieces, height)


def _without_gaps(view: LineView, pieces: Sequence[Piece], height: float) -> LineView:
    """Return a view in the pieces' pixels that has `_GAP` of each gap between pieces that is wider than `_MAX_GAP`."""
    ordered = sorted(pieces, key=lambda piece: piece.left)
    reached = np.maximum.accumulate([piece.right for piece in ordered])
    kept, omissions, start, omitted = [], [], 0, 0
    for right, piece in zip(reached, ordered[1:], strict=False):
        if piece.left - right <= _MAX_GAP * height:
            continue
        first = round(right - view.left + _GAP * height / 2)
        end = round(piece.left - view.left - _GAP * height / 2)
        kept.append(view.picture[:, start:first])
        omissions.append(_Omission(first - omitted, end - first))
        start, omitted = end, omitted + end - first
    if not omissions:
        return view
    picture = np.concatenate([*kept, view.picture[:, start:]], axis=1)
    return LineView(picture, view.left, view.stretch, omissions)


def cut_at(pieces: Sequence[Piece], columns: Sequence[tuple[float, float]]) -> list[Piece]:
    """Return the ink of a line, at least one piece, around each of some stretches of columns, from the left.

    Two neighbours are cut apart in the middle between their stretches. A stretch without ink is a blank piece.
    """
    line, height = merge_pieces(pieces), typical_height(pieces)
    middles = [(before[1] + after[0]) / 2 for before, after in zip(columns, columns[1:], strict=False)]
    starts, ends = [-np.inf, *middles], [*middles, np.inf]
    found = []
    for (left, right), start, end in zip(columns, starts, ends, strict=True):
        center = (left + right) / 2
        first = round(max(start, center - _MAX_REACH * height))
        last = max(first + 1, round(min(end, center + _MAX_REACH * height)))
        ink = line.ink[:, max(0, first - line.left) : max(0, last - line.left)]
        piece = Piece(max(first, line.left), line.top, ink) if ink.size else None
        blank = Piece(first, line.top, np.zeros((line.height, last - first), np.uint8))
        found.append((piece and piece.trimmed()) or blank)
    return found
