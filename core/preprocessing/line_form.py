"""The form of a line's picture that the line reader is given: height 40, dark ink near 1 and paper near 0."""

import cv2
import numpy as np

from core.config.line_shape import FRAME_PX, LINE_HEIGHT_PX

MAX_WIDTH_PX = 4000
_MIN_WIDTH_PX = 2 * FRAME_PX
_MIN_CONTRAST = 8.0  # grey values; less than that is noise
_LIMITS = -0.3, 1.3
_DARKEST, _MIDDLE, _BRIGHTEST = 2, 50, 98  # percentiles
_PAPER, _INK = 80, 2


def to_line_form(grey: np.ndarray) -> np.ndarray:
    """Return a line's picture (h, w) uint8, of either polarity, as the line reader is given it: (40, w') float32.

    Paper is near 0 and the strongest ink near 1, within -0.3 to 1.3; a picture without contrast is 0. The aspect is
    kept, w' is a multiple of 4 and at most 4000. What covers more of the picture is taken for the paper.
    """
    height, width = grey.shape
    width = round(width * LINE_HEIGHT_PX / height / FRAME_PX) * FRAME_PX
    size = min(max(width, _MIN_WIDTH_PX), MAX_WIDTH_PX), LINE_HEIGHT_PX
    shrinks = size[0] < grey.shape[1] and height > LINE_HEIGHT_PX
    scaled = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC).astype(np.float32)
    dark, middle, bright = np.percentile(scaled, (_DARKEST, _MIDDLE, _BRIGHTEST))
    if middle - dark < bright - middle:
        scaled = 255 - scaled
    ink, paper = np.percentile(scaled, (_INK, _PAPER))
    return np.clip((paper - scaled) / max(paper - ink, _MIN_CONTRAST), *_LIMITS).astype(np.float32)
