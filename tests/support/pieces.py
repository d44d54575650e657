"""Pieces of ink that are made without a picture."""

import numpy as np

from core.preprocessing.segmentation import Piece


def block(left, top, width, height):
    """A piece that is all ink."""
    return Piece(left, top, np.full((height, width), 255, np.uint8))


def ring(radius, thickness):
    """The ink of a ring, (2 · radius + 1, 2 · radius + 1) uint8."""
    y, x = np.indices((2 * radius + 1, 2 * radius + 1)) - radius
    distance = np.hypot(x, y)
    return np.where((distance <= radius) & (distance > radius - thickness), 255, 0).astype(np.uint8)
