"""Changes that a pen or an eraser could make to a digit: short straight strokes that add ink or take it away."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from core.preprocessing.mnist_form import BOX, SIDE

PEN_PX, ERASER_PX = 2.5, 4.0  # widths; MNIST's strokes are 2.3 to 2.7 pixels wide
GRID_PX = 3.0  # between the points that strokes begin and end at
MIN_LENGTH_PX, MAX_LENGTH_PX = 4.0, 16.0
REACH_PX = 3.0  # how far beyond the digit's box a stroke may begin or end
MIN_LEFT = 0.5  # of the ink; what erases more leaves another digit than the one that is explained
MIN_SHARE = 0.4  # of a stroke that changes something; less would be a rim along the ink that is there


@dataclass(frozen=True, eq=False)
class PenChanges:
    """An image with each of n strokes: `images` (n, 28, 28) float32 in [0, 1], `adds` (n,) bool: ink, not erased."""

    images: np.ndarray
    adds: np.ndarray


def pen_changes(pixels: np.ndarray) -> PenChanges:
    """Return an image (28, 28) float32 in [0, 1] with each stroke that changes it and leaves a digit."""
    pens, erasers = _strokes()
    near = cv2.dilate((pixels > 0.1).astype(np.uint8), np.ones((2 * int(REACH_PX) + 1,) * 2, np.uint8))
    beyond = np.tensordot(pens, (1 - near).astype(np.float32), 2) > 0.5 * pens.sum(axis=(1, 2))
    added, erased = np.maximum(pixels, pens[~beyond]), pixels * (1 - erasers)
    images = np.concatenate([added, erased])
    areas = np.concatenate([pens[~beyond].sum(axis=(1, 2)), erasers.sum(axis=(1, 2)) * PEN_PX / ERASER_PX])
    adds = np.arange(len(images)) < len(added)
    ink, ink_before = images.sum(axis=(1, 2)), pixels.sum()
    is_stroke = np.abs(ink - ink_before) >= MIN_SHARE * areas
    is_left = ink >= MIN_LEFT * ink_before
    return PenChanges(images[is_stroke & is_left], adds[is_stroke & is_left])


@cache
def _strokes() -> tuple[np.ndarray, np.ndarray]:
    """Return all strokes within reach of a digit, as a pen and as an eraser draws them: (n, 28, 28) float32 each."""
    first = (SIDE - BOX) / 2 - REACH_PX
    steps = np.arange(first, SIDE - first, GRID_PX)
    points = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    begin, end = np.triu_indices(len(points))
    lengths = np.hypot(*(points[begin] - points[end]).T)
    kept = (lengths >= MIN_LENGTH_PX) & (lengths <= MAX_LENGTH_PX)
    distances = _distances(points[begin[kept]], points[end[kept]])
    pens, erasers = (np.clip((width - 1) / 2 + 1 - distances, 0, 1) for width in (PEN_PX, ERASER_PX))
    return pens, erasers


def _distances(begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how far the centre of each pixel is from each line, (n, 28, 28) float32; ends are (n, 2), x and y."""
    grid = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).astype(np.float32) + 0.5
    along = (end - begin).astype(np.float32)[:, None, None]
    from_begin = grid - begin.astype(np.float32)[:, None, None]  # (n, 28, 28, 2)
    squared_length = np.maximum((along**2).sum(axis=-1), 1e-6)
    share = np.clip((from_begin * along).sum(axis=-1) / squared_length, 0, 1)
    return np.hypot(*np.moveaxis(from_begin - share[..., None] * along, -1, 0))
