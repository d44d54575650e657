"""Segmentation of ink into connected pieces and lines of writing, of whose pieces digits are composed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from core.preprocessing.components import find_components
from core.preprocessing.mnist_form import Step, shrink_for_display

MIN_PIECE_PX = 4  # a piece smaller than this both ways is dirt
MIN_PIECE_SHARE = 0.12  # of the largest piece's extent: smaller ones are specks around it
FRAME = (255, 160, 40)  # the colour of a box in a step's picture
MAX_PIECES = 3000  # of one page
MAX_PIECES_AREA = 8_000_000  # pixels of their boxes together: nested pieces may have many times the page's own
MIN_TALL_SHARE = 0.5  # of the tallest or typical piece's height: lower pieces are small ones (dots, parts of digits)


@dataclass(frozen=True, eq=False)
class Piece:
    """A connected component of ink, or a part cut off one, or several of them merged."""

    left: int
    top: int
    ink: np.ndarray  # (h, w) uint8, 0 where the piece is not
    cut_ink: float = 0.0  # ink that was cut through on its right side, pixels; 0 where it ends by itself

    def trimmed(self) -> "Piece | None":
        """Return the piece without empty rows and columns around it; None where it has no ink."""
        left, top, width, height = cv2.boundingRect(self.ink)
        if not width:
            return None
        return Piece(self.left + left, self.top + top, self.ink[top : top + height, left : left + width], self.cut_ink)

    @property
    def width(self) -> int:
        """Return the width in pixels."""
        return self.ink.shape[1]

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return self.ink.shape[0]

    @property
    def right(self) -> int:
        """Return the first column to the right of the piece."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """Return the first row below the piece."""
        return self.top + self.height

    @property
    def center_x(self) -> float:
        """Return the middle column, in pixels."""
        return self.left + self.width / 2

    @property
    def center_y(self) -> float:
        """Return the middle row, in pixels."""
        return self.top + self.height / 2


def merge_pieces(pieces: Sequence[Piece]) -> Piece:
    """Return several pieces, at least one, as a single one."""
    if len(pieces) == 1:
        return pieces[0]
    left, top = min(p.left for p in pieces), min(p.top for p in pieces)
    right, bottom = max(p.right for p in pieces), max(p.bottom for p in pieces)
    ink = np.zeros((bottom - top, right - left), np.uint8)
    for piece in pieces:
        y, x = piece.top - top, piece.left - left
        window = ink[y : y + piece.height, x : x + piece.width]
        np.maximum(window, piece.ink, out=window)
    return Piece(left, top, ink)


def shrink_pieces(pieces: Sequence[Piece], factor: float) -> Sequence[Piece]:
    """Return pieces at 1 / `factor` of their size; as they are where the factor is at most 1."""
    return [_shrink(piece, factor) for piece in pieces] if factor > 1 else pieces


def _shrink(piece: Piece, factor: float) -> Piece:
    size = max(1, round(piece.width / factor)), max(1, round(piece.height / factor))
    ink = cv2.resize(piece.ink, size, interpolation=cv2.INTER_AREA)
    return Piece(round(piece.left / factor), round(piece.top / factor), ink)


def box_step(ink: np.ndarray, pieces: Sequence[Piece], corner: tuple[int, int] = (0, 0)) -> Step:
    """Return the step that shows the box of each piece that is a digit, a picture (h, w, 3) uint8.

    ink: (h, w) uint8, whose left top corner lies at `corner` (x, y), in the pieces' pixels.
    """
    picture = cv2.cvtColor(shrink_for_display(ink), cv2.COLOR_GRAY2RGB)
    scale, line_width = picture.shape[1] / ink.shape[1], max(1, round(picture.shape[1] / 200))
    for piece in pieces:
        left, right = (round((x - corner[0]) * scale) for x in (piece.left, piece.right))
        top, bottom = (round((y - corner[1]) * scale) for y in (piece.top, piece.bottom))
        cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), FRAME, line_width)
    return Step("box", picture, "Each digit is cut out along the edges of its ink; the rest is left out.")


def find_pieces(strength: np.ndarray) -> list[Piece]:
    """Return the connected components of ink (h, w) uint8 without specks, largest first.

    They are at most `MAX_PIECES`, and their boxes have at most `MAX_PIECES_AREA` together where the largest one alone
    has no more. Where there are more and most components are specks, none is returned: that is noise, which takes long
    to read.
    """
    labels, stats, _ = find_components(strength > 0)
    stats[0] = 0  # the ground
    extents = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    min_extent = max(MIN_PIECE_PX, MIN_PIECE_SHARE * extents.max())
    if MAX_PIECES < np.count_nonzero(extents >= min_extent) < len(extents) / 2:
        return []
    order = np.argsort(-extents, kind="stable")[:MAX_PIECES]
    areas = np.cumsum(np.prod(stats[order][:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]], axis=1, dtype=np.int64))
    order = order[: max(1, int(np.searchsorted(areas, MAX_PIECES_AREA, side="right")))]
    found = []
    for label in order[extents[order] >= min_extent]:
        left, top, width, height = (int(value) for value in stats[label, :4])
        window = np.s_[top : top + height, left : left + width]
        found.append(Piece(left, top, np.where(labels[window] == label, strength[window], 0).astype(np.uint8)))
    return found


def group_lines(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Return the lines of writing from the top, each a list of pieces; small pieces join the nearest line.

    A line is followed from piece to piece from the left, so that it is found on a slightly tilted page too.
    """
    if not pieces:
        return []
    typical = typical_height(pieces)
    lines, small = [], [piece for piece in pieces if piece.height < MIN_TALL_SHARE * typical]
    tall = [piece for piece in pieces if piece.height >= MIN_TALL_SHARE * typical]
    ends = np.full(len(tall), np.inf)  # the height on the page at which each line's last piece stands
    for piece in sorted(tall, key=lambda piece: piece.left):
        distances = np.abs(ends - piece.center_y)
        best = int(np.argmin(distances))
        if distances[best] >= 0.5 * max(typical, piece.height):
            best = len(lines)
            lines.append([])
        lines[best].append(piece)
        ends[best] = piece.center_y
    lines.sort(key=lambda line: np.mean([piece.center_y for piece in line]))
    for piece, line in zip(small, _nearest_lines(small, lines), strict=True):
        lines[line].append(piece)
    return lines


def _nearest_lines(small: Sequence[Piece], lines: Sequence[Sequence[Piece]]) -> Iterator[int]:
    """Yield for each small piece the index of the line that has the piece nearest to it; `lines` may grow meanwhile."""
    owners = np.array([index for index, line in enumerate(lines) for _ in line])
    boxes = np.array([(p.left, p.top, p.right, p.bottom) for line in lines for p in line])
    for piece in small:
        horizontal = np.maximum(boxes[:, 0] - piece.right, piece.left - boxes[:, 2])
        vertical = np.maximum(boxes[:, 1] - piece.bottom, piece.top - boxes[:, 3])
        yield int(owners[np.argmin(np.maximum(horizontal, vertical))])


def typical_height(pieces: Sequence[Piece]) -> float:
    """Return the height of a digit among pieces, pixels: the median of the tall ones."""
    heights = np.array([piece.height for piece in pieces])
    return float(np.median(heights[heights >= MIN_TALL_SHARE * heights.max()]))
