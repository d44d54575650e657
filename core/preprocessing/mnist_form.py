"""MNIST form: the one shape in which every digit, drawn or photographed, is given to the network."""

from dataclasses import dataclass

import cv2
import numpy as np

SIDE = 28  # the field, pixels
BOX = 20  # the ink's longest side in it, pixels
MIN_PEAK = 128  # an image in reading form whose strongest pixel is below this is made stronger
TTA_VIEWS = 3  # of a digit for test-time augmentation
NARROW_FACTOR = 2 / 3  # the narrowed view's width over the ink's
ROTATION_DEG = 8  # the rotated view, anti-clockwise
MAX_ROTATED_PX = 2000  # longest side of ink that is rotated: longer ink is shrunk first, because its field is square
SHOWN_PX = 800  # longest side of a step's picture
MIN_EDGE = 24  # ink of at most this strength is a faint edge, which the ink's box leaves out


@dataclass(frozen=True, eq=False)
class Step:
    """One picture on the way from the upload to the network, with one sentence on the reason for the step."""

    name: str
    picture: np.ndarray  # (h, w) or (h, w, 3) uint8
    why: str


def shrink_for_display(picture: np.ndarray) -> np.ndarray:
    """Return a step's picture (h, w) uint8 at most `SHOWN_PX` a side, so that many readings fit into memory."""
    factor = max(picture.shape) / SHOWN_PX
    if factor <= 1:
        return picture
    size = max(1, round(picture.shape[1] / factor)), max(1, round(picture.shape[0] / factor))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def to_mnist_form(ink: np.ndarray) -> np.ndarray:
    """Return one digit's ink as (28, 28) uint8: fitted into 20×20, aspect kept, centre of mass at the field's centre.

    ink: (h, w) uint8, ink 255 on ground 0, anti-aliased. The result is all zero where there is no ink at all.
    This is how MNIST itself was made from NIST's bitmaps (LeCun et al., http://yann.lecun.com/exdb/mnist).
    """
    cropped = _cropped(ink)
    return center_by_mass(fit_to_box(cropped)) if cropped.size else np.zeros((SIDE, SIDE), np.uint8)


def _cropped(ink: np.ndarray) -> np.ndarray:
    """Return the part of ink (h, w) in its box; without any pixel where there is none."""
    left, top, width, height = ink_box(ink)
    return ink[top : top + height, left : left + width]


def tta_views(ink: np.ndarray) -> np.ndarray:
    """Return three views of one digit's ink (h, w) for test-time augmentation: (3, 28, 28) uint8 in reading form.

    They are the ink as it is, narrowed, and rotated: bitmaps of digits are often stretched to a common shape, and
    handwriting leans to the right, some of it far. The mean of a network's predictions for all views is often right
    where a single one is wrong and sure (Krizhevsky et al., 2012). Rotation in either direction helps equally on
    MNIST's validation images, augmented and redrawn.
    """
    width = max(1, round(ink.shape[1] * NARROW_FACTOR))
    narrowed = cv2.resize(ink, (width, ink.shape[0]), interpolation=cv2.INTER_AREA)
    return np.stack([to_reading_form(each) for each in (ink, narrowed, _rotate(ink))])


def _rotate(ink: np.ndarray) -> np.ndarray:
    """Return ink (h, w) rotated by `ROTATION_DEG` about its middle, in a field that holds all of it."""
    scale = MAX_ROTATED_PX / max(ink.shape)
    if scale < 1:
        height, width = (max(1, round(side * scale)) for side in ink.shape)
        ink = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    height, width = ink.shape
    margin = max(height, width) // 4 + 1
    matrix = cv2.getRotationMatrix2D((width / 2 + margin, height / 2 + margin), ROTATION_DEG, 1)
    return cv2.warpAffine(np.pad(ink, margin), matrix, (width + 2 * margin, height + 2 * margin))


def to_reading_form(ink: np.ndarray) -> np.ndarray:
    """Return ink (h, w) as `to_mnist_form` does, but at full strength where thin or pale strokes leave little of it."""
    cropped = _cropped(ink)
    if not cropped.size:
        return np.zeros((SIDE, SIDE), np.uint8)
    form = center_by_mass(fit_to_box(cropped))
    if form.max() >= MIN_PEAK:
        return form
    fine = fit_to_box(cropped.astype(np.float32))
    return center_by_mass(np.clip(np.round(fine * (255 / fine.max())), 0, 255).astype(np.uint8))


def ink_box(ink: np.ndarray) -> tuple[int, int, int, int]:
    """Return (left, top, width, height) of the ink stronger than `MIN_EDGE`; all 0 where there is none."""
    left, top, width, height = cv2.boundingRect((ink > MIN_EDGE).view(np.uint8))
    return left, top, width, height


def fit_to_box(ink: np.ndarray) -> np.ndarray:
    """Return cropped ink resized so that its longest side is 20 pixels: (h, w), of the same dtype."""
    height, width = ink.shape
    scale = BOX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size == (width, height):
        return ink
    return cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def center_by_mass(ink: np.ndarray) -> np.ndarray:
    """Return ink of at most 28×28 placed with its centre of mass at the field's centre: (28, 28) uint8."""
    height, width = ink.shape
    mass = ink.sum(dtype=float) or 1.0  # hairlines may vanish when they are shrunk
    x = (ink.sum(axis=0) @ np.arange(width)) / mass
    y = (ink.sum(axis=1) @ np.arange(height)) / mass
    left = min(max(round(SIDE / 2 - x), 0), SIDE - width)
    top = min(max(round(SIDE / 2 - y), 0), SIDE - height)
    field = np.zeros((SIDE, SIDE), np.uint8)
    field[top : top + height, left : left + width] = ink
    return field
