"""The digits of lines whose text the chain of candidates and the line reader choose together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from core.preprocessing.deskew import DeskewedLines
from core.preprocessing.line_decoding import Candidate, LineLattice
from core.preprocessing.line_picture import LineView, cut_at, line_views
from core.preprocessing.mnist_form import tta_views
from core.preprocessing.segmentation import Piece
from core.recognition.classifier import Classifier
from core.recognition.line_network import LineNetwork
from core.recognition.refusal import ConfidenceRefusal
from core.recognition.text_choice import ChosenText, choose_text, weigh

MAX_LINE_FRAMES = 250  # of a line that the line reader reads: some twenty-five digits
MAX_FRAMES = 1500  # of all such lines of a picture: what is more is read as chains of digits alone
_NO_SHAPE = np.zeros(7)


@dataclass(frozen=True, eq=False)
class ReadLine:
    """The candidates of one line with the network's answer to each."""

    pieces: Sequence[Piece]  # the line's ink
    candidates: Sequence[Candidate]
    chain: list[int]  # numbers of the candidates that are read as digits, from the left
    images: list[np.ndarray]  # (28, 28) uint8, a candidate's first view
    probabilities: np.ndarray  # (candidates, 10) float32
    refused: np.ndarray  # (candidates,) bool


class LineTexts:
    """The choice of each line's text, and of the ink of its digits."""

    def __init__(self, classifier: Classifier, in_line: ConfidenceRefusal) -> None:
        """Store the classifier of digits, and the refusal of those that stand in line with others."""
        self._classifier, self._in_line = classifier, in_line

    def choose(
        self, lines: Sequence[ReadLine], lattices: Sequence[LineLattice], straight: DeskewedLines, grey: np.ndarray
    ) -> list[ReadLine]:
        """Return the lines with the digits of those texts that the line reader finds likely too.

        grey: (h, w) uint8, the picture. A line in which no digit was found stays as it is.
        """
        read = [number for number, line in enumerate(lines) if not line.refused[line.chain].all()]
        views = [line_views(grey, straight.lines[number], straight.back, len(lines) == 1) for number in read]
        read, views = _within_limits(read, views)
        pictures = [view.picture for row in views for view in row]
        frames = iter(LineNetwork.released().log_probabilities(pictures) if pictures else ())
        chosen_lines = list(lines)
        for number, row in zip(read, views, strict=True):
            seen = list(islice(frames, len(row)))
            line = lines[number]
            chosen = choose_text(lattices[number], line.probabilities, line.chain, seen)
            if chosen:
                chosen_lines[number] = self._with_text(line, chosen, row[0], len(seen[0]))
        return chosen_lines

    def _with_text(self, line: ReadLine, chosen: ChosenText, view: LineView, frames: int) -> ReadLine:
        """Return a line with the digits of a text, cut out where the line reader saw them if no chain has them."""
        if chosen.chain is None:
            line = self._with_cut_out(line, [view.columns(*span, frames) for span in chosen.spans])
        elif chosen.chain != line.chain:
            line = replace(line, chain=chosen.chain)
        probabilities = line.probabilities.copy()
        for k, of_line, label, is_agreed in zip(
            line.chain, chosen.digits, chosen.labels, chosen.is_agreed, strict=True
        ):
            probabilities[k] = weigh(line.probabilities[k], of_line, label, is_agreed)
        refused = line.refused
        if len(line.chain) > 1 and len(line.pieces) > 1 or chosen.chain is None:
            refused = self._in_line.refused(probabilities.max(axis=1))
        return replace(line, probabilities=probabilities, refused=refused)

    def _with_cut_out(self, line: ReadLine, columns: Sequence[tuple[float, float]]) -> ReadLine:
        """Return a line whose chain is the ink around each of these stretches of columns, from the left."""
        cut_out = cut_at(line.pieces, columns)
        views = [tta_views(piece.ink) for piece in cut_out]
        found = self._classifier.predict_views(views)
        first = len(line.candidates)
        return ReadLine(
            line.pieces,
            [*line.candidates, *(Candidate(0, 0, piece, _NO_SHAPE) for piece in cut_out)],
            list(range(first, first + len(cut_out))),
            [*line.images, *(each[0] for each in views)],
            np.concatenate([line.probabilities, found.probabilities]),
            np.concatenate([line.refused, found.refused]),
        )


def _within_limits(read: Sequence[int], views: Sequence[list[LineView]]) -> tuple[list[int], list[list[LineView]]]:
    """Return those lines, and their views, that are not too long to read, from the top until they are too many."""
    kept: list[int] = []
    kept_views: list[list[LineView]] = []
    left = MAX_FRAMES
    for number, row in zip(read, views, strict=True):
        frames = [view.frames for view in row]
        if max(frames) <= MAX_LINE_FRAMES and sum(frames) <= left:
            left -= sum(frames)
            kept.append(number)
            kept_views.append(row)
    return kept, kept_views
