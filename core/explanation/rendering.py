"""Pictures of explanations: evidence and changes on the drawing itself, in colours safe for the colour-blind.

All pictures show the field of MNIST form, 28×28, at `FIELD_PX` a side. The palette is IBM's
(https://www.ibm.com/design/language/color).
"""

import cv2
import numpy as np

from core.preprocessing.mnist_form import BOX, SIDE

FIELD_PX = 336
_PX = FIELD_PX // SIDE  # of the picture for each pixel of MNIST form
FOR, AGAINST = (255, 176, 0), (100, 143, 255)
ADDED, ERASED = (255, 176, 0), (220, 38, 127)
POSITIVE_WEIGHT, NEGATIVE_WEIGHT, _NO_WEIGHT = (255, 234, 120), (0, 32, 96), 128
_INK = 0.5  # of full brightness, so that colours stand out on it
_FULL_PERCENTILE = 99  # of evidence: what is as strong is opaque
_LEGEND_PX = (168, 14)

Box = tuple[int, int, int, int]


def backdrop_of_image(image: np.ndarray) -> np.ndarray:
    """Return an image (28, 28) uint8 in MNIST form as a backdrop (336, 336) uint8: each pixel a sharp square."""
    return image.repeat(_PX, axis=0).repeat(_PX, axis=1)


def backdrop_of_drawing(drawing: np.ndarray, box: Box, image: np.ndarray) -> np.ndarray:
    """Return a drawing at its own resolution, as it lies in the field of MNIST form: (336, 336) uint8.

    drawing: (h, w) uint8, ink 255 on ground 0. box: the digit's left, top, width and height in it, pixels. image: the
    digit in MNIST form, (28, 28) uint8, which says where in the field its box was placed.
    """
    left, top, width, height = box
    scale = BOX * _PX / max(width, height)
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    matrix = np.array([[scale, 0, columns[0] * _PX - scale * left], [0, scale, rows[0] * _PX - scale * top]])
    return cv2.warpAffine(drawing, matrix, (FIELD_PX, FIELD_PX), flags=cv2.INTER_AREA)


def draw_evidence(evidence: np.ndarray, backdrop: np.ndarray) -> np.ndarray:
    """Return evidence (28, 28) in colours on a backdrop (336, 336) uint8: (336, 336, 3) uint8.

    What speaks for the answer is yellow, against it blue, and stronger evidence is more opaque.
    """
    strongest = max(float(np.percentile(np.abs(evidence), _FULL_PERCENTILE)), np.finfo(np.float32).tiny)
    fine = cv2.resize((evidence / strongest).astype(np.float32), backdrop.shape, interpolation=cv2.INTER_LINEAR)
    return _blend(_to_rgb(backdrop), fine, FOR, AGAINST)


def draw_change(difference: np.ndarray, backdrop: np.ndarray) -> np.ndarray:
    """Return added ink yellow and erased ink red on a backdrop (336, 336) uint8: (336, 336, 3) uint8.

    difference: (28, 28), added ink positive, erased ink negative, in [-1, 1].
    """
    fine = cv2.resize(difference.astype(np.float32), backdrop.shape, interpolation=cv2.INTER_LINEAR)
    return _blend(_to_rgb(backdrop), fine, ADDED, ERASED)


def legend() -> np.ndarray:
    """Return the colours of `draw_evidence` from against to for, as a strip (14, 168, 3) uint8."""
    width, height = _LEGEND_PX
    values = np.tile(np.linspace(-1, 1, width, dtype=np.float32), (height, 1))
    return _blend(np.zeros((height, width, 3), np.float32), values, FOR, AGAINST)


def draw_values(values: np.ndarray) -> np.ndarray:
    """Return values (…,) in [-1, 1] as colours (…, 3) uint8: white above 0, blue below."""
    black = np.zeros((*values.shape, 3), np.float32)
    return _blend(black, values.astype(np.float32), (255, 255, 255), AGAINST)


def draw_weights(weights: np.ndarray) -> np.ndarray:
    """Return weights (…,) in [-1, 1] as colours (…, 3) uint8: light and yellow above 0, mid-grey at 0, dark blue below.

    The lightness grows with the weight, so that it can be read without the colours.
    """
    grey = np.full((*weights.shape, 3), _NO_WEIGHT, np.float32)
    return _blend(grey, weights.astype(np.float32), POSITIVE_WEIGHT, NEGATIVE_WEIGHT)


def _to_rgb(backdrop: np.ndarray) -> np.ndarray:
    return np.repeat((backdrop * np.float32(_INK))[..., None], 3, axis=2)


def _blend(ground: np.ndarray, values: np.ndarray, above: tuple[int, ...], below: tuple[int, ...]) -> np.ndarray:
    """Return ground (…, 3) with the colour `above` where values (…,) are positive, `below` where they are negative."""
    opacity = np.abs(np.clip(values, -1, 1))[..., None]
    colours = np.where(values[..., None] > 0, np.array(above, np.float32), np.array(below, np.float32))
    return np.round(ground * (1 - opacity) + colours * opacity).astype(np.uint8)
