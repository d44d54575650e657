"""Figures drawn along pen paths with random deviations: digits, and the glyphs that are no digits."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

FIELD_PX = 112
"""Side of the field that a path is drawn in."""

_BOX_PX = 80  # the longest side of what is drawn
_MIN_PEN = 0.035  # the narrowest pen, as a share of the box
_POINTS_PER_SEGMENT = 8
_DEFAULT_DEVIATION = "6,6"
_SPREAD, _MAX_SPREAD = 9.0, 100  # between the points of a path that a person drew, and their number a stroke
_ROUNDNESS = 0.65  # 0.5 is Catmull and Rom's; a circle through four points needs 0.83, and handwriting lies between


class Stroke(NamedTuple):
    """One stroke of a pen path."""

    points: np.ndarray  # (k, 2) float, x and y in a box of 100×100, y downward
    deviations: np.ndarray  # (k, 2) float, the largest random displacement of each point
    basis: np.ndarray  # (m, k) float, from the points to those of the spline through them


def parse_strokes(path: str) -> list[Stroke]:
    """Return the strokes of a pen path given as text.

    A path is in a box of 100×100, y downward. A point is `x,y~dx,dy`: its place and its largest deviation, 6 where none
    is given; `!` after it makes it a corner, `|` lifts the pen.
    """
    return [_parse_stroke(stroke.split()) for stroke in path.split("|")]


def _parse_stroke(words: Sequence[str]) -> Stroke:
    points = [word.rstrip("!").partition("~") for word in words]
    values = np.array([f"{at},{deviation or _DEFAULT_DEVIATION}".split(",") for at, _, deviation in points], float)
    corners = tuple(index for index, word in enumerate(words) if word.endswith("!"))
    return Stroke(values[:, :2], values[:, 2:], _spline_basis(len(words), corners))


@cache
def _spline_basis(k: int, corners: tuple[int, ...]) -> np.ndarray:
    """Return (m, k) from k control points to points of the Catmull-Rom spline through them, sharp at the corners."""
    points, t = np.eye(k), np.linspace(0, 1, _POINTS_PER_SEGMENT, endpoint=False)[:, None]
    parts = []
    for a in range(k - 1):
        b, chord = a + 1, points[a + 1] - points[a]
        leaving = chord if a == 0 or a in corners else _ROUNDNESS * (points[b] - points[a - 1])
        arriving = chord if b == k - 1 or b in corners else _ROUNDNESS * (points[b + 1] - points[a])
        parts.append(
            (1 + 2 * t) * (1 - t) ** 2 * points[a]
            + t * (1 - t) ** 2 * leaving
            + t * t * (3 - 2 * t) * points[b]
            - t * t * (1 - t) * arriving
        )
    return np.concatenate([*parts, points[-1:]])


def strokes_through(lines: Sequence[np.ndarray], deviation: float) -> list[Stroke]:
    """Return a pen's path as strokes that `draw_figures` draws, `deviation` being the largest of each point.

    lines: the path's strokes, each (n, 2) numbers in any unit, y downward; the longest side becomes 100, and the points
    lie evenly along each stroke.
    """
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = 100 / max(1e-6, float((high - low).max()))
    placed = [_spread_evenly((np.asarray(line, float) - (low + high) / 2) * scale + 50) for line in lines]
    return [Stroke(line, np.full_like(line, deviation), np.eye(len(line))) for line in placed]


def _spread_evenly(line: np.ndarray) -> np.ndarray:
    """Return points `_SPREAD` apart along a line (n, 2) in a box of 100×100: (k, 2), k at least 2."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    places = np.linspace(0, lengths[-1], min(_MAX_SPREAD, max(2, round(lengths[-1] / _SPREAD) + 1)))
    return np.column_stack([np.interp(places, lengths, line[:, axis]) for axis in (0, 1)])


def draw_figures(
    strokes: Sequence[Stroke],
    n: int,
    rng: np.random.Generator,
    max_pen: float,
    mean_width: float = 0.66,
    is_filled: bool = False,
) -> np.ndarray:
    """Return `n` drawings of one figure, each displaced and deformed at random: (n, 112, 112) uint8, white on black.

    max_pen: the widest pen, as a share of the figure's size. mean_width: the figures' mean width over that of the path.
    is_filled: whether the outline's inside is filled.
    """
    paths = [_random_path(stroke, n, rng) for stroke in strokes]
    ends = np.cumsum([path.shape[1] for path in paths])[:-1]
    points = _deform(np.concatenate(paths, axis=1) - 50, rng, mean_width)
    low, high = points.min(axis=1), points.max(axis=1)  # (n, 2)
    extent = (high - low).max(axis=1)
    pens = _BOX_PX * np.exp(rng.uniform(np.log(_MIN_PEN), np.log(max_pen), n))
    points = (points - (low + high)[:, None] / 2) * ((_BOX_PX - pens) / extent)[:, None, None] + FIELD_PX / 2
    eighths = np.round(points * 8).astype(np.int32)  # of a pixel
    drawings = np.zeros((n, FIELD_PX, FIELD_PX), np.uint8)
    for drawing, figure, pen in zip(drawings, eighths, pens, strict=True):
        lines = np.split(figure, ends)
        cv2.polylines(drawing, lines, False, 255, max(1, round(pen)), cv2.LINE_AA, 3)
        if is_filled:
            cv2.fillPoly(drawing, lines, 255, cv2.LINE_AA, 3)
    return drawings


def _random_path(stroke: Stroke, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return (n, m, 2): the stroke's spline with its control points displaced at random, n times."""
    return stroke.basis @ (stroke.points + stroke.deviations * rng.uniform(-1, 1, (n, *stroke.points.shape)))


def _deform(points: np.ndarray, rng: np.random.Generator, mean_width: float) -> np.ndarray:
    """Return figures' points (n, m, 2) about 0 waved, narrowed, slanted and rotated, each figure at random."""
    n = len(points)
    wave, phase = rng.normal(0, 3, (n, 1, 2)), rng.uniform(0, 2 * np.pi, (n, 1, 2))
    points = points + wave * np.sin(points[:, :, ::-1] * (2 * np.pi / 100) + phase)
    width = mean_width * np.exp(rng.normal(0, 0.25, n))
    slant, angle = rng.uniform(-0.3, 0.5, n), rng.normal(0, np.deg2rad(7), n)
    shear = np.zeros((n, 2, 2))
    shear[:, 0, 0], shear[:, 1, 0], shear[:, 1, 1] = width, -slant, 1
    rotation = np.stack([np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)], axis=1).reshape(n, 2, 2)
    return points @ shear @ rotation
