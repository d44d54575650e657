"""The ground under the ink: polarity is settled, paper, shadow and uneven light are estimated and subtracted."""

import cv2
import numpy as np

from core.preprocessing.grey_levels import GreyLevels

_COARSE_PX = 160  # the ground of uneven light is estimated at this longest side
_PHOTO_PX = 100  # a smaller picture is a cut-out, whose strokes may be thick and touch its border
_EDGE_PX = 13  # around a pixel: how far the soft edges of ink reach
_MAX_FLAT_SPREAD = 0.25  # of the contrast between paper and ink: paper that varies less has even light


def subtract_background(grey: np.ndarray) -> np.ndarray:
    """Return the contrast of (h, w) uint8 grey to its local ground, (h, w) uint8: ink is bright, the ground dark."""
    if _border_is_dark(grey):
        grey = 255 - grey
    ground = _flat_ground(grey)
    if ground is None:
        grey, ground = _uneven_ground(grey)
    return np.clip(np.int16(ground) - grey, 0, 255).astype(np.uint8)


def _border_is_dark(grey: np.ndarray) -> bool:
    """Return whether most of the border is dark: the ground surrounds the ink, so the border decides, not the mean."""
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return bool((border <= threshold).mean() > 0.5)


def _flat_ground(grey: np.ndarray) -> int | None:
    """Return the grey of paper in even light, of its lightest grain where ink is thick; None where light is uneven."""
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    levels = GreyLevels.of(grey)
    paper, ink = levels.above(threshold), levels.up_to(threshold)
    if not paper.count or not ink.count:
        return int(grey.max())
    median = paper.median()
    max_spread = _MAX_FLAT_SPREAD * (median - ink.median())
    if paper.percentile(99) - paper.percentile(5) < max_spread:
        return int(median)
    # Beside the soft edges of thick ink lies paper that is as light as elsewhere; in a shade none does.
    lightest = cv2.dilate(grey, np.ones((_EDGE_PX, _EDGE_PX), np.uint8))[grey > threshold]
    low, middle, high = np.percentile(lightest, (1, 50, 99))
    return int(middle) if high - low < max_spread else None


def _uneven_ground(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (grey, ground), both (h, w) uint8, under uneven light; ink is dark in the returned grey.

    A photo's border may be dark only because it lies in shadow, so polarity is decided anew: ink is thin, so it is on
    the side, dark or light, to which more of the picture deviates from the local median.
    """
    height, width = grey.shape
    factor = max(1, max(height, width) // _COARSE_PX)
    coarse = cv2.resize(grey, (max(1, width // factor), max(1, height // factor)), interpolation=cv2.INTER_AREA)
    side = max(3, min(coarse.shape) // 3 | 1)
    deviation = coarse.astype(np.float32) - cv2.medianBlur(coarse, side)
    if (np.maximum(deviation, 0) ** 2).sum() > (np.maximum(-deviation, 0) ** 2).sum():
        grey, coarse = 255 - grey, 255 - coarse
    margin = (
        side if min(height, width) >= _PHOTO_PX else 0
    )  # a photo's border may be in shadow, a cut-out's has strokes
    padded = cv2.copyMakeBorder(coarse, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    ground = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    ground = ground[margin : margin + coarse.shape[0], margin : margin + coarse.shape[1]]
    ground = cv2.blur(ground, (side // 4 | 1, side // 4 | 1))
    return grey, cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR)
