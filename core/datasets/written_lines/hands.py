"""Hands that write the digits of a line: one slant, pen and width, by pen paths or in MNIST's images."""

from dataclasses import dataclass
from functools import cache
from typing import Protocol

import cv2
import numpy as np

from core.datasets.mnist import load_mnist
from core.datasets.pen_paths import Stroke
from core.datasets.written_forms import Form, choose_form, choose_hurried_form, strokes_of

DIGIT_PX = 56
"""Height of an ordinary digit in a line, before the line's picture is reduced."""

_INK = 60  # from which on a pixel of MNIST is ink
_SKEW_SAMPLE = 300  # images of each digit from which its usual skew is taken
_WOBBLE = 0.22  # of a point's deviation, from one digit to the next in one hand
_HURRIED_SHARE = 0.6  # of hands
_STEEP_SHARE = 0.2  # of hands whose slant is far from the usual one
_WIDE_SHARE, _WIDE_ZEROS_SHARE, _MAX_WIDTH = 0.15, 0.3, 2.4


class Glyph(Protocol):
    """A digit or mark that can be placed: the origin is on the baseline, y downward, in pixels."""

    @property
    def points(self) -> np.ndarray:
        """Return where its ink is, for spacing: (n, 2) float."""
        ...

    def draw(self, canvas: np.ndarray, x: float, y: float) -> None:
        """Draw it on a canvas (h, w) uint8, white on black, with its origin at x and y."""
        ...


class Hand(Protocol):
    """The writer of a line."""

    pen_px: float
    slant: float
    forms: dict[int, Form]
    """The forms in which digits were written by pen paths so far."""

    def glyph(self, label: int, size: float, rng: np.random.Generator) -> Glyph:
        """Return a digit of about this height, in pixels."""
        ...


@dataclass(frozen=True, eq=False)
class PathGlyph:
    """A glyph along pen paths; `ends` says where in `points` strokes begin, but for the first."""

    points: np.ndarray
    ends: list[int]
    pen_px: float

    def draw(self, canvas: np.ndarray, x: float, y: float) -> None:
        """Draw it on a canvas (h, w) uint8, white on black, with its origin at x and y."""
        eighths = np.round((self.points + (x, y)) * 8).astype(np.int32)
        cv2.polylines(canvas, np.split(eighths, self.ends), False, 255, max(1, round(self.pen_px)), cv2.LINE_AA, 3)


@dataclass(frozen=True, eq=False)
class ImageGlyph:
    """A glyph of an image (28, 28) uint8 and the map `matrix` (2, 3) from its pixels to the glyph's."""

    points: np.ndarray
    image: np.ndarray
    matrix: np.ndarray

    def draw(self, canvas: np.ndarray, x: float, y: float) -> None:
        """Draw it on a canvas (h, w) uint8, white on black, with its origin at x and y."""
        low, high = self.points.min(axis=0) + (x - 3, y - 3), self.points.max(axis=0) + (x + 4, y + 4)
        left, top = np.maximum(low, 0).astype(int)
        right, bottom = np.minimum(high, canvas.shape[::-1]).astype(int)
        if left >= right or top >= bottom:
            return
        matrix = self.matrix + [[0, 0, x - left], [0, 0, y - top]]
        tile = cv2.warpAffine(self.image, matrix, (int(right - left), int(bottom - top)), flags=cv2.INTER_CUBIC)
        target = canvas[top:bottom, left:right]
        np.maximum(target, tile, out=target)


def place_strokes(
    strokes: list[Stroke], linear: np.ndarray, pen_px: float, displacements: list[np.ndarray]
) -> PathGlyph:
    """Return the glyph of strokes in a box of 100×100 whose baseline is at 100.

    linear: (2, 2), from the box to pixels. displacements: of each stroke's points, in its deviations.
    """
    paths = [s.basis @ (s.points + s.deviations * d) for s, d in zip(strokes, displacements, strict=True)]
    ends = np.cumsum([len(path) for path in paths])[:-1].tolist()
    return PathGlyph((np.concatenate(paths) - (0, 100)) @ linear.T, ends, pen_px)


class PathHand:
    """A hand that keeps its form of each digit through the line, drawn by pen paths."""

    def __init__(self, rng: np.random.Generator, aside: bool) -> None:
        """Choose the hand's manner; `aside` says whether all its forms are among those kept aside from training."""
        self.pen_px = max(1.0, DIGIT_PX * np.exp(rng.uniform(np.log(0.022), np.log(0.15))))
        self.slant = _choose_slant(0.07, rng)
        self.forms: dict[int, Form] = {}
        self._widths = np.maximum(0.44, 0.62 * _choose_widths(0.2, rng))
        self._aside = aside
        self._hurry = rng.uniform(0.2, 0.9) if rng.random() < _HURRIED_SHARE else 0.0  # share of its forms
        self._manner = rng.uniform(-1, 1, (10, 64, 2))  # how far its forms are from the usual ones

    def glyph(self, label: int, size: float, rng: np.random.Generator) -> PathGlyph:
        """Return a digit of about this height, in pixels."""
        if label not in self.forms:
            choose = choose_hurried_form if rng.random() < self._hurry else choose_form
            self.forms[label] = choose(label, self._aside, rng)
        strokes, displacements, first = strokes_of(self.forms[label]), [], 0
        for stroke in strokes:
            own = self._manner[label, first : first + len(stroke.points)]
            displacements.append(own * 0.8 + rng.uniform(-_WOBBLE, _WOBBLE, own.shape))
            first += len(stroke.points)
        angle, scale, width = rng.normal(0, 0.04), size / 100, self._widths[label] * np.exp(rng.normal(0, 0.07))
        linear = scale * np.array([[width, angle - self.slant], [-angle * width, 1]])
        return place_strokes(strokes, linear, self.pen_px, displacements)


class ImageHand:
    """A hand that writes in MNIST's images, all brought to one slant."""

    def __init__(self, rng: np.random.Generator, aside: bool) -> None:
        """Choose the hand's manner; `aside` says whether it writes in images that are kept aside from training."""
        self.slant = _choose_slant(0.06, rng)
        self._aside = aside
        self.pen_px = DIGIT_PX * rng.uniform(0.05, 0.11)  # of the marks; that of the digits is the images'
        self.forms: dict[int, Form] = {}
        self._widths = _choose_widths(0.13, rng)

    def glyph(self, label: int, size: float, rng: np.random.Generator) -> ImageGlyph:
        """Return a digit of about this height, in pixels."""
        images, of_label, usual_skews = _images(self._aside)
        chosen = of_label[label]
        image = images[chosen[rng.integers(len(chosen))]]
        y, x = np.nonzero(image > _INK)
        skew = 0.8 * (_skew(image) - usual_skews[label])
        scale = size / (y.max() - y.min() + 1)
        width = scale * self._widths[label] * np.exp(rng.normal(0, 0.07))
        angle = rng.normal(0, 0.04)
        upright = np.array([[width, -width * skew], [0, scale]])
        linear = np.array([[1, angle - self.slant], [-angle, 1]]) @ upright
        offset = -linear @ ((x.min() + x.max()) / 2, y.max() + 0.5)
        points = np.column_stack([x, y]) @ linear.T + offset
        return ImageGlyph(points, image, np.column_stack([linear, offset]))


def _choose_slant(usual: float, rng: np.random.Generator) -> float:
    """Return how far to the left a hand's strokes reach for each pixel that they lie lower."""
    return rng.normal(usual + 0.3, 0.2) if rng.random() < _STEEP_SHARE else rng.normal(usual, 0.22)


def _choose_widths(deviation: float, rng: np.random.Generator) -> np.ndarray:
    """Return how wide a hand writes each digit, (10,), over what is usual; `deviation` is that of the logarithm.

    Some hands write all digits wide, and some zeros that lie.
    """
    hand = np.exp(rng.normal(0, deviation)) * (rng.uniform(1.2, 1.8) if rng.random() < _WIDE_SHARE else 1)
    widths = hand * np.exp(rng.normal(0, 0.1, 10))
    if rng.random() < _WIDE_ZEROS_SHARE:
        widths[0] *= rng.uniform(1.2, 2)
    return np.minimum(widths, _MAX_WIDTH)


def _skew(image: np.ndarray) -> float:
    """Return how far to the right ink lies for each pixel that it lies lower."""
    moments = cv2.moments(image)
    return moments["mu11"] / max(moments["mu02"], 1e-6)


@cache
def _images(aside: bool) -> tuple[np.ndarray, list[np.ndarray], list[float]]:
    """Return MNIST's first 55,000 images (n, 28, 28), the numbers of those of each digit, and its usual skew.

    aside: whether to return its validation images, the 5,000 after them, instead.
    """
    data = load_mnist().validation if aside else load_mnist().train
    of_label = [np.flatnonzero(data.labels == label) for label in range(10)]
    skews = [float(np.mean([_skew(data.images[k]) for k in numbers[:_SKEW_SAMPLE]])) for numbers in of_label]
    return data.images, of_label, skews
