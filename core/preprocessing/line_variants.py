"""A line as other hands would have written it, which the line reader is shown as well where a text is in doubt."""

import cv2
import numpy as np

from core.config.line_shape import FRAME_PX

SLANTS = (-0.2, 0.2)
"""Of the variants against the line as it is, columns to the right per row upwards."""


def line_variants(form: np.ndarray) -> list[np.ndarray]:
    """Return a line in line form (40, w) float32 with other slants, each (40, w') float32, a little wider.

    The mean of a network's answers to variants of what it is shown is often right where a single answer is wrong and
    sure (Krizhevsky et al., 2012).
    """
    return [_slanted(form, slant) for slant in SLANTS]


def _slanted(form: np.ndarray, slant: float) -> np.ndarray:
    height, width = form.shape
    margin = int(abs(slant) * height / 2) + 1
    wider = -(-(width + 2 * margin) // FRAME_PX) * FRAME_PX
    matrix = np.array([[1, -slant, margin + slant * height / 2], [0, 1, 0]])
    return cv2.warpAffine(form, matrix, (wider, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
