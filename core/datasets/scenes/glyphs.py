"""Handwritten glyphs of one hand at any size: MNIST's training digits, or digits and signs drawn along pen paths."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from core.datasets.mnist import load_arrays
from core.datasets.outlier_glyphs import PATHS
from core.datasets.pen_paths import Stroke, parse_strokes
from core.datasets.scenes.field import THICKER_PX, happens, log_uniform
from core.datasets.written_forms import choose_whole_form, strokes_of

TRAINING_IMAGES = 55_000
"""Only so many of MNIST's first images are drawn: the others are for validation."""

SEPARATORS = (
    "48,48~2,2! 52,52~2,2!",
    "60,10~8,6! 40,90~8,6!",
    "5,50~4,6! 95,50~4,8!",
    "5,30~4,4! 95,30~4,6! | 5,70~4,4! 95,70~4,6!",
    "80,4~8,4! 20,96~8,4!",
    "5,50~4,4! 95,50~4,4! | 50,5~4,4! 50,95~4,4!",
    "10,10~6,6! 90,90~6,6! | 90,10~6,6! 10,90~6,6!",
)
"""Points, commas, strokes and signs between digits, as pen paths."""

_SEPARATOR_HEIGHTS = (0.12, 0.3, 0.03, 0.25, 1.0, 0.5, 0.5)  # of the digits' height
_MNIST_STROKE = 0.12  # width of MNIST's strokes, of the digits' height
_MIN_PEN_PX = 1.0
_PADDING_PX = 3
_MAX_WIDTH = 1.6  # of the height: a lying stroke grows no longer


@dataclass(frozen=True)
class Hand:
    """One person with one pen."""

    pen: float
    """Width of the strokes, of the digits' height."""

    is_drawn: bool
    """Whether digits are drawn along pen paths; else they are MNIST's."""

    slant: float = 0.0
    width: float = 0.68
    """Of the digits, over that of their path."""

    unsteadiness: float = 1.0
    """How far strokes deviate from their form: at 0 level strokes are level and upright ones upright."""

    nib: float = 0.0
    """How much narrower the pen is in one direction, 0 to 1, as a broad nib is."""


def random_hand(rng: np.random.Generator, pens: tuple[float, float] = (0.012, 0.16), drawn: float = 0.6) -> Hand:
    """Return a hand of which the pen lies in a range, and which is drawn along pen paths with a chance."""
    is_straight = happens(rng, 0.25)
    return Hand(
        pen=log_uniform(rng, *pens),
        is_drawn=happens(rng, drawn),
        slant=0.0 if is_straight else float(rng.normal(0.08, 0.2)),
        width=float(np.clip(rng.normal(0.68, 0.13), 0.4, 1.0)),
        unsteadiness=0.15 if is_straight else float(rng.uniform(0.3, 1.1)),
        nib=float(rng.uniform(0.3, 0.8)) if happens(rng, 0.12) else 0.0,
    )


def draw_digit(hand: Hand, height_px: float, rng: np.random.Generator) -> np.ndarray:
    """Return a digit's coverage, (h, w) uint8, cropped to its ink, with h near `height_px`."""
    if not hand.is_drawn:
        return _draw_mnist(hand, height_px, rng)
    form = choose_whole_form(int(rng.integers(10)), rng)
    return _draw_path(hand, strokes_of(form), height_px, rng)


def draw_letter(hand: Hand, height_px: float, rng: np.random.Generator) -> np.ndarray:
    """Return the coverage of a handwritten letter or sign that is no digit, as `draw_digit` does."""
    letters = _letters()
    return _draw_path(hand, letters[rng.integers(len(letters))], height_px, rng)


def draw_separator(hand: Hand, height_px: float, rng: np.random.Generator) -> np.ndarray:
    """Return the coverage of a point, comma, dash or sign, beside digits of this height, as `draw_digit` does."""
    kind = int(rng.integers(len(SEPARATORS)))
    share = _SEPARATOR_HEIGHTS[kind]
    height = max(1.0, share * height_px)
    pen_px = hand.pen * height_px
    return _draw_path(hand, parse_strokes(SEPARATORS[kind]), height, rng, pen_px, 0.4 * height_px / height)


@cache
def _letters() -> list[list[Stroke]]:
    return [parse_strokes(line.split(maxsplit=1)[1]) for line in PATHS.splitlines() if line]


def _draw_path(
    hand: Hand,
    strokes: Sequence[Stroke],
    height_px: float,
    rng: np.random.Generator,
    pen_px: float | None = None,
    max_width: float = _MAX_WIDTH,
) -> np.ndarray:
    """Return the strokes' coverage; `max_width` is that of the figure, of its height."""
    paths = [
        stroke.basis @ (stroke.points + hand.unsteadiness * stroke.deviations * rng.uniform(-1, 1, stroke.points.shape))
        for stroke in strokes
    ]
    ends = np.cumsum([len(path) for path in paths])[:-1]
    points = np.concatenate(paths) - 50
    wave = hand.unsteadiness * rng.normal(0, 3, 2)
    points = points + wave * np.sin(points[:, ::-1] * (2 * np.pi / 100) + rng.uniform(0, 2 * np.pi, 2))
    points[:, 0] = points[:, 0] * hand.width - hand.slant * points[:, 1]
    low, high = points.min(axis=0), points.max(axis=0)
    pen = max(_MIN_PEN_PX, hand.pen * height_px if pen_px is None else pen_px)
    scale = max(height_px - pen, 1.0) / max(high[1] - low[1], 1.0)
    scale = min(scale, max_width * height_px / max(high[0] - low[0], 1.0))
    return _stroke((points - low) * scale, ends, pen, hand.nib)


def _stroke(points: np.ndarray, ends: np.ndarray, pen_px: float, nib: float) -> np.ndarray:
    """Return the coverage of lines through points (m, 2) in pixels, parted at `ends`; a nib draws broad and narrow.

    They are drawn a little larger, by a line of a thickness that OpenCV has, and shrunk.
    """
    broad_px = nib * pen_px if nib and pen_px > 2 else 0.0
    pen_px -= 0.7 * broad_px
    thickness = 2 * max(1, math.ceil((pen_px - THICKER_PX) / 2))
    zoom = (thickness + THICKER_PX) / pen_px
    padding = _PADDING_PX + pen_px + broad_px
    width, height = (math.ceil(size) for size in points.max(axis=0) + 2 * padding)
    canvas = np.zeros((round(height * zoom), round(width * zoom)), np.uint8)
    lines = np.split(np.round((points + padding) * (8 * zoom)).astype(np.int32), ends)
    cv2.polylines(canvas, lines, False, 255, thickness, cv2.LINE_AA, 3)
    if (reach := round(broad_px * zoom)) > 1:
        canvas = cv2.dilate(canvas, np.eye(reach, dtype=np.uint8)[::-1].copy())
    return _crop(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA))


def _draw_mnist(hand: Hand, height_px: float, rng: np.random.Generator) -> np.ndarray:
    """Return one of MNIST's digits enlarged with crisp edges, its strokes as wide as the pen as far as that can be."""
    image = _crop(_mnist_images()[rng.integers(TRAINING_IMAGES)])
    rows, columns = image.shape
    scale = height_px / rows
    stretch, slant = float(np.exp(rng.normal(0, 0.12))), hand.slant / 2  # MNIST's digits have a slant of their own
    width = scale * stretch * columns + abs(slant) * height_px
    size = round(width) + 2 * _PADDING_PX, round(height_px) + 2 * _PADDING_PX
    shear = np.array([[scale * stretch, -slant * scale, 0], [0, scale, 0]])
    shear[:, 2] = np.array(size) / 2 - shear[:, :2] @ ((columns - 1) / 2, (rows - 1) / 2)
    large = cv2.warpAffine(image, shear, size, flags=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR)
    if scale < 1.5:
        return _crop(large)
    large = cv2.GaussianBlur(large, (0, 0), 0.35 * scale)
    widening = (hand.pen - _MNIST_STROKE) * height_px
    level = float(np.clip(115 - 40 * widening / scale, 70, 150))  # ramps at the edges are two of MNIST's pixels wide
    crisp = cv2.LUT(large, np.clip(127 + scale * (np.arange(256) - level), 0, 255).astype(np.uint8))
    if (reach := round(widening - scale)) > 1:
        crisp = cv2.dilate(crisp, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    return _crop(crisp)


@cache
def _mnist_images() -> np.ndarray:
    return load_arrays()["x_train"][:TRAINING_IMAGES]


def _crop(coverage: np.ndarray) -> np.ndarray:
    """Return the coverage cropped to what is inked; whole where nothing is."""
    inked = coverage > 40
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows):
        return coverage
    return coverage[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
