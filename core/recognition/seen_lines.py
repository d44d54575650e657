"""The lines of a picture as the line reader sees them, each in one or more views."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from core.preprocessing.deskew import DeskewedLines
from core.preprocessing.line_picture import LineView, line_view, whole_view
from core.recognition.line_network import LineNetwork
from core.recognition.whole_line import MAX_WHOLE_FRAMES, WholeLine

MAX_FRAMES = 1500
"""Of all such lines of a picture, seen as they are: what is more is read as chains of digits alone. Where all of their
texts are in doubt, the line reader sees about three times as many, of short lines a little more."""


class LinePicture(NamedTuple):
    """The picture of lines."""

    grey: np.ndarray  # (h, w) uint8
    whole: WholeLine | None  # what the line reader sees where it is one line


class SeenLine(NamedTuple):
    """Views of a line, and what the line reader sees in each."""

    views: Sequence[LineView]
    frames: Sequence[np.ndarray]  # of each view: (frames, 11) float32 log-probabilities
    frames_of_variants: Sequence[np.ndarray] = ()  # the same of the variants of its last view, the one with most of it

    def columns(self, view: int, spans: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
        """Return where runs of a view's frames, each its first and the one after its last, lie in pieces' pixels."""
        return [self.views[view].columns(*span, len(self.frames[view])) for span in spans]


def see_lines(numbers: Sequence[int], straight: DeskewedLines, picture: LinePicture) -> dict[int, SeenLine]:
    """Return those of a picture's lines that have these numbers, without what is beyond `MAX_FRAMES`."""
    grey, whole = picture
    views = [line_view(grey, straight.lines[number], straight.back) for number in numbers]
    numbers, views = _within_limits(numbers, views)
    found = LineNetwork.released().log_probabilities([view.picture for view in views]) if views else []
    others, frames = ([whole_view(whole.picture, grey, straight.back)], [whole.frames]) if whole else ([], [])
    return {
        number: SeenLine([view, *others], [each, *frames])
        for number, view, each in zip(numbers, views, found, strict=True)
    }


def with_variants(lines: Sequence[SeenLine]) -> list[SeenLine]:
    """Return lines, each with what the line reader sees in the variants of its last view."""
    pictures = [line.views[-1].picture for line in lines]
    found = LineNetwork.released().log_probabilities_of_variants(pictures) if pictures else []
    return [line._replace(frames_of_variants=frames) for line, frames in zip(lines, found, strict=True)]


def _within_limits(read: Sequence[int], views: Sequence[LineView]) -> tuple[list[int], list[LineView]]:
    """Return those lines, and their views, that are not too long to read, from the top until they are too many."""
    kept: list[int] = []
    kept_views: list[LineView] = []
    left = MAX_FRAMES
    for number, view in zip(read, views, strict=True):
        if view.frames <= min(MAX_WHOLE_FRAMES, left):
            left -= view.frames
            kept.append(number)
            kept_views.append(view)
    return kept, kept_views
