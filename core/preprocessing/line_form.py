"""The form of a line's picture that the line reader is given: height 40, the ink near 1 and the paper near 0."""

import cv2
import numpy as np

from core.config.line_shape import FRAME_PX, LINE_HEIGHT_PX

MAX_WIDTH_PX = 4000
_MIN_WIDTH_PX = 2 * FRAME_PX
_MIN_CONTRAST = 8.0  # grey values; less than that is noise
_LIMITS = -0.3, 1.3
_PAPER, _INK = 80, 2  # percentiles, of ink that is dark
_EXTREMES = 2, 98
_SKEWNESS_WEIGHT = 0.5


def to_line_form(grey: np.ndarray) -> np.ndarray:
    """Return a line's picture (h, w) uint8, of either polarity, as the line reader is given it: (40, w') float32.

    Paper is near 0 and the strongest ink near 1, within -0.3 to 1.3; a picture without contrast is 0. The aspect is
    kept, but w' is a multiple of 4, at least 8 and at most 4000.
    """
    height, width = grey.shape
    width = round(width * LINE_HEIGHT_PX / height / FRAME_PX) * FRAME_PX
    size = min(max(width, _MIN_WIDTH_PX), MAX_WIDTH_PX), LINE_HEIGHT_PX
    shrinks = height > LINE_HEIGHT_PX
    scaled = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC).astype(np.float32)
    if _has_bright_ink(scaled):
        scaled = 255 - scaled
    ink, paper = np.percentile(scaled, (_INK, _PAPER))
    return np.clip((paper - scaled) / max(paper - ink, _MIN_CONTRAST), *_LIMITS).astype(np.float32)


def _has_bright_ink(scaled: np.ndarray) -> bool:
    """Return whether the ink of a picture (40, w) float32 is brighter than its paper.

    Even light is measured, without shadows: most of the rim is paper, and most of the picture, so that ink is where the
    distribution of the greys has its long tail.
    """
    side = LINE_HEIGHT_PX + 1
    even = scaled - cv2.blur(scaled, (side, side), borderType=cv2.BORDER_REFLECT)
    low, high = np.percentile(even, _EXTREMES)
    if high - low < 1:
        return False
    rim = np.concatenate([even[0], even[-1], even[:, 0], even[:, -1]]).mean()
    skewness = np.mean(((even - even.mean()) / even.std()) ** 3)
    return bool((2 * rim - low - high) / (high - low) - _SKEWNESS_WEIGHT * skewness < 0)
