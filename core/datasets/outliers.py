"""Outliers for training: pictures of many kinds that are no digits, so that a network learns to refuse the unknown.

None is of a kind that `benchmarks.refusal` measures with: no letter A to Z, no geometric shape, no scribble, no texture
and no photo of nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

from core.datasets.outlier_glyphs import CHARACTERS, OUTLINES, PATHS, SILHOUETTES, THINGS
from core.datasets.pen_paths import Stroke, draw_figures, parse_strokes

_FIELD_PX = 84
_ROTATABLE = (2, 3)  # digits that are none when rotated by a quarter; a 3 is none when mirrored either
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)
_MEAN_WIDTH = 0.85  # of glyphs, over that of their path


class OutlierKind(NamedTuple):
    """A kind of outlier: how it is made of digits (images, labels, rng), and its share of all outliers."""

    make: Callable[[np.ndarray, np.ndarray, np.random.Generator], Iterable[np.ndarray]]
    share: float


def draw_outliers(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return an outlier for each of `images` (n, 28, 28) uint8, digits of (n,) `labels`; some are made of them.

    An outlier is (h, w) uint8, white on black. The same generator state gives the same outliers.
    """
    kinds = list(OUTLIER_KINDS.values())
    choices = rng.choice(len(kinds), len(images), p=[kind.share for kind in kinds])
    outliers = [np.empty(0)] * len(images)
    for index, kind in enumerate(kinds):
        chosen = np.flatnonzero(choices == index)
        for place, outlier in zip(chosen, kind.make(images[chosen], labels[chosen], rng), strict=True):
            outliers[place] = outlier
    return outliers


def _written_glyphs(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return glyphs drawn along pen paths."""
    return _draw_glyphs(_parse_glyphs(PATHS), len(images), rng, max_pen=0.18)


def _outlined_things(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return outlines of things."""
    return _draw_glyphs(_parse_glyphs(THINGS + OUTLINES), len(images), rng, max_pen=0.14)


def _filled_things(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return silhouettes of things."""
    return _draw_glyphs(_parse_glyphs(THINGS + SILHOUETTES), len(images), rng, max_pen=0.1, is_filled=True)


def _draw_glyphs(
    glyphs: Sequence[Sequence[Stroke]], n: int, rng: np.random.Generator, max_pen: float, is_filled: bool = False
) -> list[np.ndarray]:
    counts = rng.multinomial(n, np.full(len(glyphs), 1 / len(glyphs)))
    drawings = [
        drawing
        for strokes, count in zip(glyphs, counts, strict=True)
        if count
        for drawing in draw_figures(strokes, count, rng, max_pen, _MEAN_WIDTH, is_filled)
    ]
    return [drawings[index] for index in rng.permutation(n)]


@cache
def _parse_glyphs(text: str) -> list[list[Stroke]]:
    return [parse_strokes(line.split(maxsplit=1)[1]) for line in text.splitlines() if line]


def _printed_characters(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield characters of other scripts in print, upright or slanted, thin or bold."""
    n, middle = len(images), _FIELD_PX / 2
    characters, fonts = rng.integers(0, len(CHARACTERS), n), rng.integers(0, len(_FONTS), n)
    thicknesses, dilations = rng.integers(1, 12, n), rng.integers(1, 5, (n, 2))
    slants, widths = rng.uniform(-0.25, 0.25, n), rng.uniform(0.7, 1.1, n)
    for index in range(n):
        drawing = np.zeros((_FIELD_PX, _FIELD_PX), np.uint8)
        character, font = CHARACTERS[characters[index]], _FONTS[fonts[index]]
        cv2.putText(drawing, character, (16, 64), font, 1.8, 255, int(thicknesses[index]), cv2.LINE_AA)
        slant, width = slants[index], widths[index]
        matrix = np.array([[width, slant, middle * (1 - width - slant)], [0, 1, 0]])
        drawing = cv2.warpAffine(drawing, matrix, (_FIELD_PX, _FIELD_PX))
        yield cv2.dilate(drawing, np.ones(tuple(dilations[index]), np.uint8))


def _digits_side_by_side(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield two or three digits as one picture."""
    for image in images:
        others = images[rng.integers(0, len(images), int(rng.integers(1, 3)))]
        yield _enlarge(np.hstack([_crop_columns(each) for each in (image, *others)]))


def _crop_columns(image: np.ndarray) -> np.ndarray:
    """Return the digit at its full height, cropped to its width, with two columns of ground on its right."""
    columns = np.flatnonzero(image.any(axis=0))
    return np.pad(image[:, columns[0] : columns[-1] + 1], ((0, 0), (0, 2)))


def _enlarge(image: np.ndarray) -> np.ndarray:
    return cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)


def _rotated_digits(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield digits mirrored or rotated by a quarter; where that may be a digit, beside the digit itself."""
    for image, label in zip(images, labels, strict=True):
        if label == 3 and rng.random() < 0.4:
            outlier = image[:, ::-1]
        else:
            rotated = np.rot90(image, rng.choice([1, 3]))
            outlier = rotated if label in _ROTATABLE else np.hstack([image, rotated])
        yield _enlarge(outlier)


def _struck_out_digits(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield digits crossed out by two or three strokes, as a mistake is."""
    for image, label in zip(images, labels, strict=True):
        strokes = 3 if label in (1, 7) else int(rng.integers(2, 4))  # one stroke may be the bar of a 7
        heights = np.linspace(30, 56, strokes)
        ends = np.stack([np.stack([np.full_like(heights, x), heights + rng.normal(0, 9)], axis=1) for x in (8, 76)], 1)
        lines = np.round(ends + rng.normal(0, 2, ends.shape)).astype(np.int32)
        yield cv2.polylines(_enlarge(image), list(lines), False, 255, int(rng.integers(3, 8)), cv2.LINE_AA)


def _overlaid_digits(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield two digits over each other, one of them rotated, so that neither can be read."""
    others = images[~np.isin(labels, (0, 1))]  # a rotated 1 is the bar of a 7, a rotated 0 is one
    for image in images:
        other = others[rng.integers(len(others))] if len(others) else image[::-1, ::-1]
        shifted = np.roll(image, rng.integers(-8, 9), axis=1)
        yield _enlarge(np.maximum(shifted, np.rot90(other, rng.choice([1, 3]))))


def _square_modules(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield grids of black and white square modules, as of a printed code."""
    for _ in images:
        code = (rng.random(tuple(rng.integers(4, 10, 2))) < rng.uniform(0.35, 0.7)) * np.uint8(255)
        code[0, 0] = code[-1, -1] = 255
        yield np.kron(code, np.ones((8, 8), np.uint8))


def _small_print(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield lines of print, too small to be read."""
    for _ in images:
        page = (rng.random((int(rng.integers(8, 20)), int(rng.integers(12, 40)))) < 0.5) * rng.integers(120, 256)
        page[2 :: int(rng.integers(3, 5))] = 0
        yield np.kron(page.astype(np.uint8), np.ones((3, 3), np.uint8))


def _cracks(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield cells separated by cracks, as of dried mud or scales; either the cracks or the cells are ink."""
    y, x = np.mgrid[:42, :42].reshape(2, -1, 1)
    for _ in images:
        centres = rng.uniform(0, 42, (int(rng.integers(8, 20)), 2))
        distances = np.partition((x - centres[:, 0]) ** 2 + (y - centres[:, 1]) ** 2, 1, axis=1)
        gap = np.sqrt(distances[:, 1]) - np.sqrt(distances[:, 0])
        lines = np.clip(255 - gap * rng.uniform(40, 100), 0, 255).reshape(42, 42).astype(np.uint8)
        yield lines if rng.random() < 0.5 else 255 - lines


def _dot_grids(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield dots at some places of a grid, as of Braille, dice and punched cards."""
    for _ in images:
        grid = rng.random(tuple(rng.integers(2, 8, 2))) < rng.uniform(0.25, 0.8)
        grid[0, 0] = grid[-1, -1] = True
        dot = np.zeros((12, 12), np.uint8)
        cv2.circle(dot, (6, 6), int(rng.integers(2, 6)), 255, -1, cv2.LINE_AA)
        yield np.kron(grid.astype(np.uint8), dot)


OUTLIER_KINDS = {
    "written glyphs": OutlierKind(_written_glyphs, 0.30),
    "printed characters": OutlierKind(_printed_characters, 0.20),
    "outlined things": OutlierKind(_outlined_things, 0.12),
    "filled things": OutlierKind(_filled_things, 0.12),
    "digits side by side": OutlierKind(_digits_side_by_side, 0.05),
    "rotated digits": OutlierKind(_rotated_digits, 0.04),
    "struck out digits": OutlierKind(_struck_out_digits, 0.03),
    "overlaid digits": OutlierKind(_overlaid_digits, 0.05),
    "square modules": OutlierKind(_square_modules, 0.03),
    "dot grids": OutlierKind(_dot_grids, 0.02),
    "small print": OutlierKind(_small_print, 0.02),
    "cracks": OutlierKind(_cracks, 0.02),
}
"""The kinds of outliers. Their order decides what a random state gives: it stays as it is."""
