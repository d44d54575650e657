"""Lines of digits as a person's crop would show them, with their texts: what the line reader learns from."""

from dataclasses import dataclass

import numpy as np

from core.config.line_shape import FRAME_PX, LINE_HEIGHT_PX
from core.datasets.written_forms import Form
from core.datasets.written_lines.capture import photograph, shape_ink
from core.datasets.written_lines.grounds import draw_ground, uneven_light
from core.datasets.written_lines.hands import DIGIT_PX, Hand, ImageHand, PathHand
from core.datasets.written_lines.rows import Row, set_row
from core.datasets.written_lines.texts import random_text

_IMAGES_SHARE = 0.5  # of lines that are set from MNIST's images
_CELLS_SHARE, _NEIGHBOUR_SHARE = 0.08, 0.22
_TIGHT_SHARE, _LOOSE_SHARE = 0.3, 0.08  # of crops
_CUT = 0.05  # of a digit's height, at most, that a tight crop cuts off
_FRAMES = 2.5  # for each digit, that a picture must have


@dataclass(frozen=True, eq=False)
class WrittenLine:
    """A line: its `picture` (h, w) uint8, grey, its `text` of 1 to 10 digits, and what it was drawn from.

    `forms` are the pen paths' forms of digits, none where the line is set from MNIST's images.
    """

    picture: np.ndarray
    text: str
    content: str
    forms: tuple[Form, ...]


def draw_line(seed: int, number: int, is_aside: bool = False) -> WrittenLine:
    """Return line `number` of a seed, the same in every process.

    is_aside: whether the line is set from what is kept aside from training, MNIST's validation images or forms of pen
    paths, so that reading can be judged by digits that no training saw. `content` has the marks and spaces that are no
    part of the text.
    """
    rng, is_images = _begin(seed, number, is_aside)
    hand: Hand = ImageHand(rng, is_aside) if is_images else PathHand(rng, is_aside)
    content, in_cells = random_text(rng), rng.random() < _CELLS_SHARE
    pitch = rng.uniform(0.95, 1.5) * DIGIT_PX if in_cells else 0
    if in_cells:
        content = _digits_of(content)
    row = set_row(content, hand, rng, pitch)
    forms = tuple(hand.forms.values())
    ink, boxes = _draw_crop(row, hand, rng)
    ink = shape_ink(ink, is_images, rng)
    ground = draw_ground(ink.shape, boxes, in_cells, rng)
    picture = photograph(ink, ground, uneven_light(ink.shape, rng), rng)
    return WrittenLine(picture, _digits_of(content), content, forms)


def is_set_from_images(seed: int, number: int, is_aside: bool = False) -> bool:
    """Return whether line `number` of a seed is set from MNIST's images, as `draw_line` does, without drawing it."""
    return _begin(seed, number, is_aside)[1]


def _begin(seed: int, number: int, is_aside: bool) -> tuple[np.random.Generator, bool]:
    """Return the random numbers of a line, and whether it is set from MNIST's images."""
    rng = np.random.default_rng([seed, number, is_aside])
    return rng, rng.random() < _IMAGES_SHARE


def _digits_of(content: str) -> str:
    return "".join(filter(str.isdigit, content))


def _draw_crop(row: Row, hand: Hand, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the ink of a crop around the row, (h, w) uint8, and the boxes of the row's digits in it."""
    half = hand.pen_px / 2
    left, top = row.boxes[:, :2].min(axis=0) - half
    right, bottom = row.boxes[:, 2:].max(axis=0) + half
    kind = rng.random()
    is_tight = kind < _TIGHT_SHARE
    low, high = (-_CUT, 0.08) if is_tight else (0.1, 0.9) if kind < _TIGHT_SHARE + _LOOSE_SHARE else (0.0, 0.4)
    above, below, before, after = rng.uniform(low, high, 4) * (1, 1, 1, 1 if is_tight else 2) * DIGIT_PX
    neighbours = rng.random(2) < _NEIGHBOUR_SHARE / 2
    reach = rng.uniform(0.06, 0.25, 2) * DIGIT_PX  # of the rows above and below into the crop
    above, below = np.maximum((above, below), 0.8 * reach * neighbours)
    if any(not each.is_digit for each in row.placed):  # marks at the ends are in the crop, mostly
        boxes = np.array([each.box() for each in row.placed])
        left, right = min(left, boxes[:, 0].min() - half), max(right, min(boxes[:, 2].max() + half, right + 90))
    left, right, top, bottom = left - before, right + after, top - above, bottom + below
    # The network has a frame for each few columns, so a line must not be too narrow for its height.
    missing = _FRAMES * FRAME_PX * len(row.boxes) * (bottom - top) / LINE_HEIGHT_PX - (right - left)
    left, right = left - max(0, missing) / 2, right + max(0, missing) / 2
    canvas = np.zeros((int(np.ceil(bottom - top)), int(np.ceil(right - left))), np.uint8)
    row.draw(canvas, left, top)
    for is_below in np.flatnonzero(neighbours):
        other = set_row(random_text(rng), hand, rng)
        other_left = left + rng.uniform(-0.3, 0.5) * (right - left)
        edge = top + reach[0] - other.boxes[:, 3].max() if not is_below else bottom - reach[1] - other.boxes[:, 1].min()
        other.draw(canvas, left - other_left, top - edge)
    return canvas, row.boxes - (left, top, left, top)
