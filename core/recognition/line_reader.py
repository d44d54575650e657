"""Pictures and pen strokes of one or more lines of digits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.preprocessing.binarization import Ink, find_inks
from core.preprocessing.deskew import DeskewedLines, deskew_lines
from core.preprocessing.line_decoding import MAX_PARTS, LineLattice
from core.preprocessing.line_picture import whole_view
from core.preprocessing.mnist_form import TTA_VIEWS, to_reading_form, tta_views
from core.preprocessing.pen_strokes import redraw
from core.preprocessing.segmentation import Piece, find_pieces, group_lines, typical_height
from core.recognition.classifier import Classifier
from core.recognition.line_texts import LineTexts, ReadLine
from core.recognition.network_input import FITTED, network_input_step
from core.recognition.reading import Digit, Picture, Reading, reading_text
from core.recognition.refusal import ConfidenceRefusal
from core.recognition.seen_lines import LinePicture
from core.recognition.whole_line import WholeLine, completed, find_whole_line

READING_PX = 80  # a digit's height when lines are parted into digits
IN_LINE_FACTOR = 1 / 3  # of the minimum confidence: what stands in line with digits is more likely to be one
MAX_CUT_DIGITS = 500  # on a page with more pieces or wider ones none is cut
MAX_AT_FIRST_SIGHT = 100  # candidates of a line that is compared with what the line reader is sure of
MAX_VIEWS = 3000  # of all candidates of a picture together, for that is the most work; no less than `MAX_PIECES`


@dataclass(frozen=True)
class _Thoroughness:
    """A way to read a picture, more or less thorough."""

    cut: bool  # whether digits that touch are separated
    max_parts: int  # of one digit
    views: int  # of each candidate, at most


THOROUGH = _Thoroughness(cut=True, max_parts=MAX_PARTS, views=TTA_VIEWS)
SIMPLER = (_Thoroughness(cut=False, max_parts=MAX_PARTS, views=1), _Thoroughness(cut=False, max_parts=1, views=1))


class LineReader:
    """A reader of pictures with one or more lines of digits, each line read as the likeliest chain of digits."""

    def __init__(self, classifier: Classifier, min_confidence: float) -> None:
        """Make the reader of lines; `min_confidence` is that of a digit that stands alone, 0 to 1."""
        self._classifier = classifier
        self._in_line = ConfidenceRefusal(IN_LINE_FACTOR * min_confidence)
        self._texts = LineTexts(classifier, self._in_line)

    def read_pictures(self, pictures: Sequence[Picture], all_ink: bool = False) -> list[Reading]:
        """Return a reading for each picture, of its handwriting or, with `all_ink`, of all that may be ink."""
        return [self._read_ink(*find_inks([picture], False, all_ink)) for picture in pictures]

    def _read_ink(self, ink: Ink) -> Reading:
        whole = find_whole_line(ink)
        return self._read(*_at_reading_size(completed(ink, whole) if whole else ink), whole)

    def read_strokes(self, strokes: list[np.ndarray]) -> Reading:
        """Return the reading of at least one pen stroke, each (n, 2) float, n at least 1."""
        return self._read(*redraw(strokes, False))

    def _read(self, ink: Ink, pieces: list[Piece], whole: WholeLine | None = None) -> Reading:
        """Return the reading of the lines; where no digit is, that of the one piece that holds most ink, refused.

        whole: what the line reader sees where the picture is one line.
        """
        straight = deskew_lines([pieces] if whole and pieces else group_lines(pieces))
        lines, is_simplified = self._at_first_sight(straight, whole, ink), False
        if lines is None:
            lines, is_simplified = self._weighed_lines(ink, straight, _can_be_cut(pieces), whole)
        found = [
            (line.candidates[k].piece, _digit(line, k, bool(line.refused[k]), ink, straight, number))
            for number, line in enumerate(lines)
            for k in line.chain
        ]
        found = found or _only_piece(lines, ink, straight)
        probability = whole.log_probability if whole else None
        if not found:
            return Reading("", (), ink.steps, is_simplified, ink.doubt(""), len(pieces), probability)
        digits = tuple(digit for _, digit in found)
        seen = network_input_step([digit.image for digit in digits], FITTED)
        steps = (*ink.steps, *straight.steps([piece for piece, _ in found]), seen)
        text = reading_text(digits)
        return Reading(text, digits, steps, is_simplified, ink.doubt(text), len(pieces), probability)

    def _at_first_sight(self, straight: DeskewedLines, whole: WholeLine | None, ink: Ink) -> list[ReadLine] | None:
        """Return the line whose text the line reader is sure of; None elsewhere."""
        if ink.grey is None or not (whole and whole.is_sure and straight.lines):
            return None
        lattice = LineLattice(straight.lines[0], cut=False, max_candidates=MAX_AT_FIRST_SIGHT)
        [line] = self._lines(straight.lines, [lattice], 1)
        return [self._texts.with_sure_text(line, lattice, whole, whole_view(whole.picture, ink.grey, straight.back))]

    def _weighed_lines(
        self, ink: Ink, straight: DeskewedLines, can_be_cut: bool, whole: WholeLine | None
    ) -> tuple[list[ReadLine], bool]:
        """Return the lines, and whether there was too much to read them thoroughly."""
        lattices, thoroughness = _lattices(straight.lines, (THOROUGH, *SIMPLER) if can_be_cut else SIMPLER)
        is_thorough = thoroughness is THOROUGH
        if ink.grey is None:
            return self._lines(straight.lines, lattices, thoroughness.views), bool(lattices) and not is_thorough
        lines = self._lines(straight.lines, lattices, 1)
        lines = self._texts.choose(lines, lattices, straight, LinePicture(ink.grey, whole), is_thorough)
        return lines, bool(lattices) and not is_thorough

    def _lines(
        self, pieces_of_lines: Sequence[Sequence[Piece]], lattices: Sequence[LineLattice], count: int
    ) -> list[ReadLine]:
        """Return the lines with their candidates classified in one call, by so many views of each."""
        to_views = tta_views if count == TTA_VIEWS else _first_view
        views = [[to_views(candidate.piece.ink) for candidate in lattice.candidates] for lattice in lattices]
        found = self._classifier.predict_views([each for row in views for each in row])
        lines, first = [], 0
        for lattice, pieces, row in zip(lattices, pieces_of_lines, views, strict=True):
            own = slice(first, first + len(row))
            first += len(row)
            images = [each[0] for each in row]
            lines.append(self._line(lattice, pieces, images, found.probabilities[own], found.refused[own]))
        return lines

    def _line(
        self,
        lattice: LineLattice,
        pieces: Sequence[Piece],
        images: list[np.ndarray],
        probabilities: np.ndarray,
        refused_alone: np.ndarray,
    ) -> ReadLine:
        """Return the line with its chain; a digit among others may be less sure than one that stands alone."""
        chain = lattice.best_chain(probabilities)
        in_line = len(chain) > 1 and len(pieces) > 1
        refused = self._in_line.refused(probabilities.max(axis=1)) if in_line else refused_alone
        if len(chain) > 1 and not in_line and refused[chain].all():
            chain = []  # one piece, in whatever parts, is no number
        return ReadLine(pieces, lattice.candidates, chain, images, probabilities, refused_alone, refused)


def _first_view(ink: np.ndarray) -> np.ndarray:
    """Return the first view of a candidate's ink (h, w), the digit as it is written: (1, 28, 28) uint8."""
    return to_reading_form(ink)[None]


def _lattices(
    lines: Sequence[Sequence[Piece]], ways: Sequence[_Thoroughness]
) -> tuple[list[LineLattice], _Thoroughness]:
    """Return the lines with their candidates, found by the first of the ways that keeps to `MAX_VIEWS`, and that way.

    The last way always does, because there are no more pieces than that.
    """
    for way in ways[:-1]:
        lattices, left = [], MAX_VIEWS // way.views
        for line in lines:
            lattices.append(LineLattice(line, way.cut, way.max_parts, left + 1))
            left -= len(lattices[-1].candidates)
            if left < 0:
                break
        else:
            return lattices, way
    return [LineLattice(line, ways[-1].cut, ways[-1].max_parts) for line in lines], ways[-1]


def _can_be_cut(pieces: list[Piece]) -> bool:
    """Return whether there is time to look for digits that touch."""
    if not pieces:
        return False
    widths = sum(piece.width for piece in pieces) / typical_height(pieces)
    return max(len(pieces), widths) <= MAX_CUT_DIGITS


def _digit(line: ReadLine, k: int, refused: bool, ink: Ink, straight: DeskewedLines, number: int = 0) -> Digit:
    """Return candidate `k` of a line as a digit, with its box in the picture's pixels."""
    box = ink.box(line.candidates[k].piece, straight.back)
    return Digit.from_probabilities(line.probabilities[k], refused, line.images[k], box, number)


def _only_piece(lines: list[ReadLine], ink: Ink, straight: DeskewedLines) -> list[tuple[Piece, Digit]]:
    """Return the candidate that holds more than half of all ink, as a refused digit; [] where none does."""
    candidates = [(line, k) for line in lines for k in range(len(line.candidates))]
    inks = [float(line.candidates[k].piece.ink.sum(dtype=float)) for line, k in candidates]
    total = sum(piece.ink.sum(dtype=float) for pieces in straight.lines for piece in pieces)
    if not inks or 2 * max(inks) <= total:
        return []
    line, k = candidates[inks.index(max(inks))]
    return [(line.candidates[k].piece, _digit(line, k, True, ink, straight))]


def _at_reading_size(ink: Ink) -> tuple[Ink, list[Piece]]:
    """Return the ink and its pieces at the size at which digits are parted: finer writing only takes longer."""
    pieces = find_pieces(ink.strength)
    if not pieces or typical_height(pieces) <= READING_PX:
        return ink, pieces
    ink = ink.reduced(typical_height(pieces) / READING_PX)
    return ink, find_pieces(ink.strength)
