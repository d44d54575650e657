"""The digits of lines whose text the chain of candidates and the line reader choose together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.preprocessing.deskew import DeskewedLines
from core.preprocessing.line_decoding import Candidate, LineLattice
from core.preprocessing.line_picture import LineView, cut_at, line_view, whole_view
from core.preprocessing.mnist_form import tta_views
from core.preprocessing.segmentation import Piece
from core.recognition.classifier import Classifier
from core.recognition.line_network import LineNetwork
from core.recognition.refusal import ConfidenceRefusal
from core.recognition.text_choice import ChosenText, choose_text, weigh
from core.recognition.whole_line import WholeLine

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
        self, lines: Sequence[ReadLine], lattices: Sequence[LineLattice], straight: DeskewedLines, grey: np.ndarray,
        whole: WholeLine | None = None,
    ) -> list[ReadLine]:
        """Return the lines with the digits of those texts that the line reader finds likely too.

        grey: (h, w) uint8, the picture; whole: what the line reader sees where it is one line. A line in which no digit
        was found stays as it is.
        """
        read = [number for number, line in enumerate(lines) if whole or not line.refused[line.chain].all()]
        views = [line_view(grey, straight.lines[number], straight.back) for number in read]
        read, views = _within_limits(read, views)
        found = LineNetwork.released().log_probabilities([view.picture for view in views]) if views else []
        chosen_lines = list(lines)
        for number, view, frames in zip(read, views, found, strict=True):
            line = lines[number]
            seen, shown = [frames], [view]
            if whole:
                seen.append(whole.frames)
                shown.append(whole_view(whole.view.picture, grey, straight.back))
            chosen = choose_text(lattices[number], line.probabilities, line.chain, seen)
            if chosen:
                columns = [shown[chosen.view].columns(*span, len(seen[chosen.view])) for span in chosen.spans]
                chosen_lines[number] = self._with_text(line, chosen, columns, whole is not None)
        return chosen_lines

    def _with_text(
        self, line: ReadLine, chosen: ChosenText, columns: Sequence[tuple[float, float]], is_whole: bool
    ) -> ReadLine:
        """Return a line with the digits of a text, cut out of the columns where the line reader saw them if no chain has them.

        is_whole: whether the picture is this line; one piece is no number elsewhere.
        """
        if chosen.chain is None:
            line = self._with_cut_out(line, columns)
        elif chosen.chain != line.chain:
            line = replace(line, chain=chosen.chain)
        probabilities = line.probabilities.copy()
        for k, of_line, label, is_agreed in zip(
            line.chain, chosen.digits, chosen.labels, chosen.is_agreed, strict=True
        ):
            probabilities[k] = weigh(line.probabilities[k], of_line, label, is_agreed)
        refused = line.refused
        if len(line.chain) > 1 and (is_whole or len(line.pieces) > 1) or chosen.chain is None:
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


def _within_limits(read: Sequence[int], views: Sequence[LineView]) -> tuple[list[int], list[LineView]]:
    """Return those lines, and their views, that are not too long to read, from the top until they are too many."""
    kept: list[int] = []
    kept_views: list[LineView] = []
    left = MAX_FRAMES
    for number, view in zip(read, views, strict=True):
        if view.frames <= min(MAX_LINE_FRAMES, left):
            left -= view.frames
            kept.append(number)
            kept_views.append(view)
    return kept, kept_views
