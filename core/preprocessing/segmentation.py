"""From ink to pieces: lines of writing, and in each the parts of which digits are put together."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.preprocessing.mnist_form import Step, shrink_for_display

SPECK_PX = 4  # a mark smaller than this both ways is dirt
SPECK = 0.12  # of the largest mark's extent: smaller ones are specks around it
FRAME = (255, 160, 40)  # the colour of a box in a step's picture
MAX_PIECES = 3000  # a page has no more marks than this


@dataclass(frozen=True, eq=False)
class Piece:
    """A connected bit of ink, or a part cut off one."""

    left: int
    top: int
    ink: np.ndarray  # (h, w) uint8, 0 where the bit is not
    crossed: float = 0.0  # ink that was cut through on its right side, pixels; 0 where it ends by itself

    def trimmed(self):
        """The same without empty rows and columns around it; None where it has no ink."""
        left, top, width, height = cv2.boundingRect(self.ink)
        if not width:
            return None
        return Piece(self.left + left, self.top + top, self.ink[top : top + height, left : left + width], self.crossed)

    @property
    def width(self):
        return self.ink.shape[1]

    @property
    def height(self):
        return self.ink.shape[0]

    @property
    def right(self):
        return self.left + self.width

    @property
    def bottom(self):
        return self.top + self.height

    @property
    def middle(self):
        return self.top + self.height / 2


def merge_pieces(pieces):
    """Several pieces as one."""
    if len(pieces) == 1:
        return pieces[0]
    left, top = min(p.left for p in pieces), min(p.top for p in pieces)
    right, bottom = max(p.right for p in pieces), max(p.bottom for p in pieces)
    ink = np.zeros((bottom - top, right - left), np.uint8)
    for piece in pieces:
        y, x = piece.top - top, piece.left - left
        place = ink[y : y + piece.height, x : x + piece.width]
        np.maximum(place, piece.ink, out=place)
    return Piece(left, top, ink)


def shrink_pieces(pieces, factor):
    """Pieces at 1 / `factor` of their size."""
    return [_reduced(piece, factor) for piece in pieces] if factor > 1 else pieces


def _reduced(piece, factor):
    size = max(1, round(piece.width / factor)), max(1, round(piece.height / factor))
    ink = cv2.resize(piece.ink, size, interpolation=cv2.INTER_AREA)
    return Piece(round(piece.left / factor), round(piece.top / factor), ink)


def box_step(ink, pieces, corner=(0, 0)):
    """The step that shows the box of each piece that is a digit, (h, w, 3) uint8.

    ink: (h, w) uint8, whose left top corner lies at `corner`, in the pieces' pixels.
    """
    picture = cv2.cvtColor(shrink_for_display(ink), cv2.COLOR_GRAY2RGB)
    scale, width = picture.shape[1] / ink.shape[1], max(1, round(picture.shape[1] / 200))
    for piece in pieces:
        left, right = (round((x - corner[0]) * scale) for x in (piece.left, piece.right))
        top, bottom = (round((y - corner[1]) * scale) for y in (piece.top, piece.bottom))
        cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), FRAME, width)
    return Step("box", picture, "Each digit is cut out along the edges of its ink; the rest is left behind.")


def find_pieces(strength):
    """The connected bits of ink (h, w) uint8, largest first and MOST_PIECES at most, without specks.

    Of more bits, most of them specks, none is: that is noise, which takes long to read.
    """
    _, names, stats, _ = cv2.connectedComponentsWithStats((strength > 0).astype(np.uint8), connectivity=8)
    stats[0] = 0
    extents = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    found, least = [], max(SPECK_PX, SPECK * extents.max())
    if MAX_PIECES < np.count_nonzero(extents >= least) < len(extents) / 2:
        return found
    order = np.argsort(-extents, kind="stable")[:MAX_PIECES]
    for name in order[extents[order] >= least]:
        left, top, width, height = (int(value) for value in stats[name, :4])
        window = np.s_[top : top + height, left : left + width]
        found.append(Piece(left, top, np.where(names[window] == name, strength[window], 0).astype(np.uint8)))
    return found


def group_lines(pieces):
    """Pieces → lines from the top, each a list of pieces; small ones join the nearest line.

    A line is followed from piece to piece from the left, so that a page that lies a little aslant keeps its lines.
    """
    if not pieces:
        return []
    tall = typical_height(pieces)
    lines, small = [], [piece for piece in pieces if piece.height < 0.5 * tall]
    for piece in sorted((piece for piece in pieces if piece.height >= 0.5 * tall), key=lambda piece: piece.left):
        best = min(lines, key=lambda line: abs(line[-1].middle - piece.middle), default=None)
        if best and abs(best[-1].middle - piece.middle) < 0.5 * max(tall, piece.height):
            best.append(piece)
        else:
            lines.append([piece])
    lines.sort(key=lambda line: np.mean([piece.middle for piece in line]))
    for piece, line in zip(small, _nearest(small, lines), strict=True):
        lines[line].append(piece)
    return lines


def _nearest(small, lines):
    """For each small piece, the number of the line that has the piece nearest to it."""
    numbers = np.array([number for number, line in enumerate(lines) for _ in line])
    boxes = np.array([(p.left, p.top, p.right, p.bottom) for line in lines for p in line])
    for piece in small:
        aside = np.maximum(boxes[:, 0] - piece.right, piece.left - boxes[:, 2])
        above = np.maximum(boxes[:, 1] - piece.bottom, piece.top - boxes[:, 3])
        yield int(numbers[np.argmin(np.maximum(aside, above))])


def typical_height(pieces):
    """The height of a digit among pieces, pixels: that of the middle one of the tall ones."""
    heights = np.array([piece.height for piece in pieces])
    return float(np.median(heights[heights >= 0.5 * heights.max()]))
