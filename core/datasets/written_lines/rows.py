"""One row of writing: a text's digits and marks set side by side by one hand."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.datasets.written_lines.hands import DIGIT_PX, Glyph, Hand, PathGlyph
from core.datasets.written_lines.marks import draw_mark

_GAPS = {
    # How often, mean and standard deviation of the gap between the ink of two digits, in digit heights.
    "wide": (0.14, 0.42, 0.12),
    "usual": (0.33, 0.16, 0.06),
    "tight": (0.24, 0.05, 0.04),
    "touching": (0.16, -0.01, 0.04),
    "overlapping": (0.08, -0.04, 0.04),
    "uneven": (0.05, 0.2, 0.22),
}
_MIN_GAP = -0.09
_MAX_TUCK = 0.22  # how far a digit may reach over the next one without touching it, in digit heights
_BIN_PX = 8  # height of the stripes in which ink is kept apart
_BINS = 18
_LOWEST = 5  # stripes below the baseline
_SMALL_ZEROS_SHARE, _CHAIN_SHARE, _LIGATURE_SHARE, _FOOT_LIGATURE_SHARE = 0.45, 0.5, 0.4, 0.35
_LARGE_FIRST_SHARE, _STEEP_SHARE = 0.12, 0.15  # of rows with a large first digit; of those that rise or fall much


_Box = tuple[float, float, float, float]  # left, top, right, bottom


class Placed(NamedTuple):
    """A glyph and where its origin is."""

    glyph: Glyph
    x: float
    y: float
    is_digit: bool

    def box(self) -> _Box:
        """Return left, top, right and bottom of its points."""
        left, top = self.glyph.points.min(axis=0)
        right, bottom = self.glyph.points.max(axis=0)
        return left + self.x, top + self.y, right + self.x, bottom + self.y


@dataclass(frozen=True, eq=False)
class Row:
    """A row of glyphs, its first baseline at 0, and the boxes of its digits: (n, 4), left, top, right, bottom."""

    placed: list[Placed]
    boxes: np.ndarray

    def draw(self, canvas: np.ndarray, left: float, top: float) -> None:
        """Draw it on a canvas (h, w) uint8 whose corner is at `left` and `top` in the row's pixels."""
        for each in self.placed:
            each.glyph.draw(canvas, each.x - left, each.y - top)


class _Manner:
    """The manner in which one row is set."""

    def __init__(self, rng: np.random.Generator, pitch: float) -> None:
        shares = np.cumsum([share for share, _, _ in _GAPS.values()])
        _, self.gap, self.deviation = list(_GAPS.values())[int(np.searchsorted(shares, rng.random()))]
        self.pitch = pitch
        self.slope, self.bend = rng.normal(0, 0.09 if rng.random() < _STEEP_SHARE else 0.03), rng.normal(0, 0.02)
        self.size_deviation, self.jitter = rng.uniform(0.02, 0.1), rng.uniform(0.01, 0.05) * DIGIT_PX
        self.zero = rng.uniform(0.45, 0.88) if rng.random() < _SMALL_ZEROS_SHARE else 1.0
        self.first = rng.uniform(1.2, 1.8) if rng.random() < _LARGE_FIRST_SHARE else 1.0
        self.lowered = rng.uniform(0, 0.7)  # of how much higher the first digit is, below the baseline
        self.raised = rng.choice([0, 0, 0, 0.5, 1]) if self.zero < 1 else 0
        self.is_chained = rng.random() < _CHAIN_SHARE
        self.has_ligatures = self.is_chained and rng.random() < _LIGATURE_SHARE

    def baseline(self, x: float) -> float:
        """Return how far below the first baseline the baseline is at x."""
        return self.slope * x + self.bend * np.sin(x / (3 * DIGIT_PX)) * DIGIT_PX


def set_row(text: str, hand: Hand, rng: np.random.Generator, pitch: float = 0) -> Row:
    """Return the row of a text of digits, marks and spaces.

    pitch: pixels from one digit's centre to the next one's, as in the cells of a form; 0 sets them by their gaps.
    """
    manner, placed, row = _Manner(rng, pitch), [], []
    x, edge = 0.0, np.full(_BINS, -np.inf)  # the right end so far, in all and in each stripe
    previous = ""
    for character in text:
        if character == " ":
            x += 0.35 * DIGIT_PX
            edge += 0.35 * DIGIT_PX
            continue
        glyph, lowered = _draw(character, not row, hand, manner, rng)
        left, right = _sides(glyph.points, lowered)
        gap = _gap(manner, previous, character, rng) + (hand.pen_px if isinstance(glyph, PathGlyph) else 1)
        reach = glyph.points[:, 0].min()
        if not placed:
            at = -reach
        elif manner.pitch and character.isdigit():
            at = (len(row)) * manner.pitch - glyph.points[:, 0].mean() + rng.normal(0, 0.06) * DIGIT_PX
        else:
            at = max(float(np.max(edge - left)), x - reach - _MAX_TUCK * DIGIT_PX) + gap
        baseline = manner.baseline(at) + lowered + rng.normal(0, manner.jitter)
        placed.append(Placed(glyph, at, baseline, character.isdigit()))
        if manner.has_ligatures and previous == character == "0":
            placed.append(_ligature(row[-1], placed[-1], hand.pen_px, rng))
        if character.isdigit():
            row.append(placed[-1] if placed[-1].is_digit else placed[-2])
        x, edge = max(x, glyph.points[:, 0].max() + at), np.maximum(edge, right + at)
        previous = character
    return Row(placed, np.array([each.box() for each in row]))


def _draw(character: str, is_first: bool, hand: Hand, manner: _Manner, rng: np.random.Generator) -> tuple[Glyph, float]:
    """Return the glyph of a character, and how far its baseline is below that of the row.

    is_first: whether no digit comes before it.
    """
    size = DIGIT_PX * np.exp(rng.normal(0, manner.size_deviation))
    if not character.isdigit():
        return draw_mark(character, size, hand.pen_px, hand.slant, rng), 0.0
    lowered = 0.0
    if character == "0":
        lowered = -manner.raised * (1 - manner.zero) * size
        size *= manner.zero
    if is_first:
        lowered += manner.lowered * (manner.first - 1) * size
        size *= manner.first
    return hand.glyph(int(character), size, rng), lowered


def _gap(manner: _Manner, previous: str, character: str, rng: np.random.Generator) -> float:
    """Return the gap before a character, in pixels."""
    if previous == character == "0" and manner.is_chained:
        return max(_MIN_GAP, rng.normal(-0.02, 0.04)) * DIGIT_PX
    if not (previous.isdigit() and character.isdigit()):
        return max(0.04, rng.normal(max(manner.gap, 0.05), 0.08)) * DIGIT_PX
    return max(_MIN_GAP, rng.normal(manner.gap, manner.deviation)) * DIGIT_PX


def _sides(points: np.ndarray, lowered: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the left and the right end of points in each stripe and its neighbours: two arrays (stripes,)."""
    stripes = np.clip(((points[:, 1] + lowered) // _BIN_PX).astype(int) + _BINS - _LOWEST, 1, _BINS - 2)
    left, right = np.full(_BINS, np.inf), np.full(_BINS, -np.inf)
    np.minimum.at(left, stripes, points[:, 0])
    np.maximum.at(right, stripes, points[:, 0])
    left[1:-1] = np.minimum(np.minimum(left[:-2], left[2:]), left[1:-1])
    right[1:-1] = np.maximum(np.maximum(right[:-2], right[2:]), right[1:-1])
    return left, right


def _ligature(one: Placed, other: Placed, pen_px: float, rng: np.random.Generator) -> Placed:
    """Return the stroke that leads from one zero to the next one's upper part, or along the feet of both."""
    points = _between_feet if rng.random() < _FOOT_LIGATURE_SHARE else _to_the_top
    return Placed(PathGlyph(np.array(points(one.box(), other.box(), rng)), [], pen_px), 0, 0, False)


def _between_feet(one: _Box, other: _Box, rng: np.random.Generator) -> list[tuple[float, float]]:
    left, top, right, bottom = one
    next_left, _, next_right, next_bottom = other
    bend = rng.uniform(-0.12, 0.08) * (bottom - top)
    return [
        (left + 0.55 * (right - left), bottom - 1),
        ((right + next_left) / 2, (bottom + next_bottom) / 2 + bend),
        (next_left + 0.45 * (next_right - next_left), next_bottom - 1),
    ]


def _to_the_top(one: _Box, other: _Box, rng: np.random.Generator) -> list[tuple[float, float]]:
    left, top, right, bottom = one
    next_left, next_top, next_right, _ = other
    height = bottom - top
    dip, below = rng.uniform(-0.1, 0.35), rng.choice([0, rng.uniform(0, 0.5)])
    return [
        (right - 0.35 * (right - left) * (1 - below), top + 1 + below * height),
        ((right + next_left) / 2, (top + next_top) / 2 + dip * height),
        (next_left + 0.4 * (next_right - next_left), next_top + 1),
    ]
