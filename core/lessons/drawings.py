"""Drawings for lessons: examples as if they were drawn on the canvas, and drawings changed in size and pen."""

from collections.abc import Sequence

from core.datasets.example_drawings import ExampleDrawing
from core.datasets.pen_paths import parse_strokes
from core.preprocessing.canvas_drawing import Drawing, Point

SIDE_PX = 280
PEN_PX = 18

_MARGIN = 0.16  # of the side, around a pen path


def draw_strokes(strokes: Sequence[Sequence[Point]], side_px: int = SIDE_PX, pen_px: int = PEN_PX) -> Drawing:
    """Return the drawing of pen strokes, each of points (x, y) in pixels, on a square canvas."""
    paths = [
        {"path": [["M" if number == 0 else "L", x, y] for number, (x, y) in enumerate(stroke)], "strokeWidth": pen_px}
        for stroke in strokes
    ]
    return Drawing({"objects": paths}, side_px, side_px)


def draw_example(example: ExampleDrawing) -> Drawing:
    """Return an example as it is on the canvas when its button is pressed."""
    return draw_strokes([[(x * SIDE_PX, y * SIDE_PX) for x, y in stroke] for stroke in example.strokes])


def draw_path(path: str) -> Drawing:
    """Return the drawing of a pen path in the format of `pen_paths.parse_strokes`."""
    lines = [stroke.basis @ stroke.points for stroke in parse_strokes(path)]
    placed = [(SIDE_PX * (_MARGIN + (1 - 2 * _MARGIN) * line / 100)).tolist() for line in lines]
    return draw_strokes([[(x, y) for x, y in line] for line in placed])


def redraw(drawing: Drawing, scale: float = 1.0, pen_px: int = PEN_PX) -> Drawing:
    """Return a drawing smaller, in the upper left corner of its canvas, with another pen."""
    strokes = [[(x * scale, y * scale) for x, y in stroke] for stroke in drawing.strokes]
    return draw_strokes(strokes, drawing.width, pen_px)
