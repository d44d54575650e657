"""Decoding of a line into digits: the network classifies every candidate, and the best chain of them is chosen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import cv2
import numpy as np

from core.preprocessing.components import find_components
from core.preprocessing.segmentation import Piece, merge_pieces, typical_height
from core.preprocessing.touching_digits import split_piece

MAX_PARTS = 5  # of one digit
# Mean and standard deviation of log(width / height) of each digit's ink in MNIST's training images.
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
STROKE_LENGTH = 2.5  # of a digit, in digit heights
# The weights of the features for (above 0) and against some parts being one digit, and against leaving a part out. They
# make the right reading the likeliest, as in a conditional random field (Lafferty et al., 2001), for lines composed of
# MNIST's digits.
DIGIT_WEIGHTS = {
    "bias": -1.79,
    "doubt": -1.43,  # of the network: -log of its highest probability
    "doubt_ink": -1.79,  # the same times the amount of ink
    "aspect": -0.17,  # squared deviation from the label's usual aspect, in standard deviations
    "low": -3.10,  # how much lower than 0.7 of the digit height
    "wide": -1.39,  # how much wider than the digit height
    "gap": -0.06,  # total width of the gaps between its parts
    "components": -1.83,  # connected components of ink beyond the first
    "cut_ink": -0.32,  # ink that was cut through on either side, in stroke widths
    "cut_sides": 0.03,  # sides on which it was cut
    "raised": -0.90,  # how far above the baseline it ends
}
SKIP_WEIGHTS = {
    "size": -5.54,  # 1 for a part of a digit's size
    "ink": -2.73,  # 1 for as much ink as a digit has
    "small": 2.25,  # 1 for a point or a comma
}


@dataclass(frozen=True, eq=False)
class Candidate:
    """Neighbouring parts of a line that may be one digit."""

    first: int
    last: int
    piece: Piece
    shape_features: np.ndarray  # (7,) float: the features of `DIGIT_WEIGHTS` from "low" on


class ScoredChain(NamedTuple):
    """Candidates that are read as digits, from the left, and the score with which they explain their line."""

    score: float
    chain: list[int]


class LineLattice:
    """One line of writing: its parts, from the left, and the candidates for digits that they can form."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        cut: bool = True,
        max_parts: int = MAX_PARTS,
        max_candidates: int | None = None,
    ) -> None:
        """Store the line's pieces, at least one, and find the candidates, at most `max_candidates`.

        `cut` says whether pieces that may be touching digits are cut, `max_parts` how many parts one digit may have.
        """
        self.digit_height = typical_height(pieces)
        self.baseline = float(np.median([piece.bottom for piece in pieces if piece.height > 0.5 * self.digit_height]))
        parts = [part for piece in pieces for part in split_piece(piece, self.digit_height)] if cut else pieces
        self.parts = sorted(parts, key=lambda part: part.center_x)
        self.stroke_width = stroke_width(self.parts)
        found = (found for first in range(len(parts)) for found in self._candidates_from(first, max_parts))
        self.candidates = list(islice(found, max_candidates))

    def _candidates_from(self, first: int, max_parts: int) -> Iterator[Candidate]:
        """Yield every run of neighbouring parts from this one on that is narrow enough for one digit."""
        left, right, gap = self.parts[first].left, self.parts[first].right, 0.0
        for last in range(first, min(first + max_parts, len(self.parts))):
            part = self.parts[last]
            gap += max(0, part.left - right) / self.digit_height
            left, right = min(left, part.left), max(right, part.right)
            if last > first and (right - left > MAX_WIDTH * self.digit_height or gap > MAX_GAP):
                return
            piece = merge_pieces(self.parts[first : last + 1])
            yield Candidate(first, last, piece, self._shape_features(first, last, piece, gap))

    def _shape_features(self, first: int, last: int, piece: Piece, gap: float) -> np.ndarray:
        cut_inks = [self.parts[k].cut_ink for k in (first - 1, last) if k >= 0]
        return np.array(
            [
                max(0.0, 0.7 - piece.height / self.digit_height),
                max(0.0, piece.width / self.digit_height - 1),
                gap,
                min(count_components(piece.ink) - 1, 3),
                sum(cut_inks) / self.stroke_width,
                np.count_nonzero(cut_inks),
                max(0.0, (self.baseline - piece.bottom) / self.digit_height - 0.15),
            ]
        )

    def _digit_features(self, probabilities: np.ndarray) -> np.ndarray:
        """Return (candidates, len(DIGIT_WEIGHTS)) float for `probabilities` (candidates, 10), of likeliest labels."""
        labels = probabilities.argmax(axis=1)[:, None]
        return self._label_features(probabilities, labels)[:, 0]

    def _label_features(self, probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return (candidates, n, len(DIGIT_WEIGHTS)) float: the features of candidates as digits of labels.

        `probabilities` (candidates, 10) float, `labels` (candidates, n) int.
        """
        doubt = -np.log(np.take_along_axis(probabilities, labels, axis=1) + 1e-4)
        log_aspect = np.log([candidate.piece.width / candidate.piece.height for candidate in self.candidates])[:, None]
        aspect = np.minimum(((log_aspect - ASPECT_PRIORS[labels, 0]) / ASPECT_PRIORS[labels, 1]) ** 2, 25)
        ink = self._relative_ink([candidate.piece for candidate in self.candidates])[:, None]
        shape = np.stack([candidate.shape_features for candidate in self.candidates])[:, None]
        of_labels = np.stack([np.ones_like(doubt), doubt, doubt * ink, aspect], axis=2)
        return np.concatenate([of_labels, np.broadcast_to(shape, (*labels.shape, shape.shape[2]))], axis=2)

    def _skip_features(self) -> np.ndarray:
        """Return (parts, len(SKIP_WEIGHTS)) float: features for each part being no digit nor a part of one."""
        extent = [max(part.height, 0.5 * part.width) for part in self.parts]
        size = np.minimum(1, np.array(extent) / (0.8 * self.digit_height))
        return np.column_stack([size, self._relative_ink(self.parts), size < 0.4])

    def _relative_ink(self, pieces: Sequence[Piece]) -> np.ndarray:
        """Return (n,) float, how much ink pieces hold, 1 for an ordinary digit."""
        ordinary = 255 * self.stroke_width * self.digit_height * STROKE_LENGTH
        return np.array([piece.ink.sum(dtype=float) for piece in pieces]) / ordinary

    def best_chain(self, probabilities: np.ndarray) -> list[int]:
        """Return the indices of the candidates, from the left, that together explain the line best.

        probabilities: (candidates, 10). Parts in no candidate of the chain are left out, at a cost. Found by dynamic
        programming over the parts.
        """
        if not self.candidates:
            return []
        gains = self._digit_features(probabilities) @ list(DIGIT_WEIGHTS.values())
        losses = self._skip_features() @ list(SKIP_WEIGHTS.values())
        ending_at: list[list[int]] = [[] for _ in self.parts]
        for index, candidate in enumerate(self.candidates):
            ending_at[candidate.last].append(index)
        best, choices = [0.0], []
        for end, loss in enumerate(losses):
            best.append(best[end] + loss)
            choices.append(None)
            for index in ending_at[end]:
                total = best[self.candidates[index].first] + gains[index]
                if total > best[-1]:
                    best[-1], choices[-1] = total, index
        return self._trace_back(choices)

    def _trace_back(self, choices: Sequence[int | None]) -> list[int]:
        """Return the best chain; `choices`: the candidate that ends at each part, None where it is left out."""
        chain, end = [], len(choices)
        while end:
            index = choices[end - 1]
            end -= 1
            if index is not None:
                chain.append(index)
                end = self.candidates[index].first
        return chain[::-1]

    def chains_of_texts(self, probabilities: np.ndarray, texts: Sequence[str]) -> list[ScoredChain]:
        """Return for each text, of at least one digit, the chain of candidates that explains the line best as it.

        probabilities: (candidates, 10). The score is that of `best_chain`; it is -inf, and the chain empty, where
        there are fewer parts than digits.
        """
        labels = np.broadcast_to(np.arange(10), (len(self.candidates), 10))
        gains = self._label_features(probabilities, labels) @ list(DIGIT_WEIGHTS.values())  # (candidates, 10)
        losses = self._skip_features() @ list(SKIP_WEIGHTS.values())
        longest = max(map(len, texts))
        digits = np.array([[int(digit) for digit in text.ljust(longest, "0")] for text in texts])  # (texts, longest)
        ending_at: list[list[int]] = [[] for _ in self.parts]
        for index, candidate in enumerate(self.candidates):
            ending_at[candidate.last].append(index)
        # best[end, text, n]: the best score of the parts before `end`, read as the text's first n digits.
        best = np.full((len(self.parts) + 1, len(texts), longest + 1), -np.inf)
        choices = np.full((len(self.parts), len(texts), longest + 1), -1)
        best[0, :, 0] = 0.0
        for end, loss in enumerate(losses):
            best[end + 1] = best[end] + loss
            for index in ending_at[end]:
                totals = best[self.candidates[index].first, :, :-1] + gains[index][digits]
                better = totals > best[end + 1, :, 1:]
                best[end + 1, :, 1:][better] = totals[better]
                choices[end, :, 1:][better] = index
        return [
            ScoredChain(float(best[-1, row, len(text)]), self._trace_text(choices[:, row], len(text)))
            for row, text in enumerate(texts)
        ]

    def _trace_text(self, choices: np.ndarray, digits: int) -> list[int]:
        """Return the chain of so many digits; `choices` (parts, longest + 1) as in `chains_of_texts`."""
        chain, end = [], len(choices)
        while end and digits:
            index = int(choices[end - 1, digits])
            end -= 1
            if index >= 0:
                chain.append(index)
                end, digits = self.candidates[index].first, digits - 1
        return chain[::-1] if not digits else []


def count_components(ink: np.ndarray) -> int:
    """Return how many connected components of ink (h, w) uint8 hold at least a twelfth of it, at least 1."""
    areas = find_components(ink > 60).stats[1:, cv2.CC_STAT_AREA]
    return max(1, int((areas > areas.sum() / 12).sum()))


def stroke_width(parts: Sequence[Piece]) -> float:
    """Return the mean width of the strokes, pixels, at least 1: a stroke's area is its width times half its outline."""
    area = outline = 0
    for part in parts:
        mask = (part.ink > int(part.ink.max()) / 2).astype(np.uint8)
        contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        area += cv2.countNonZero(mask)
        outline += sum(cv2.arcLength(contour, True) for contour in contours)
    return max(1.0, 2 * area / max(outline, 1))
