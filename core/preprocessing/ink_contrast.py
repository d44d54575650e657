"""How strong the ink is in the places where handwriting is, measured from the picture against the paper around them."""

from typing import NamedTuple

import cv2
import numpy as np

from core.preprocessing.handwriting import MIN_PROBABILITY, InkProbabilities

MIN_CONTRAST = 6.0  # of 255: weaker than that full ink never is
_FULL_PERCENTILE = 60  # of the contrast in the middle of strokes: that of full ink
_MIDDLE_PERCENTILE = 60  # of the distance from a stroke's edge: further inside lies its middle
_PEN_PERCENTILE = 80  # of the same distances: half the width of a pen
_EDGE_SHARE, _NEAR_SHARE, _AROUND_SHARE = 0.25, 0.6, 2.5  # of a pen's width
_MIN_PAPER = 0.02  # of the surroundings of a pixel, to say how light the paper is there
_FAINT, _FULL = 0.15, 0.85  # shares of full ink's contrast between which ink is stronger and stronger


class InkContrast(NamedTuple):
    """The ink of a picture and what it was measured from."""

    contrast: np.ndarray  # (h, w) uint8: how far each pixel is from its paper, on the side of the ink
    strength: np.ndarray  # (h, w) uint8, 255 for full ink, 0 for paper and for what is no handwriting


def measure_ink(grey: np.ndarray, ink: InkProbabilities) -> InkContrast:
    """Return the ink's contrast and strength in a picture (h, w) uint8, whichever of ink and paper is darker."""
    height, width = grey.shape
    probabilities = cv2.resize(ink.values, (width, height), interpolation=cv2.INTER_LINEAR)
    mask = (probabilities > MIN_PROBABILITY).astype(np.uint8)
    if not mask.any():
        return InkContrast(np.zeros_like(grey), np.zeros_like(grey))
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    distances = inside[inside > 0]
    pen = max(1.0, 2 * float(np.percentile(distances, _PEN_PERCENTILE)))
    contrast = _paper(grey, cv2.dilate(mask, _disc(max(2, round(_NEAR_SHARE * pen)))), pen) - grey
    middle = contrast[inside >= float(np.percentile(distances, _MIDDLE_PERCENTILE))]
    if np.median(middle) < 0:
        contrast, middle = -contrast, -middle
    full = max(MIN_CONTRAST, float(np.percentile(middle, _FULL_PERCENTILE)))
    place = cv2.dilate(mask, _disc(max(1, round(_EDGE_SHARE * pen))))
    strength = np.clip((contrast / full - _FAINT) * (255 / (_FULL - _FAINT)), 0, 255) * place
    return InkContrast(np.clip(contrast, 0, 255).astype(np.uint8), strength.astype(np.uint8))


def _paper(grey: np.ndarray, near: np.ndarray, pen: float) -> np.ndarray:
    """Return how light the paper is at each pixel, (h, w) float32: the mean around it of what is not near ink."""
    is_paper = (1 - near).astype(np.float32)
    side = 2 * max(5, round(_AROUND_SHARE * pen)) * 2 + 1
    share = cv2.blur(is_paper, (side, side))
    light = cv2.blur(grey * is_paper, (side, side)) / np.maximum(share, 1e-4)
    paper = grey[near == 0]
    far = float(np.median(paper)) if len(paper) else float(255 * (grey.mean() < 128))
    return np.where(share > _MIN_PAPER, light, np.float32(far))


def _disc(radius: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
