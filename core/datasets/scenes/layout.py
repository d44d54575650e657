"""Layouts: where on the field digits stand, in lines, in cells, alone, or cropped tight."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from core.datasets.scenes.field import SIDE_PX, happens, log_uniform
from core.datasets.scenes.glyphs import Hand, draw_digit, draw_letter, draw_separator

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the level page, before it is tilted."""

_MAX_GLYPHS = 30  # drawn for a scene; where more stand, some are the same
_MAX_PLACED = 90
_CENTRE = SIDE_PX / 2


@dataclass
class Layout:
    """Handwriting on the field, and what printed frames go by."""

    height: float
    """Of the digits, pixels."""

    tilt: float = 0.0
    """Of the lines of writing and of what is printed, radians, clockwise."""

    ink: np.ndarray = field(default_factory=lambda: np.zeros((SIDE_PX, SIDE_PX), np.uint8))
    """Coverage by handwritten ink."""

    boxes: list[Box] = field(default_factory=list)
    """Of the digits."""

    cells: list[Box] = field(default_factory=list)
    """Of a form or grid, row by row, empty ones too."""

    def place(self, glyph: np.ndarray, x: float, y: float) -> None:
        """Write a glyph's coverage (h, w) with its centre at a point of the level page."""
        height, width = glyph.shape
        self.boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
        cosine, sine = np.cos(self.tilt), np.sin(self.tilt)
        dx, dy = x - _CENTRE, y - _CENTRE
        left = round(_CENTRE + cosine * dx - sine * dy - width / 2)
        top = round(_CENTRE + sine * dx + cosine * dy - height / 2)
        rows, columns = slice(max(0, top), max(0, top + height)), slice(max(0, left), max(0, left + width))
        seen = self.ink[rows, columns]
        if seen.size:
            from_top, from_left = max(0, -top), max(0, -left)
            part = glyph[from_top : from_top + seen.shape[0], from_left : from_left + seen.shape[1]]
            np.maximum(seen, part, out=seen)


class _Writer:
    """A hand that keeps its glyphs, so that a full page does not take too long."""

    def __init__(self, hand: Hand, rng: np.random.Generator) -> None:
        self._hand, self._rng = hand, rng
        self._glyphs: list[np.ndarray] = []
        self._letters = 0.3 if happens(rng, 0.1) else 0.0
        self._placed = 0

    @property
    def is_tired(self) -> bool:
        return self._placed >= _MAX_PLACED

    def glyph(self, height: float) -> np.ndarray:
        self._placed += 1
        if len(self._glyphs) >= _MAX_GLYPHS:
            return self._glyphs[self._rng.integers(_MAX_GLYPHS)]
        draw = draw_letter if happens(self._rng, self._letters) else draw_digit
        self._glyphs.append(draw(self._hand, height * float(np.exp(self._rng.normal(0, 0.08))), self._rng))
        return self._glyphs[-1]

    def separator(self, height: float) -> np.ndarray:
        return draw_separator(self._hand, height, self._rng)


def _tilt(rng: np.random.Generator) -> float:
    return 0.0 if happens(rng, 0.4) else float(rng.normal(0, 0.05))


def lay_out_nothing(hand: Hand, rng: np.random.Generator) -> Layout:
    """Return an empty field."""
    return Layout(log_uniform(rng, 14, 120), _tilt(rng))


def lay_out_alone(hand: Hand, rng: np.random.Generator) -> Layout:
    """Return one digit somewhere, or two: most are whole, some are cut off by the rim."""
    layout = Layout(log_uniform(rng, 18, 185), _tilt(rng))
    writer = _Writer(hand, rng)
    for _ in range(2 if happens(rng, 0.1) and layout.height < 90 else 1):
        glyph = writer.glyph(layout.height)
        size = np.array([glyph.shape[1], glyph.shape[0]])
        outside = 0.0 if happens(rng, 0.8) else 0.5
        low = np.minimum(size * (0.5 - outside), _CENTRE)
        layout.place(glyph, *rng.uniform(low, SIDE_PX - low))
    return layout


def lay_out_tight(hand: Hand, rng: np.random.Generator) -> Layout:
    """Return one digit, or a row of them, that fills the field and touches its rims or nearly does."""
    layout = Layout(SIDE_PX * float(rng.uniform(0.85, 1.12)))
    writer = _Writer(hand, rng)
    if happens(rng, 0.6):
        glyph = writer.glyph(layout.height)
        slack = max(0, SIDE_PX - glyph.shape[1]) / 2
        layout.place(glyph, _CENTRE + rng.choice([-1, 0, 0, 1]) * slack, _CENTRE + rng.normal(0, 0.02 * SIDE_PX))
        return layout
    layout.height *= float(rng.uniform(0.45, 1.0))
    top = rng.choice([0, 0.5, 1]) * (SIDE_PX - layout.height) + layout.height / 2
    x = -rng.uniform(0, 0.6) * layout.height
    while x < SIDE_PX:
        glyph = writer.glyph(layout.height)
        layout.place(glyph, x + glyph.shape[1] / 2, top + rng.normal(0, 0.02) * layout.height)
        x += glyph.shape[1] + rng.uniform(0.0, 0.25) * layout.height
    return layout


def lay_out_lines(hand: Hand, rng: np.random.Generator) -> Layout:
    """Return lines of numbers, or columns of them; the outer ones may be cut off by the rim."""
    layout = Layout(log_uniform(rng, 10, 95), _tilt(rng))
    height, writer = layout.height, _Writer(hand, rng)
    pitch, gap = height * log_uniform(rng, 1.15, 2.4), float(rng.normal(0.22, 0.15))
    lines = 1 if happens(rng, 0.3) else 20
    column = height * rng.uniform(2.5, 7) if happens(rng, 0.3) else None
    separators = 0.12 if happens(rng, 0.3) else 0.0
    y = rng.uniform(0.1, 0.9) * SIDE_PX if lines == 1 else rng.uniform(-0.4, 1.5) * height
    for _ in range(lines):
        if y > SIDE_PX + height / 2 or writer.is_tired:
            break
        _write_line(layout, writer, y, gap, column, separators, rng)
        y += pitch
    return layout


def _write_line(
    layout: Layout,
    writer: _Writer,
    y: float,
    gap: float,
    column: float | None,
    separators: float,
    rng: np.random.Generator,
) -> None:
    height = layout.height
    x, end = rng.uniform(-1, 1.5) * height, rng.uniform(0.4, 1.2) * SIDE_PX
    while x < end:
        number_start = x
        for _ in range(int(rng.integers(1, 8))):
            glyph = writer.glyph(height)
            below = (height - glyph.shape[0]) / 2 + rng.normal(0, 0.03) * height
            layout.place(glyph, x + glyph.shape[1] / 2, y + below)
            x += glyph.shape[1] + gap * height + rng.normal(0, 0.06) * height
            if happens(rng, separators):
                sign = writer.separator(height)
                low = height / 2 - sign.shape[0] / 2 if sign.shape[0] < 0.4 * height and happens(rng, 0.6) else 0.0
                layout.place(sign, x + sign.shape[1] / 2, y + low)
                x += sign.shape[1] + max(0.05, gap) * height
            if x > end:
                break
        x += rng.uniform(0.5, 3) * height
        if column:
            x = number_start + column * max(1, np.ceil((x - number_start) / column))


def lay_out_cells(hand: Hand, rng: np.random.Generator) -> Layout:
    """Return the cells of a form or a grid with a digit in each, some of which touch or cross the walls."""
    height = log_uniform(rng, 14, 150)
    layout, writer = Layout(height, _tilt(rng)), _Writer(hand, rng)
    cell_height = height / rng.uniform(0.5, 1.0)
    cell_width = cell_height * log_uniform(rng, 0.6, 1.5)
    space = cell_width * rng.uniform(0.08, 0.5) if happens(rng, 0.25) else 0.0
    row_space = 0.0 if happens(rng, 0.6) and not space else cell_height * rng.uniform(0.1, 1.0)
    columns = int(np.clip(rng.integers(1, 11), 1, np.ceil(SIDE_PX / (cell_width + space)) + 1))
    rows = 1 if happens(rng, 0.4) else int(np.clip(rng.integers(1, 10), 1, np.ceil(SIDE_PX / cell_height) + 1))
    full, scatter = rng.choice([1.0, 0.8, 0.4]), rng.uniform(0.01, 0.12)
    size = np.array([columns * (cell_width + space), rows * (cell_height + row_space)])
    left, top = _CENTRE - size / 2 + rng.uniform(-0.5, 0.5, 2) * np.abs(SIDE_PX - size)
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * (cell_width + space), top + row * (cell_height + row_space)
            layout.cells.append((x, y, x + cell_width, y + cell_height))
            if happens(rng, full) and -cell_width < x < SIDE_PX and -cell_height < y < SIDE_PX:
                off = rng.normal(0, scatter, 2) * (cell_width, 0.6 * cell_height)
                layout.place(writer.glyph(height), x + cell_width / 2 + off[0], y + cell_height / 2 + off[1])
    return layout


LayoutMaker = Callable[[Hand, np.random.Generator], Layout]
"""Places digits of a hand."""

Printer = Callable[[Layout, np.random.Generator], np.ndarray]
"""Returns what is printed around a layout's digits: coverage (192, 192) float32, 0 to 1."""
