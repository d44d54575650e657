"""Example drawings for whoever has not drawn yet: clear digits, a doubtful one, and two that are no digits."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from core.datasets.pen_paths import parse_strokes

_MARGIN = 0.16  # of the canvas, around the drawing

_PATHS = {
    "A three": "16,14 48,1 78,22 44,46! 84,72 48,99 10,84",
    "A crossed seven": "8,10 48,7 90,4! 64,48 44,98! | 24,52! 82,46!",
    "A two with a loop": "14,26 45,3 80,24 46,70 14,93 22,72 48,86 92,92",
    "A four, or a nine": "54,3 28,20 22,44 50,50 80,40 | 72,3! 72,98!",
    "The letter A": "8,98! 50,2! 92,98! | 24,64! 78,64!",
    "A scribble": "6,40 30,4 22,80 52,10 44,96 70,14 62,90 94,30 80,72 12,58 88,52",
}
"""What each shows, and its pen path in the format of `pen_paths.parse_strokes`."""


@dataclass(frozen=True)
class ExampleDrawing:
    """A drawing: what it shows, and its strokes, each of points (x, y) as shares of a square canvas."""

    name: str
    strokes: tuple[tuple[tuple[float, float], ...], ...]


@cache
def example_drawings() -> tuple[ExampleDrawing, ...]:
    """Return the example drawings, in the order in which they are shown."""
    return tuple(ExampleDrawing(name, _strokes(path)) for name, path in _PATHS.items())


def _strokes(path: str) -> tuple[tuple[tuple[float, float], ...], ...]:
    lines = [stroke.basis @ stroke.points for stroke in parse_strokes(path)]
    shares = [_MARGIN + (1 - 2 * _MARGIN) * line / 100 for line in lines]
    return tuple(tuple(map(tuple, np.round(line, 4).tolist())) for line in shares)
