"""MNIST form: the one shape in which every digit, drawn or photographed, reaches the network."""

from dataclasses import dataclass

import cv2
import numpy as np

SIDE = 28  # the field, pixels
BOX = 20  # the ink's longest side in it, pixels
FAINT_PEAK = 128  # of what no pixel is stronger, what is read is made stronger
NARROW_FACTOR = 2 / 3  # of its width, the second look at a digit
ROTATION_DEG = 8  # anti-clockwise, the third
MAX_ROTATED_PX = 2000  # longest side of ink that is turned: longer ink is shrunk first, for its field is square
SHOWN_PX = 800  # longest side of a step's picture


@dataclass(frozen=True, eq=False)
class Step:
    """One picture on the way from the upload to the network, with one line of why."""

    name: str
    picture: np.ndarray  # (h, w) or (h, w, 3) uint8
    why: str


def shrink_for_display(picture):
    """A step's picture (h, w) uint8, no larger than it is looked at, so that many readings can be kept."""
    factor = max(picture.shape) / SHOWN_PX
    if factor <= 1:
        return picture
    size = max(1, round(picture.shape[1] / factor)), max(1, round(picture.shape[0] / factor))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def to_mnist_form(ink):
    """One digit's ink → (28, 28) uint8: fitted into 20×20, aspect kept, centre of mass in the middle of the field.

    ink: (h, w) uint8, ink 255 on ground 0, anti-aliased. All zero where there is no ink at all.
    This is how MNIST itself was made from NIST's bitmaps (LeCun et al., http://yann.lecun.com/exdb/mnist).
    """
    left, top, width, height = ink_box(ink)
    if not width:
        return np.zeros((SIDE, SIDE), np.uint8)
    return center_by_mass(fit_to_box(ink[top : top + height, left : left + width]))


def tta_views(ink):
    """Three looks at one digit's ink (h, w) → (3, 28, 28) uint8: in reading form, the same narrowed, and turned.

    Bitmaps of digits are often stretched to a common shape, and hands lean to the right, some far; the mean of what a
    network says to all looks is right where one alone is sure and wrong (test-time augmentation: Krizhevsky et al.,
    2012). Turned either way, the look helps alike on MNIST's validation images, bent and redrawn.
    """
    width = max(1, round(ink.shape[1] * NARROW_FACTOR))
    narrowed = cv2.resize(ink, (width, ink.shape[0]), interpolation=cv2.INTER_AREA)
    return np.stack([to_reading_form(each) for each in (ink, narrowed, _rotated(ink))])


def _rotated(ink):
    """Ink (h, w) turned a little anti-clockwise about its middle, in a field that holds all of it."""
    scale = MAX_ROTATED_PX / max(ink.shape)
    if scale < 1:
        height, width = (max(1, round(side * scale)) for side in ink.shape)
        ink = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    height, width = ink.shape
    margin = max(height, width) // 4 + 1
    matrix = cv2.getRotationMatrix2D((width / 2 + margin, height / 2 + margin), ROTATION_DEG, 1)
    return cv2.warpAffine(np.pad(ink, margin), matrix, (width + 2 * margin, height + 2 * margin))


def to_reading_form(ink):
    """As `mnist_form`, but as strong as ink is, however little a hairline or a pale pen leaves of it at 28×28."""
    form = to_mnist_form(ink)
    left, top, width, height = ink_box(ink)
    if not width or form.max() >= FAINT_PEAK:
        return form
    fine = fit_to_box(ink[top : top + height, left : left + width].astype(np.float32))
    return center_by_mass(np.clip(np.round(fine * (255 / fine.max())), 0, 255).astype(np.uint8))


def ink_box(ink, floor=24):
    """(left, top, width, height) of what is darker than the faintest edge; all 0 where nothing is."""
    rows, columns = np.flatnonzero(ink.max(axis=1) > floor), np.flatnonzero(ink.max(axis=0) > floor)
    if not len(rows):
        return 0, 0, 0, 0
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def fit_to_box(ink):
    """Cropped ink resized so that its longest side is 20 pixels: (h, w) uint8."""
    height, width = ink.shape
    scale = BOX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size == (width, height):
        return ink
    return cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def center_by_mass(ink):
    """Ink of at most 28×28 placed so that its centre of mass lies at the middle of the field: (28, 28) uint8."""
    height, width = ink.shape
    mass = ink.sum(dtype=float) or 1.0  # nothing may be left of hairlines
    x = (ink.sum(axis=0) @ np.arange(width)) / mass
    y = (ink.sum(axis=1) @ np.arange(height)) / mass
    left = min(max(round(SIDE / 2 - x), 0), SIDE - width)
    top = min(max(round(SIDE / 2 - y), 0), SIDE - height)
    field = np.zeros((SIDE, SIDE), np.uint8)
    field[top : top + height, left : left + width] = ink
    return field
