"""The capture of a written line as a picture: pen, light, blur, resolution, grain, compression, polarity."""

from typing import cast

import cv2
import numpy as np

from core.datasets.written_lines.hands import DIGIT_PX

_SMALLEST_PX, _LARGEST_PX = 10, 46  # height of an ordinary digit in the picture
_INVERTED_SHARE, _JPEG_SHARE, _DITHERED_SHARE = 0.3, 0.35, 0.04


def shape_ink(ink: np.ndarray, is_images: bool, rng: np.random.Generator) -> np.ndarray:
    """Return ink (h, w) uint8 as one pen leaves it: wider or narrower, harder or softer.

    is_images: whether it was enlarged from small images, so that its edges are soft.
    """
    if is_images:
        threshold, gain = rng.uniform(70, 160), rng.uniform(1.2, 3.5)
        levels = np.clip((np.arange(256) - threshold) * gain + 128, 0, 255)
        levels[:24] = 0
        ink = cv2.LUT(ink, levels.astype(np.uint8))
        if rng.random() < 0.3:
            ink = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    if rng.random() < 0.3:  # a pen that leaves gaps on rough paper
        h, w = ink.shape
        rough = cv2.resize(rng.random((h // 3 + 1, w // 3 + 1), np.float32), (w, h))
        ink = (ink * np.clip(rough * 1.2 + np.float32(rng.uniform(0.4, 0.9)), 0, 1)).astype(np.uint8)
    return ink


def photograph(ink: np.ndarray, ground: np.ndarray, light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the picture of ink (h, w) uint8 on a ground (h, w) in this light: (h', w') uint8, of either polarity."""
    depth, paper = np.float32(rng.uniform(0.45, 1)), rng.uniform(0.6, 1)
    bright = light * (1 - depth * ground) * (1 - ink * (depth * np.float32(0.95 / 255)))
    digit_px = float(np.exp(rng.uniform(np.log(_SMALLEST_PX), np.log(_LARGEST_PX))))
    bright = _reduce(bright, digit_px / DIGIT_PX, np.exp(rng.normal(0, 0.08)))
    if digit_px > 13 and rng.random() < 0.5:
        bright = cv2.GaussianBlur(bright, (0, 0), rng.uniform(0.02, 0.06) * digit_px)
    if rng.random() < _DITHERED_SHARE and digit_px > 28:
        return _dither(bright)
    bright = bright * np.float32(255 * paper)
    noise = depth * paper * rng.uniform(0, 15) if rng.random() < 0.6 else 0
    bright += rng.standard_normal(bright.shape, np.float32) * np.float32(noise * min(1, digit_px / 25))
    if rng.random() < _INVERTED_SHARE:
        bright = 255 - bright
    picture = np.clip(bright, 0, 255).astype(np.uint8)
    if rng.random() < _JPEG_SHARE:
        quality = int(rng.integers(35 if digit_px > 20 else 60, 95))
        encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        picture = cast("np.ndarray", cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE))  # None only for what is no JPEG
    return picture


def _reduce(bright: np.ndarray, scale: float, stretch: float) -> np.ndarray:
    h, w = bright.shape
    size = max(8, round(w * scale * stretch)), max(10, round(h * scale))
    return cv2.resize(bright, size, interpolation=cv2.INTER_AREA)


def _dither(bright: np.ndarray) -> np.ndarray:
    """Return a picture of black and white alone, by an ordered pattern of 4×4 thresholds (Bayer, 1973)."""
    order = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)
    h, w = bright.shape
    threshold = np.tile((order + 0.5) / 16, (h // 4 + 1, w // 4 + 1))[:h, :w] * 0.5 + 0.2
    return np.where(bright > threshold, 255, 0).astype(np.uint8)
