"""Marks that are no digits, of many kinds, so that a network learns to be unsure of what it has never seen.

None is of a kind that `benchmarks.refusal` measures with: no letter A to Z, no geometric shape, no scribble, no texture
and no photo of nothing.
"""

from functools import cache

import cv2
import numpy as np

from core.datasets.outlier_glyphs import CHARACTERS, OUTLINES, PATHS, SILHOUETTES, THINGS
from core.datasets.synthetic_digits import draw_figures, parse_strokes

_FIELD_PX = 84
_TURNED = (2, 3)  # nobody takes them for a digit when they are turned by a quarter; 3 also not when it is mirrored
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)


def draw_outliers(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return a mark of no digit for each of `images` (n, 28, 28) uint8, digits of (n,) `labels`; some are made of them.

    A mark is (h, w) uint8, white ink on black. The same generator state gives the same marks.
    """
    kinds = rng.choice(len(OUTLIER_KINDS), len(images), p=[share for _, share in OUTLIER_KINDS.values()])
    marks = [None] * len(images)
    for kind, (make, _) in enumerate(OUTLIER_KINDS.values()):
        chosen = np.flatnonzero(kinds == kind)
        for index, mark in zip(chosen, make(images[chosen], labels[chosen], rng), strict=True):
            marks[index] = mark
    return marks


def _written(images, _, rng):
    """Signs along pen paths."""
    return _of_each(_strokes(PATHS), len(images), rng, widest=0.18)


def _outlined(images, _, rng):
    """Outlines of things."""
    return _of_each(_strokes(THINGS + OUTLINES), len(images), rng, widest=0.14)


def _filled(images, _, rng):
    """Things as flat as their shadow."""
    return _of_each(_strokes(THINGS + SILHOUETTES), len(images), rng, widest=0.1, filled=True)


def _of_each(figures, n, rng, **how):
    counts = rng.multinomial(n, np.full(len(figures), 1 / len(figures)))
    made = [
        mark
        for each, k in zip(figures, counts, strict=True)
        if k
        for mark in draw_figures(each, k, rng, width=0.85, **how)
    ]
    return [made[index] for index in rng.permutation(n)]


@cache
def _strokes(text):
    return [parse_strokes(line.split(maxsplit=1)[1]) for line in text.splitlines() if line]


def _printed(images, _, rng):
    """Characters of other scripts in print, upright or slanted, thin or bold."""
    n, middle = len(images), _FIELD_PX / 2
    characters, fonts = rng.integers(0, len(CHARACTERS), n), rng.integers(0, len(_FONTS), n)
    weights, bolder = rng.integers(1, 12, n), rng.integers(1, 5, (n, 2))
    slants, widths = rng.uniform(-0.25, 0.25, n), rng.uniform(0.7, 1.1, n)
    for index in range(n):
        mark = np.zeros((_FIELD_PX, _FIELD_PX), np.uint8)
        character, font = CHARACTERS[characters[index]], _FONTS[fonts[index]]
        cv2.putText(mark, character, (16, 64), font, 1.8, 255, int(weights[index]), cv2.LINE_AA)
        slant, width = slants[index], widths[index]
        matrix = np.array([[width, slant, middle * (1 - width - slant)], [0, 1, 0]])
        mark = cv2.warpAffine(mark, matrix, (_FIELD_PX, _FIELD_PX))
        yield cv2.dilate(mark, np.ones(tuple(bolder[index]), np.uint8))


def _side_by_side(images, _, rng):
    """Two or three digits taken for one mark."""
    for image in images:
        others = images[rng.integers(0, len(images), int(rng.integers(1, 3)))]
        yield _enlarged(np.hstack([_cropped(each) for each in (image, *others)]))


def _cropped(image):
    """The digit with its height and two pixels of ground at its right."""
    columns = np.flatnonzero(image.any(axis=0))
    return np.pad(image[:, columns[0] : columns[-1] + 1], ((0, 0), (0, 2)))


def _enlarged(image):
    return cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)


def _turned(images, labels, rng):
    """Digits mirrored or turned by a quarter; where that may be a digit, beside the digit itself."""
    for image, label in zip(images, labels, strict=True):
        if label == 3 and rng.random() < 0.4:
            mark = image[:, ::-1]
        else:
            turned = np.rot90(image, rng.choice([1, 3]))
            mark = turned if label in _TURNED else np.hstack([image, turned])
        yield _enlarged(mark)


def _struck_out(images, labels, rng):
    """Digits with two or three strokes across, as one strikes out a mistake."""
    for image, label in zip(images, labels, strict=True):
        strokes = 3 if label in (1, 7) else int(rng.integers(2, 4))  # one stroke may be the bar of a 7
        heights = np.linspace(30, 56, strokes)
        ends = np.stack([np.stack([np.full_like(heights, x), heights + rng.normal(0, 9)], axis=1) for x in (8, 76)], 1)
        lines = np.round(ends + rng.normal(0, 2, ends.shape)).astype(np.int32)
        yield cv2.polylines(_enlarged(image), list(lines), False, 255, int(rng.integers(3, 8)), cv2.LINE_AA)


def _overlaid(images, labels, rng):
    """Two digits, one over the other and turned, so that neither can be read."""
    others = images[~np.isin(labels, (0, 1))]  # a turned 1 is the bar of a 7, a turned 0 is one
    for image in images:
        other = others[rng.integers(len(others))] if len(others) else image[::-1, ::-1]
        shifted = np.roll(image, rng.integers(-8, 9), axis=1)
        yield _enlarged(np.maximum(shifted, np.rot90(other, rng.choice([1, 3]))))


def _modules(images, _, rng):
    """Square modules, black or white, as of a printed code."""
    for _ in images:
        code = (rng.random(tuple(rng.integers(4, 10, 2))) < rng.uniform(0.35, 0.7)) * np.uint8(255)
        code[0, 0] = code[-1, -1] = 255
        yield np.kron(code, np.ones((8, 8), np.uint8))


def _print(images, _, rng):
    """Lines of print, too small to be read."""
    for _ in images:
        line = (rng.random((int(rng.integers(8, 20)), int(rng.integers(12, 40)))) < 0.5) * rng.integers(120, 256)
        line[2 :: int(rng.integers(3, 5))] = 0
        yield np.kron(line.astype(np.uint8), np.ones((3, 3), np.uint8))


def _cracks(images, _, rng):
    """Cells parted by cracks, as of dried mud or scales; the lines or the cells are ink."""
    y, x = np.mgrid[:42, :42].reshape(2, -1, 1)
    for _ in images:
        middles = rng.uniform(0, 42, (int(rng.integers(8, 20)), 2))
        distances = np.partition((x - middles[:, 0]) ** 2 + (y - middles[:, 1]) ** 2, 1, axis=1)
        gap = np.sqrt(distances[:, 1]) - np.sqrt(distances[:, 0])
        lines = np.clip(255 - gap * rng.uniform(40, 100), 0, 255).reshape(42, 42).astype(np.uint8)
        yield lines if rng.random() < 0.5 else 255 - lines


def _raised(images, _, rng):
    """Dots at some places of a grid, as of Braille, dice and punched cards."""
    for _ in images:
        grid = rng.random(tuple(rng.integers(2, 8, 2))) < rng.uniform(0.25, 0.8)
        grid[0, 0] = grid[-1, -1] = True
        dot = np.zeros((12, 12), np.uint8)
        cv2.circle(dot, (6, 6), int(rng.integers(2, 6)), 255, -1, cv2.LINE_AA)
        yield np.kron(grid.astype(np.uint8), dot)


OUTLIER_KINDS = {
    "written": (_written, 0.30),
    "printed": (_printed, 0.20),
    "outlined": (_outlined, 0.12),
    "filled": (_filled, 0.12),
    "side by side": (_side_by_side, 0.05),
    "turned": (_turned, 0.04),
    "struck out": (_struck_out, 0.03),
    "overlaid": (_overlaid, 0.05),
    "modules": (_modules, 0.03),
    "raised": (_raised, 0.02),
    "print": (_print, 0.02),
    "cracks": (_cracks, 0.02),
}
"""How the marks of each kind are made, and their share."""
