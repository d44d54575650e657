"""Pictures that show no more than one line of digits, which the line reader recognizes as it sees them whole."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from core.preprocessing.background import subtract_background
from core.preprocessing.binarization import Ink
from core.preprocessing.ink_strength import ink_strength
from core.preprocessing.left_out import find_left_out
from core.preprocessing.line_picture import LineView
from core.preprocessing.mnist_form import Step, shrink_for_display
from core.preprocessing.segmentation import MIN_TALL_SHARE, Piece, find_pieces, group_lines, typical_height
from core.recognition.ctc_decoding import align_text, best_texts
from core.recognition.line_network import LineNetwork

MAX_WHOLE_FRAMES = 250
"""Of a picture that may be one line: some twenty-five digits."""

MIN_WHOLE = -1.0
"""Log-probability of its text from which a picture is taken for one line, where its digits are about as high."""
MIN_CLEAR = -0.3
"""The same where they are lower, or where little of their ink or none that looks like a digit was found."""

MIN_SURE = -0.1
"""The same of a text that needs no second look."""

MAX_HEIGHT, MAX_CLEAR_HEIGHT = 2.2, 4.0  # of such pictures, in heights of a digit
MIN_APART = 0.15  # of a digit's height: paper between two lines of writing
_MIN_ASPECT = 0.3  # of such pictures: width over height
_MIN_DIGIT_INK = 0.15  # of the ink of an ordinary digit of the line: with less a digit's ink was not found


class WholeLine(NamedTuple):
    """A picture that is one line, and what the line reader sees in it."""

    picture: np.ndarray  # (h, w) uint8
    frames: np.ndarray  # (frames, 11) float32 log-probabilities
    text: str  # the likeliest
    log_probability: float  # of the text
    heights: float  # of the picture, in heights of a digit

    @property
    def is_clear(self) -> bool:
        """Return whether there are digits even where the classifier alone finds none."""
        return self.log_probability >= MIN_CLEAR

    @property
    def is_sure(self) -> bool:
        """Return whether the text needs no second look."""
        return self.log_probability >= MIN_SURE and len(self.text) > 1 and self.heights <= MAX_HEIGHT


def find_whole_line(ink: Ink) -> WholeLine | None:
    """Return what the line reader sees where a picture shows no more than one line; None where it shows more or none.

    Without ink that was found, or with much lower ink than the picture is high, it must be clearer.
    """
    grey = ink.grey
    if grey is None or grey.shape[1] < _MIN_ASPECT * len(grey) or LineView(grey).frames > MAX_WHOLE_FRAMES:
        return None
    pieces = find_pieces(ink.strength)
    heights = len(grey) / typical_height(pieces) if pieces else MAX_CLEAR_HEIGHT
    if heights > MAX_CLEAR_HEIGHT or _are_lines_apart(pieces):
        return None
    [frames] = LineNetwork.released().log_probabilities([grey])
    [best, *_] = best_texts(frames, 1)
    enough = MIN_WHOLE if heights <= MAX_HEIGHT else MIN_CLEAR
    if best.log_probability < enough or not best.text or len(best.text) == 1 and not pieces:
        return None
    return WholeLine(grey, frames, best.text, best.log_probability, heights)


def _are_lines_apart(pieces: Sequence[Piece]) -> bool:
    """Return whether pieces of ink are lines of writing one below the other, with paper between them."""
    if not pieces:
        return False
    height = typical_height(pieces)
    lines = [[piece for piece in line if piece.height >= MIN_TALL_SHARE * height] for line in group_lines(pieces)]
    lines = [line for line in lines if line]
    return any(
        np.median([piece.top for piece in lower]) - np.median([piece.bottom for piece in upper]) > MIN_APART * height
        for upper, lower in zip(lines, lines[1:], strict=False)
    )


def completed(ink: Ink, line: WholeLine) -> Ink:
    """Return a line's ink with all that may be ink where the line reader sees a digit and too little was found."""
    if ink.grey is None or len(line.text) < 2:
        return ink
    view = LineView(line.picture)
    middles = [sum(view.columns(*span, len(line.frames))) / 2 for span in align_text(line.frames, line.text)]
    ends = [(before + after) / 2 for before, after in zip(middles, middles[1:], strict=False)]
    stretches = np.split(ink.strength, np.round(ends).astype(int), axis=1)
    amounts = np.array([float(each.sum(dtype=float)) for each in stretches])
    missing = amounts <= _MIN_DIGIT_INK * np.median(amounts[amounts > 0]) if amounts.any() else amounts == 0
    if not missing.any():
        return ink
    all_ink = ink_strength(subtract_background(ink.grey))
    others = np.split(all_ink, np.round(ends).astype(int), axis=1)
    filled = [other if lacks else own for own, other, lacks in zip(stretches, others, missing, strict=True)]
    strength = np.concatenate(filled, axis=1)
    left_out = find_left_out(all_ink, strength > 0)
    why = "There the ink is measured against the paper around it; where a digit was seen without any, all ink counts. "
    step = Step("ink", shrink_for_display(strength), f"{why}{left_out.sentence}".rstrip())
    return replace(ink, strength=strength, steps=(*ink.steps[:-1], step), left_out=left_out)
