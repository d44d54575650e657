"""Pictures whose digits stand in boxes that are given: the ink inside each box is read as one digit."""

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from core.preprocessing.binarization import Ink, find_ink
from core.preprocessing.mnist_form import SIDE, TTA_VIEWS, tta_views
from core.preprocessing.segmentation import (
    MAX_PIECES_AREA,
    Piece,
    box_step,
    find_pieces,
    group_lines,
    merge_pieces,
)
from core.recognition.classifier import Classifier
from core.recognition.line_reader import IN_LINE_FACTOR, MAX_VIEWS, READING_PX
from core.recognition.network_input import FITTED, network_input_step
from core.recognition.reading import Box, Digit, Picture, Reading, reading_text
from core.recognition.refusal import ConfidenceRefusal

MAX_BOXES = MAX_VIEWS // TTA_VIEWS  # of one picture
MIN_INSIDE_SHARE = 0.5  # of a piece of ink: one of which less lies in a box is a neighbour that reaches into it


class BoxReader:
    """A reader of digits in boxes that are given."""

    def __init__(self, classifier: Classifier, min_confidence: float) -> None:
        """Make the reader; `min_confidence` is that of a digit that stands alone, 0 to 1."""
        self._classifier = classifier
        self._in_line = ConfidenceRefusal(IN_LINE_FACTOR * min_confidence)

    def read(self, picture: Picture, boxes: Sequence[Box], known: Sequence[Digit] = ()) -> Reading:
        """Return the reading of a picture's boxes; see `Recognizer.read_boxes`."""
        boxes = _checked(boxes)
        before = {digit.box: digit for digit in known}
        new = [box for box in boxes if box not in before]
        ink = _at_reading_size(find_ink(picture), new)
        digits = before | self._read_new(picture, ink, new, is_alone=len(boxes) == 1)
        lines = _lines(boxes)
        ordered = tuple(replace(digits[box], line=number) for number, line in enumerate(lines) for box in line)
        if not ordered:
            return Reading("", (), ink.steps)
        framed = box_step(ink.strength, [_outline(*_window(box, ink)) for box in boxes])
        seen = network_input_step([digit.image for digit in ordered], FITTED)
        return Reading(reading_text(ordered), ordered, (*ink.steps, framed, seen))

    def _read_new(self, picture: Picture, ink: Ink, boxes: Sequence[Box], is_alone: bool) -> dict[Box, Digit]:
        """Return the digit of each box; in a line a digit may be less sure than one that stands alone.

        In a box without handwriting all that may be ink is read: a person says that a digit is there.
        """
        components = _Components(ink)
        inks = [components.ink_in(box) for box in boxes]
        if any(each is None for each in inks):
            everything = _Components(_at_reading_size(find_ink(picture, all_ink=True), boxes))
            inks = [everything.ink_in(box) if each is None else each for each, box in zip(inks, boxes, strict=True)]
        blank = np.zeros((TTA_VIEWS, SIDE, SIDE), np.uint8)
        views = [blank if each is None else tta_views(each) for each in inks]
        found = self._classifier.predict_views(views)
        refused = found.refused if is_alone else self._in_line.refused(found.probabilities.max(axis=1))
        return {
            box: Digit.from_probabilities(found.probabilities[n], bool(refused[n]) or inks[n] is None, views[n][0], box)
            for n, box in enumerate(boxes)
        }


class _Components:
    """The connected components of a picture's ink."""

    def __init__(self, ink: Ink) -> None:
        self._ink = ink
        _, self._labels, stats, _ = cv2.connectedComponentsWithStats(
            (ink.strength > 0).astype(np.uint8), connectivity=8
        )
        self._areas = stats[:, cv2.CC_STAT_AREA]

    def ink_in(self, box: Box) -> np.ndarray | None:
        """Return the ink (h, w) uint8 that belongs to a box of the picture; None where there is none.

        That is, of what lies inside, the largest piece, other parts of the same component, and whatever lies mostly
        inside.
        """
        left, top, right, bottom = _window(box, self._ink)
        window = np.s_[top:bottom, left:right]
        pieces = find_pieces(self._ink.strength[window]) if right > left and bottom > top else []
        if not pieces:
            return None
        owners = [self._labels[window][_first_pixel(piece)] for piece in pieces]
        areas = [np.count_nonzero(piece.ink) for piece in pieces]
        main = owners[int(np.argmax(areas))]
        kept = [
            piece
            for piece, owner, area in zip(pieces, owners, areas, strict=True)
            if owner == main or area >= MIN_INSIDE_SHARE * self._areas[owner]
        ]
        return merge_pieces(kept).ink


def _first_pixel(piece: Piece) -> tuple[int, int]:
    """Return row and column of a pixel of the piece's ink."""
    row, column = divmod(int(np.argmax(piece.ink > 0)), piece.width)
    return piece.top + row, piece.left + column


def _checked(boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes, each once; raises `ValueError` where they are too many or one has no area."""
    if len(boxes) > MAX_BOXES:
        raise ValueError(f"{len(boxes):,} boxes are too many: at most {MAX_BOXES:,} are read in one picture.")
    for left, top, width, height in boxes:
        if width < 1 or height < 1:
            raise ValueError(f"The box at ({left}, {top}) is {width} × {height} pixels; it needs at least 1 × 1.")
    return list(dict.fromkeys(boxes))


def _at_reading_size(ink: Ink, boxes: Sequence[Box]) -> Ink:
    """Return the ink at the size at which the boxes hold digits as lines do, and together not too many pixels."""
    if not boxes:
        return ink
    typical = float(np.median([height for *_, height in boxes])) / ink.scale
    height, width = ink.strength.shape
    area = sum(min(w / ink.scale, width) * min(h / ink.scale, height) for _, _, w, h in boxes)
    factor = max(typical / READING_PX, (area / MAX_PIECES_AREA) ** 0.5)
    return ink.reduced(factor) if factor > 1 else ink


def _window(box: Box, ink: Ink) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a box in pixels of the ink, as far as it lies on it."""
    left, top, width, height = box
    rows, columns = ink.strength.shape
    (x, y), scale = ink.origin, ink.scale
    ends = [
        (math.floor((left - x) / scale + 0.5), columns),
        (math.floor((top - y) / scale + 0.5), rows),
        (math.floor((left + width - x) / scale + 0.5), columns),
        (math.floor((top + height - y) / scale + 0.5), rows),
    ]
    x0, y0, x1, y1 = (min(max(end, 0), limit) for end, limit in ends)
    return x0, y0, x1, y1


def _outline(left: int, top: int, right: int, bottom: int) -> Piece:
    """Return a piece of that place without any ink, which takes no memory."""
    return Piece(left, top, np.broadcast_to(np.uint8(0), (max(1, bottom - top), max(1, right - left))))


def _lines(boxes: Sequence[Box]) -> list[list[Box]]:
    """Return the boxes in lines of writing, from the top and from the left."""
    lines = group_lines([_outline(left, top, left + width, top + height) for left, top, width, height in boxes])
    ordered = [sorted(line, key=lambda piece: piece.center_x) for line in lines]
    return [[(piece.left, piece.top, piece.width, piece.height) for piece in line] for line in ordered]
