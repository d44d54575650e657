"""Numbers set from MNIST's test digits in a line, at five degrees of hardness, to measure the reading of numbers with.

They share no code with the lines that the line reader learns from, and no digit either: a fault in how those are set
would be hidden where both were set alike.
"""

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np

from core.datasets.mnist import load_arrays

_SCALE = 4  # a line is set from images enlarged by this, then slanted and brought to its size
_DIGIT_PX = 20 * _SCALE  # the height of most digits of MNIST, enlarged
_INK = 0.15  # of full ink: a pixel of more belongs to a stroke
_NEAR_ROWS = 3 * _SCALE // 2  # above and below a row, which a gap between two digits is measured in too
_MIN_ADVANCE = 0.5  # of a digit's width: where the next one begins at the earliest, however both overhang
_DIGITS = 3, 8  # fewest digits of a number, and one more than most
_PAPERS = ((246, 242, 232), (238, 238, 236), (250, 250, 250), (232, 226, 205))
_PENS = ((34, 44, 96), (30, 30, 32), (28, 62, 140), (70, 66, 64))


class Rules(Enum):
    """How the paper is ruled."""

    NONE = "none"
    BELOW = "below the digits"
    THROUGH = "through the digits"
    SQUARES = "squares"


@dataclass(frozen=True)
class Hardness:
    """What makes the lines of a degree hard to read; lengths without a unit are shares of a digit's height."""

    height_px: tuple[float, float]  # of a digit
    gap: tuple[float, float]  # between the ink of two digits; below 0 they overlap
    margin: tuple[float, float]  # of paper around the line
    uneven: float = 0.0  # standard deviation of the digits' sizes and of their places above the line
    slant: float = 0.0  # tangent of the largest one
    rise: float = 0.0  # tangent of the steepest line
    rules: Rules = Rules.NONE
    rule_ink: tuple[float, float] = (0.0, 0.0)  # how dark rules are beside the pen's full ink
    separators: float = 0.0  # the share of numbers with points or commas between their groups of three digits
    faint: float = 0.0  # the share of its ink that the faintest pen lacks
    shade: float = 0.0  # the share of the light that is missing at the darkest end
    grain: float = 1.0  # standard deviation, greys
    blur_px: float = 0.0


HARDNESS = {
    1: Hardness(height_px=(48, 64), gap=(0.25, 0.5), margin=(0.4, 0.7)),
    2: Hardness(
        height_px=(38, 56),
        gap=(0.1, 0.3),
        margin=(0.3, 0.6),
        uneven=0.04,
        slant=0.12,
        rise=0.01,
        faint=0.1,
        shade=0.1,
        grain=3,
    ),
    3: Hardness(
        height_px=(30, 48),
        gap=(0.02, 0.15),
        margin=(0.2, 0.5),
        uneven=0.07,
        slant=0.22,
        rise=0.03,
        faint=0.25,
        shade=0.25,
        grain=5,
        rules=Rules.BELOW,
        rule_ink=(0.25, 0.5),
        separators=0.3,
        blur_px=0.4,
    ),
    4: Hardness(
        height_px=(24, 38),
        gap=(-0.06, 0.06),
        margin=(0.12, 0.4),
        uneven=0.1,
        slant=0.3,
        rise=0.05,
        faint=0.35,
        shade=0.4,
        grain=8,
        rules=Rules.THROUGH,
        rule_ink=(0.3, 0.55),
        separators=0.5,
        blur_px=0.5,
    ),
    5: Hardness(
        height_px=(18, 28),
        gap=(-0.1, 0.02),
        margin=(0.06, 0.3),
        uneven=0.12,
        slant=0.4,
        rise=0.07,
        faint=0.45,
        shade=0.5,
        grain=11,
        rules=Rules.SQUARES,
        rule_ink=(0.35, 0.6),
        separators=1.0,
        blur_px=0.6,
    ),
}
"""By degree: from digits apart on clean paper to small ones that touch, on squared paper in bad light."""


@dataclass(frozen=True, eq=False)
class NumberLine:
    """A picture of a line, (h, w, 3) uint8, the digits in it, and which of MNIST's test images they are."""

    picture: np.ndarray
    text: str
    chosen: tuple[int, ...]


def compose_line(degree: int, seed: int, number: int) -> NumberLine:
    """Return line `number` of a degree from 1 to 5 and a seed, the same in every process."""
    hardness = HARDNESS[degree]
    rng = np.random.default_rng([seed, degree, number])
    arrays = load_arrays()
    chosen = rng.integers(0, len(arrays["y_test"]), int(rng.integers(*_DIGITS)))
    has_separators = len(chosen) > 3 and rng.random() < hardness.separators
    ink, base = _set_row([arrays["x_test"][index] for index in chosen], has_separators, hardness, rng)
    ink, base = _slanted(ink, base, rng.uniform(-0.3, 1) * hardness.slant, rng.uniform(-1, 1) * hardness.rise)
    height_px = rng.uniform(*hardness.height_px)
    ink, top = _at_size(ink, height_px, hardness, rng)
    picture = _photograph(ink, top + base * height_px / _DIGIT_PX, height_px, hardness, rng)
    return NumberLine(picture, "".join(str(arrays["y_test"][index]) for index in chosen), tuple(map(int, chosen)))


def _set_row(images, has_separators, hardness, rng):
    """Return the ink of a row, (h, w) float32 in [0, 1], and the row of pixels that its digits stand on."""
    row = _Row()
    mark = _comma if rng.random() < 0.5 else _point
    gap = rng.uniform(*hardness.gap)  # a hand writes close or wide
    for place, image in enumerate(images):
        size = _SCALE * float(np.clip(rng.normal(1, hardness.uneven), 0.7, 1.3))
        glyph = _trimmed(cv2.resize(image, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC) / np.float32(255))
        within = (gap + rng.uniform(*hardness.gap)) / 2
        row.append(glyph, within * _DIGIT_PX, rng.normal(0, hardness.uneven / 2) * _DIGIT_PX)
        if has_separators and place < len(images) - 1 and (len(images) - 1 - place) % 3 == 0:
            glyph, drop = mark(rng)
            row.append(glyph, max(within, 0.05) * _DIGIT_PX, drop)
    return row.ink(), row.base


def _trimmed(glyph):
    """Return a digit cut to its ink."""
    return glyph[_ink_box(glyph)].clip(0, 1)


def _ink_box(ink):
    """Return the slices of the rows and columns that ink lies in."""
    is_ink = ink > _INK
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _point(rng):
    """Return a point, and how far below the line it ends, pixels."""
    radius = int(rng.uniform(0.05, 0.09) * _DIGIT_PX)
    glyph = np.zeros((2 * radius + 1,) * 2, np.float32)
    cv2.circle(glyph, (radius, radius), radius, 1.0, cv2.FILLED, cv2.LINE_AA)
    return glyph, 0.0


def _comma(rng):
    """Return a comma, and how far below the line it ends, pixels."""
    pen, height, lean = (int(rng.uniform(*share) * _DIGIT_PX) for share in ((0.08, 0.12), (0.14, 0.28), (0.04, 0.12)))
    glyph = np.zeros((height + 2 * pen, lean + 2 * pen), np.float32)
    cv2.line(glyph, (lean + pen, pen), (pen, height + pen), 1.0, pen, cv2.LINE_AA)
    glyph = _trimmed(glyph)
    return glyph, 0.6 * len(glyph)


class _Row:
    """Glyphs in a row, each as far from what is before it as its ink, not its box, demands."""

    base = 2 * _DIGIT_PX

    def __init__(self):
        self._ink = np.zeros((3 * _DIGIT_PX, 40 * _DIGIT_PX), np.float32)
        self._right = np.full(len(self._ink), -np.inf)  # where the ink ends in each row of pixels
        self._earliest = 0.0
        self._width = 0

    def append(self, glyph, gap_px, drop_px):
        """Add a glyph that ends `drop_px` below the line, `gap_px` from the ink before it."""
        height, width = glyph.shape
        top = int(np.clip(self.base + drop_px - height, 0, len(self._ink) - height))
        rows, is_ink = slice(top, top + height), glyph > _INK
        has_ink = is_ink.any(axis=1)
        left = round(max(self._earliest, self._reach(rows, is_ink, has_ink) + gap_px)) if self._width else 0
        place = self._ink[rows, left : left + width]
        np.maximum(place, glyph, out=place)
        ends = np.where(has_ink, left + width - is_ink[:, ::-1].argmax(axis=1), -np.inf)
        self._right[rows] = np.maximum(self._right[rows], ends)
        self._earliest = left + _MIN_ADVANCE * width
        self._width = max(self._width, left + width)

    def _reach(self, rows, is_ink, has_ink):
        """Return where a glyph would begin whose ink, (h, w) bool in these rows, touches the ink before it."""
        near = np.stack([np.roll(self._right, shift) for shift in range(-_NEAR_ROWS, _NEAR_ROWS + 1)]).max(axis=0)
        reach = float(np.max(near[rows] - np.where(has_ink, is_ink.argmax(axis=1), np.inf)))
        return reach if np.isfinite(reach) else self._width

    def ink(self):
        """Return the row's ink, as wide as it is."""
        return self._ink[:, : self._width]


def _slanted(ink, base, slant, rise):
    """Return the ink slanted to the right and rising, in a picture that holds all of it, and where its line is."""
    height, width = ink.shape
    matrix = np.array([[1.0, -slant, slant * base], [-rise, 1.0, rise * width / 2]])
    corners = matrix @ np.array([[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1]])
    low, high = np.floor(corners.min(axis=1)), np.ceil(corners.max(axis=1))
    matrix[:, 2] -= low
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    return cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR), base - low[1]


def _at_size(ink, height_px, hardness, rng):
    """Return the ink at its size in a picture with margins, and where the top of the picture given lies in it."""
    factor = height_px / _DIGIT_PX
    box = _ink_box(ink)
    cut = ink[box]
    size = max(1, round(cut.shape[1] * factor)), max(1, round(cut.shape[0] * factor))
    above, below, before, after = (max(1, round(share * height_px)) for share in rng.uniform(*hardness.margin, 4))
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    return np.pad(small, ((above, below), (before, after))), above - box[0].start * factor


def _photograph(ink, base, height_px, hardness, rng):
    """Return the ink on ruled paper under uneven light, as a camera sees it, (h, w, 3) uint8."""
    rules = _draw_rules(ink.shape, base, height_px, hardness, rng)
    paper, pen = (np.array(colours[int(rng.integers(len(colours)))], np.float32) for colours in (_PAPERS, _PENS))
    ink = ink * (1 - hardness.faint * rng.random())
    page = paper + np.maximum(ink, rules)[..., None] * (pen - paper)
    page = page * _light(ink.shape, hardness.shade * rng.uniform(0.6, 1), rng)[..., None]
    if hardness.blur_px:
        page = cv2.GaussianBlur(page, (0, 0), hardness.blur_px)
    grain = rng.normal(0, hardness.grain, ink.shape)[..., None] + rng.normal(0, hardness.grain / 4, page.shape)
    return (page + grain).clip(0, 255).astype(np.uint8)


def _draw_rules(shape, base, height_px, hardness, rng):
    """Return how dark the paper's rules are at each pixel, (h, w) float32 in [0, 1]."""
    rules, (height, width) = np.zeros(shape, np.float32), shape
    darkness, tilt = rng.uniform(*hardness.rule_ink), rng.normal(0, 0.01) * width
    thickness = 1 if height_px < 40 else 2
    if hardness.rules is Rules.SQUARES:
        pitch = rng.uniform(0.55, 0.95) * height_px
        for x in np.arange(rng.uniform(0, pitch), width, pitch):
            _draw_rule(rules, (x, 0), (x - tilt * height / width, height), darkness, thickness)
        levels = np.arange(rng.uniform(0, pitch), height, pitch)
    else:
        offset = {Rules.NONE: [], Rules.BELOW: [0.08, -1.35], Rules.THROUGH: [-rng.uniform(0.25, 0.75)]}
        levels = [base + share * height_px for share in offset[hardness.rules]]
    for y in levels:
        _draw_rule(rules, (0, y - tilt / 2), (width, y + tilt / 2), darkness, thickness)
    return rules


def _draw_rule(rules, start, end, darkness, thickness):
    fixed = [tuple(int(round(16 * value)) for value in point) for point in (start, end)]
    cv2.line(rules, fixed[0], fixed[1], float(darkness), thickness, cv2.LINE_AA, 4)


def _light(shape, shade, rng):
    """Return the light at each pixel, (h, w) float32: 1 at one side, less by `shade` at the other."""
    angle = rng.uniform(0, 2 * np.pi)
    x, y = np.meshgrid(np.linspace(-1, 1, shape[1], dtype=np.float32), np.linspace(-1, 1, shape[0], dtype=np.float32))
    across = np.cos(angle) * x + np.sin(angle) * y
    return 1 - shade * (across - across.min()) / max(1e-6, float(np.ptp(across)))
