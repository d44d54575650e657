"""Which parts of a line make which digits: every likely grouping is shown to the network, the best chain is kept."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.cuts import parts_of
from core.segmentation import Piece, height_of, joined

MOST_PARTS = 5  # of one digit
# Mean and spread of log(width / height) of each digit's ink in MNIST's training images.
SHAPES = np.array(
    [
        (-0.10, 0.18),
        (-0.88, 0.44),
        (-0.07, 0.20),
        (-0.21, 0.20),
        (-0.22, 0.20),
        (-0.07, 0.24),
        (-0.31, 0.20),
        (-0.24, 0.20),
        (-0.26, 0.21),
        (-0.36, 0.20),
    ]
)
WIDEST = 1.3  # of one digit, in digit heights
WIDEST_GAP = 0.4  # within one digit, in digit heights
DROPPED = 4.0  # what leaving out a mark of a digit's size costs, per share of the line's ink
CUT = 12.0  # what cutting through ink costs, per pixel cut and pixel of the pen's width
SHORT = 4.0  # what a candidate lower than 0.7 of a digit's height costs, per digit height that it lacks
WIDE = 2.0  # what one wider than it may be high costs, per digit height beyond
GAP = 8.0  # what a gap within a digit costs, per digit height


@dataclass(frozen=True, eq=False)
class Candidate:
    """Neighbouring parts of a line that may be one digit."""

    first: int
    last: int
    piece: Piece
    gap: float  # between its parts, in digit heights
    width: float  # in digit heights
    height: float  # in digit heights
    bits: int  # how many separate bits of ink it has, crumbs not counted


class Line:
    """One line of writing: its parts, from the left, and the candidates that they may make."""

    def __init__(self, pieces, cut=True):
        """pieces: the line's. cut: whether to look for digits that touch."""
        self.tall = height_of(pieces)
        parts = [part for piece in pieces for part in parts_of(piece, self.tall)] if cut else pieces
        self.parts = sorted(parts, key=lambda part: part.left + part.width / 2)
        self.candidates = [found for first in range(len(parts)) for found in self._candidates_from(first)]

    def _candidates_from(self, first):
        """Every run of neighbouring parts from this one on that is narrow enough for one digit."""
        left, right, gap = self.parts[first].left, self.parts[first].right, 0.0
        for last in range(first, min(first + MOST_PARTS, len(self.parts))):
            part = self.parts[last]
            gap += max(0, part.left - right) / self.tall
            left, right = min(left, part.left), max(right, part.right)
            if last > first and (right - left > WIDEST * self.tall or gap > WIDEST_GAP):
                return
            piece = joined(self.parts[first : last + 1])
            width, height = piece.width / self.tall, piece.height / self.tall
            yield Candidate(first, last, piece, gap, width, height, bits_of(piece.ink))

    def best_chain(self, probabilities):
        """Numbers of the candidates, from the left, that together explain the line best.

        probabilities: (candidates, 10). Each candidate counts by its share of the ink, so that two digits in place of
        one are neither favoured nor punished; a part that no candidate of the chain holds is dropped, at a cost.
        """
        ink = np.array([float(part.ink.sum()) for part in self.parts])
        cut = CUT * 255 * pen_width(self.parts)
        ending = [[] for _ in self.parts]
        for number, candidate in enumerate(self.candidates):
            ending[candidate.last].append(number)
        best, back = [0.0], []
        for end, part in enumerate(self.parts):
            size = min(1.0, max(part.height, 0.5 * part.width) / (0.8 * self.tall))
            best.append(best[end] - ink[end] * DROPPED * size)
            back.append(None)
            for number in ending[end]:
                candidate = self.candidates[number]
                own = ink[candidate.first : end + 1].sum() * likelihood(candidate, probabilities[number])
                total = best[candidate.first] + own - cut * part.crossed
                if total > best[-1]:
                    best[-1], back[-1] = total, number
        return self._followed(back)

    def _followed(self, back):
        chain, end = [], len(back)
        while end:
            number = back[end - 1]
            end -= 1
            if number is not None:
                chain.append(number)
                end = self.candidates[number].first
        return chain[::-1]


def likelihood(candidate, probabilities):
    """Log of how well a candidate looks like a digit, to the network and by its size and proportions."""
    label = int(probabilities.argmax())
    mean, spread = SHAPES[label]
    aspect = (np.log(candidate.piece.width / candidate.piece.height) - mean) / spread
    size = SHORT * max(0.0, 0.7 - candidate.height) + WIDE * max(0.0, candidate.width - 1)
    form = 0.1 * min(aspect**2, 25) + size + min(candidate.bits - 1, 3) + GAP * candidate.gap
    return float(np.log(probabilities[label] + 1e-6)) - form


def bits_of(ink):
    """How many separate bits of ink there are that hold at least a twelfth of it."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > 60).astype(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]
    return max(1, int((areas > areas.sum() / 12).sum()))


def pen_width(parts):
    """Mean width of the strokes, pixels: a stroke's area is its width times half its outline."""
    area = outline = 0
    for part in parts:
        mask = (part.ink > 127).astype(np.uint8)
        lines, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        area += cv2.countNonZero(mask)
        outline += sum(cv2.arcLength(line, True) for line in lines)
    return 2 * area / max(outline, 1)
