"""The strength of ink by its contrast to the paper, whose noise is no ink."""

import cv2
import numpy as np

from core.preprocessing.grey_levels import GreyLevels

MIN_CONTRAST = 10  # of 255: weaker contrast is never ink
NOISE_DEVIATIONS = 5  # how many standard deviations of the paper's noise ink is stronger than
FULL_PERCENTILE = 75  # of the contrast above the noise: the contrast of full ink
FULL_SHARE = 0.3  # of full ink's contrast, the least that is ink
MIN_SEPARATION = 3.5  # standard deviations of the paper, between the means of the two classes of Otsu's threshold
MAD_TO_DEVIATION = 1.4826  # from median absolute deviation to the standard deviation of normal noise


def ink_strength(contrast: np.ndarray) -> np.ndarray:
    """Return the strength of ink for a contrast (h, w) uint8: (h, w) uint8, 255 for full ink, 0 on paper."""
    levels, otsu = _levels(contrast)
    median, deviation = _paper_statistics(levels, otsu)
    if deviation > 1:  # texture and print are finer than a pen
        contrast = cv2.GaussianBlur(contrast, (0, 0), 1.0)
        levels, otsu = _levels(contrast)
        median, deviation = _paper_statistics(levels, otsu)
    noise = _noise_threshold(levels, otsu, max(MIN_CONTRAST, median + NOISE_DEVIATIONS * deviation))
    above_noise = levels.above(noise)
    if not above_noise.count:
        return np.zeros_like(contrast)
    full = above_noise.percentile(FULL_PERCENTILE)
    threshold = max(noise, FULL_SHARE * full)
    with_edges = cv2.dilate(np.where(contrast > threshold, np.uint8(255), np.uint8(0)), np.ones((3, 3), np.uint8))
    strengths = (np.arange(256, dtype=np.float32) - np.float32(median)) * (255 / max(full - median, 1))
    return cv2.bitwise_and(cv2.LUT(contrast, np.clip(strengths, 0, 255).astype(np.uint8)), with_edges)


def _levels(contrast: np.ndarray) -> tuple[GreyLevels, float]:
    """Return the levels of a contrast (h, w) uint8, and Otsu's threshold."""
    return GreyLevels.of(contrast), cv2.threshold(contrast, 0, 255, cv2.THRESH_OTSU)[0]


def _noise_threshold(levels: GreyLevels, otsu: float, noise: float) -> float:
    """Return Otsu's threshold if lower and its two classes lie far apart (much ink on printed paper), else `noise`."""
    ink, paper = levels.above(otsu), levels.up_to(otsu)
    if not ink.count or not paper.count:
        return noise
    separation = (ink.mean() - paper.mean()) / (paper.deviation() + 1)
    return min(noise, otsu) if separation > MIN_SEPARATION else noise


def _paper_statistics(levels: GreyLevels, otsu: float) -> tuple[float, float]:
    """Return the median and the standard deviation of the paper's contrast, robust against the ink."""
    if levels.median() > otsu + MIN_CONTRAST:  # more ink than paper
        levels = levels.up_to(otsu)
    return levels.median(), MAD_TO_DEVIATION * levels.median_deviation()
