"""Which parts of a line make which digits: every likely grouping is shown to the network, the best chain is kept."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.preprocessing.segmentation import Piece, merge_pieces, typical_height
from core.preprocessing.touching_digits import split_piece

MAX_PARTS = 5  # of one digit
# Mean and spread of log(width / height) of each digit's ink in MNIST's training images.
ASPECT_PRIORS = np.array(
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
MAX_WIDTH = 1.3  # of one digit, in digit heights
MAX_GAP = 0.4  # within one digit, in digit heights
DIGIT_INK = 2.5  # how long a digit's stroke is, in digit heights
# What speaks for (above 0) and against some parts being one digit, and against leaving a part out. The weights make the
# right reading likeliest, as in a conditional random field (Lafferty et al., 2001), of lines set together from MNIST.
DIGIT_WEIGHTS = {
    "any": -1.79,
    "doubt": -1.43,  # of the network, as -log of its best answer's probability
    "doubt_ink": -1.79,  # the same, by how much ink it is in doubt of
    "shape": -0.17,  # how far from the usual proportions of its answer, squared
    "low": -3.10,  # how much lower than 0.7 of a digit's height
    "wide": -1.39,  # how much wider than a digit is high
    "gap": -0.06,  # how wide the gaps between its parts are
    "bits": -1.83,  # separate bits of ink beyond the first
    "cut": -0.32,  # ink that was cut through at either side, in pen widths
    "cuts": 0.03,  # sides at which it was cut
    "afloat": -0.90,  # how far above the others' feet it ends
}
SKIP_WEIGHTS = {
    "size": -5.54,  # 1 for a mark of a digit's size
    "ink": -2.73,  # 1 for as much ink as a digit has
    "small": 2.25,  # 1 for a point or a comma
}


@dataclass(frozen=True, eq=False)
class Candidate:
    """Neighbouring parts of a line that may be one digit."""

    first: int
    last: int
    piece: Piece
    form: np.ndarray  # (7,) float, what its form says: the values of DIGIT from "low" on


class LineLattice:
    """One line of writing: its parts, from the left, and the candidates that they may make."""

    def __init__(self, pieces, cut=True):
        """pieces: the line's. cut: whether to look for digits that touch."""
        self.tall = typical_height(pieces)
        self.feet = float(np.median([piece.bottom for piece in pieces if piece.height > 0.5 * self.tall]))
        parts = [part for piece in pieces for part in split_piece(piece, self.tall)] if cut else pieces
        self.parts = sorted(parts, key=lambda part: part.left + part.width / 2)
        self.pen = stroke_width(self.parts)
        self.candidates = [found for first in range(len(parts)) for found in self._candidates_from(first)]

    def _candidates_from(self, first):
        """Every run of neighbouring parts from this one on that is narrow enough for one digit."""
        left, right, gap = self.parts[first].left, self.parts[first].right, 0.0
        for last in range(first, min(first + MAX_PARTS, len(self.parts))):
            part = self.parts[last]
            gap += max(0, part.left - right) / self.tall
            left, right = min(left, part.left), max(right, part.right)
            if last > first and (right - left > MAX_WIDTH * self.tall or gap > MAX_GAP):
                return
            piece = merge_pieces(self.parts[first : last + 1])
            yield Candidate(first, last, piece, self._form(first, last, piece, gap))

    def _form(self, first, last, piece, gap):
        crossed = [self.parts[k].crossed for k in (first - 1, last) if k >= 0]
        return np.array(
            [
                max(0.0, 0.7 - piece.height / self.tall),
                max(0.0, piece.width / self.tall - 1),
                gap,
                min(count_components(piece.ink) - 1, 3),
                sum(crossed) / self.pen,
                np.count_nonzero(crossed),
                max(0.0, (self.feet - piece.bottom) / self.tall - 0.15),
            ]
        )

    def digit_evidence(self, probabilities):
        """(candidates, len(DIGIT)) float: what bears on each candidate being the digit that the network says."""
        labels = probabilities.argmax(axis=1)
        doubt = -np.log(probabilities.max(axis=1) + 1e-4)
        aspect = np.log([candidate.piece.width / candidate.piece.height for candidate in self.candidates])
        shape = np.minimum(((aspect - ASPECT_PRIORS[labels, 0]) / ASPECT_PRIORS[labels, 1]) ** 2, 25)
        ink = self._ink([candidate.piece for candidate in self.candidates])
        form = [candidate.form for candidate in self.candidates]
        return np.column_stack([np.ones_like(doubt), doubt, doubt * ink, shape, form])

    def part_evidence(self):
        """(parts, len(LEFT_OUT)) float: what bears on each part being no digit nor of one."""
        extent = [max(part.height, 0.5 * part.width) for part in self.parts]
        size = np.minimum(1, np.array(extent) / (0.8 * self.tall))
        return np.column_stack([size, self._ink(self.parts), size < 0.4])

    def _ink(self, pieces):
        """How much ink pieces hold, 1 for an ordinary digit: (n,) float."""
        return np.array([piece.ink.sum(dtype=float) for piece in pieces]) / (255 * self.pen * self.tall * DIGIT_INK)

    def best_chain(self, probabilities):
        """Numbers of the candidates, from the left, that together explain the line best.

        probabilities: (candidates, 10). What no candidate of the chain holds is left out, at a cost.
        """
        if not self.candidates:
            return []
        gains = self.digit_evidence(probabilities) @ list(DIGIT_WEIGHTS.values())
        losses = self.part_evidence() @ list(SKIP_WEIGHTS.values())
        ending = [[] for _ in self.parts]
        for number, candidate in enumerate(self.candidates):
            ending[candidate.last].append(number)
        best, back = [0.0], []
        for end, loss in enumerate(losses):
            best.append(best[end] + loss)
            back.append(None)
            for number in ending[end]:
                total = best[self.candidates[number].first] + gains[number]
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


def count_components(ink):
    """How many separate bits of ink there are that hold at least a twelfth of it."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > 60).astype(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]
    return max(1, int((areas > areas.sum() / 12).sum()))


def stroke_width(parts):
    """Mean width of the strokes, pixels, at least 1: a stroke's area is its width times half its outline."""
    area = outline = 0
    for part in parts:
        mask = (part.ink > int(part.ink.max()) / 2).astype(np.uint8)
        lines, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        area += cv2.countNonZero(mask)
        outline += sum(cv2.arcLength(line, True) for line in lines)
    return max(1.0, 2 * area / max(outline, 1))
