"""The digits of lines whose text the chain of candidates and the line reader choose together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.preprocessing.deskew import DeskewedLines
from core.preprocessing.line_decoding import Candidate, LineLattice
from core.preprocessing.line_picture import LineView, cut_at
from core.preprocessing.mnist_form import TTA_VIEWS, to_reading_form, tta_views
from core.preprocessing.segmentation import Piece
from core.recognition.classifier import Classifier
from core.recognition.refusal import ConfidenceRefusal
from core.recognition.seen_lines import LinePicture, SeenLine, see_lines, with_variants
from core.recognition.text_choice import ChosenText, choose_text, sure_text, unsure, weigh
from core.recognition.whole_line import WholeLine

_NO_SHAPE = np.zeros(7)


@dataclass(frozen=True, eq=False)
class ReadLine:
    """The candidates of one line with the network's answer to each."""

    pieces: Sequence[Piece]  # the line's ink
    candidates: Sequence[Candidate]
    chain: list[int]  # numbers of the candidates that are read as digits, from the left
    images: list[np.ndarray]  # (28, 28) uint8, a candidate's first view
    probabilities: np.ndarray  # (candidates, 10) float32
    refused_alone: np.ndarray  # (candidates,) bool, were each the only one
    refused: np.ndarray  # (candidates,) bool, as the chain is


class LineTexts:
    """The choice of each line's text, and of the ink of its digits."""

    def __init__(self, classifier: Classifier, in_line: ConfidenceRefusal) -> None:
        """Store the classifier of digits, and the refusal of those that stand in line with others."""
        self._classifier, self._in_line = classifier, in_line

    def choose(
        self,
        lines: Sequence[ReadLine],
        lattices: Sequence[LineLattice],
        straight: DeskewedLines,
        picture: LinePicture,
        seen_again: bool,
    ) -> list[ReadLine]:
        """Return lines, classified by one view, with the digits of those texts that the line reader finds likely too.

        seen_again: whether the digits of texts on which not both agree are classified by all their views. A line in
        which no digit was found stays as it is, but for a whole one in which the line reader clearly sees some.
        """
        found = list(lines)
        texts = self._texts(lines, lattices, straight, picture)
        for number, (text, columns) in texts.items():
            found[number] = self._with_text(lines[number], text, columns)
        if seen_again:
            doubtful = [n for n in range(len(lines)) if n not in texts or not all(texts[n][0].is_agreed)]
            for number, line in zip(doubtful, self._seen_again([found[n] for n in doubtful]), strict=True):
                found[number] = line
        for number, (text, _) in texts.items():
            found[number] = self._weighed(found[number], text, picture.whole is not None)
        return _doubted(found, {number: text.is_agreed for number, (text, _) in texts.items()})

    def with_sure_text(self, line: ReadLine, lattice: LineLattice, whole: WholeLine, view: LineView) -> ReadLine:
        """Return a line with the text of which the line reader is sure, as it saw it in a view of the whole picture."""
        text = sure_text(whole.text, whole.frames, lattice, line.probabilities, line.chain)
        found = self._with_text(line, text, [view.columns(*span, len(whole.frames)) for span in text.spans])
        if text.chain is None:  # the classifier has not seen these pieces before
            is_seen = found.probabilities[found.chain].argmax(axis=1) == text.labels
            is_seen &= ~found.refused_alone[found.chain]
            text = text._replace(is_agreed=is_seen.tolist())
        return _doubted([self._weighed(found, text, True)], {0: text.is_agreed})[0]

    def _texts(
        self,
        lines: Sequence[ReadLine],
        lattices: Sequence[LineLattice],
        straight: DeskewedLines,
        picture: LinePicture,
    ) -> dict[int, tuple[ChosenText, list[tuple[float, float]]]]:
        """Return for the numbers of lines the text of each, and the columns in which the line reader saw its digits."""
        whole = picture.whole
        read = [
            number
            for number, line in enumerate(lines)
            if whole and whole.is_clear or not line.refused[line.chain].all()
        ]
        seen = see_lines(read, straight, picture)
        chosen = {number: _chosen(lines[number], lattices[number], each) for number, each in seen.items()}
        doubtful = [number for number, text in chosen.items() if text and not all(text.is_agreed)]
        for number, each in zip(doubtful, with_variants([seen[number] for number in doubtful]), strict=True):
            chosen[number] = _chosen(lines[number], lattices[number], each)
        return {number: (text, seen[number].columns(text.view, text.spans)) for number, text in chosen.items() if text}

    def _with_text(self, line: ReadLine, chosen: ChosenText, columns: Sequence[tuple[float, float]]) -> ReadLine:
        """Return a line with the digits of a text, cut out of the columns where the line reader saw them if need be."""
        return self._with_cut_out(line, columns) if chosen.chain is None else replace(line, chain=chosen.chain)

    def _weighed(self, line: ReadLine, chosen: ChosenText, is_whole: bool) -> ReadLine:
        """Return a line with the probabilities of its digits by both ways of reading.

        is_whole: whether the picture is this line; elsewhere one piece is no number.
        """
        probabilities = line.probabilities.copy()
        for k, of_line, label, is_agreed in zip(
            line.chain, chosen.digits, chosen.labels, chosen.is_agreed, strict=True
        ):
            probabilities[k] = weigh(line.probabilities[k], of_line, label, is_agreed)
        is_number = len(line.chain) > 1 and (is_whole or len(line.pieces) > 1 or chosen.chain is None)
        refused = self._in_line.refused(probabilities.max(axis=1)) if is_number else line.refused_alone
        return replace(line, probabilities=probabilities, refused=refused)

    def _seen_again(self, lines: Sequence[ReadLine]) -> list[ReadLine]:
        """Return lines whose digits are classified by all their views; they were by the first."""
        places = [(number, k) for number, line in enumerate(lines) for k in line.chain]
        views = [tta_views(lines[number].candidates[k].piece.ink)[1:] for number, k in places]
        found = self._classifier.predict_views(views).probabilities
        all_probabilities = [line.probabilities.copy() for line in lines]
        for (number, k), others in zip(places, found, strict=True):
            first = all_probabilities[number][k]
            all_probabilities[number][k] = (first + (TTA_VIEWS - 1) * others) / TTA_VIEWS
        return [replace(line, probabilities=each) for line, each in zip(lines, all_probabilities, strict=True)]

    def _with_cut_out(self, line: ReadLine, columns: Sequence[tuple[float, float]]) -> ReadLine:
        """Return a line whose chain is the ink around each of these stretches of columns, from the left."""
        cut_out = cut_at(line.pieces, columns)
        views = [to_reading_form(piece.ink)[None] for piece in cut_out]
        found = self._classifier.predict_views(views)
        first = len(line.candidates)
        return ReadLine(
            line.pieces,
            [*line.candidates, *(Candidate(0, 0, piece, _NO_SHAPE) for piece in cut_out)],
            list(range(first, first + len(cut_out))),
            [*line.images, *(each[0] for each in views)],
            np.concatenate([line.probabilities, found.probabilities]),
            np.concatenate([line.refused_alone, found.refused]),
            np.concatenate([line.refused, found.refused]),
        )


def _chosen(line: ReadLine, lattice: LineLattice, seen: SeenLine) -> ChosenText | None:
    """Return the text that both ways of reading together find likeliest for a line, as `choose_text` does."""
    return choose_text(lattice, line.probabilities, line.chain, seen.frames, seen.frames_of_variants)


def _doubted(lines: list[ReadLine], agreed: dict[int, list[bool]]) -> list[ReadLine]:
    """Return lines with no sure digit where the two ways of reading mostly do not agree, as they do not on print.

    agreed: for each digit of those lines that the line reader saw, by number, whether they do. Where they mostly do not
    on all of the page, its other lines have no sure digit either.
    """
    on_page = [each for row in agreed.values() for each in row]
    is_page_doubtful = _mostly_differ(on_page)
    found = list(lines)
    for number, line in enumerate(lines):
        row = agreed.get(number)
        if is_page_doubtful if row is None else _mostly_differ(row):
            probabilities = (
                np.stack([unsure(each) for each in line.probabilities]) if line.chain else line.probabilities
            )
            found[number] = replace(line, probabilities=probabilities)
    return found


def _mostly_differ(agreed: Sequence[bool]) -> bool:
    """Return whether both ways of reading agree on half of the digits or fewer."""
    return bool(agreed) and 2 * sum(agreed) <= len(agreed)
