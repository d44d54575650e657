"""Cameras and scanners: exposure, blur, coarse pixels, noise, polarity, JPEG, and black and white dots."""

import cv2
import numpy as np
from PIL import Image

from core.datasets.scenes.field import SIDE_PX, happens, log_uniform, smooth_noise, soften

_DITHER_ZOOMS = (1.0, 1.0, 1.5, 2.0, 3.0)  # pictures are dithered before they are shrunk to this size
_BAYER = np.array([[0, 2], [3, 1]])


def expose(light: np.ndarray, contrast: float, quality: float, rng: np.random.Generator) -> np.ndarray:
    """Return the picture (192, 192) uint8 of a scene's lightness, float32, 0 to 1.

    contrast: between paper and ink, 0 to 1, which limits the noise. quality: the chance that a flaw is absent.
    """
    if not happens(rng, quality):
        light = soften(light, rng.uniform(0.3, 1.0))
    if not happens(rng, quality):
        light = light * float(rng.uniform(0.55, 1.1))
    if not happens(rng, quality):
        noise = rng.standard_normal(light.shape, np.float32)
        if happens(rng, 0.3):  # coarser, as of rough paper or of a camera that smooths
            noise = soften(noise, rng.uniform(0.7, 1.6)) * 2
        light = light + np.float32(contrast * log_uniform(rng, 0.01, 0.13)) * noise
    if happens(rng, 0.3):
        light = 1 - light
    picture = np.clip(light * 255 + 0.5, 0, 255).astype(np.uint8)
    return picture if happens(rng, quality) else _compress(picture, rng)


def _compress(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 95))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))


def coarsen(
    light: np.ndarray, ink: np.ndarray, height: float, threshold: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return a scene's light and ink as of a small picture that was enlarged, blurred or blocky.

    Digits of this height in pixels keep at least 11. threshold: of light, where the small picture is black and white.
    """
    size = max(8, round(SIDE_PX / rng.uniform(1.3, max(1.4, min(7.0, height / 11)))))
    method = int(rng.choice([cv2.INTER_CUBIC, cv2.INTER_LINEAR, cv2.INTER_NEAREST]))
    small, small_ink = (cv2.resize(array, (size, size), interpolation=cv2.INTER_AREA) for array in (light, ink))
    if happens(rng, 0.3):
        small = (small > threshold).astype(np.float32)
    enlarged = [cv2.resize(array, (SIDE_PX, SIDE_PX), interpolation=method) for array in (small, small_ink)]
    return enlarged[0], enlarged[1]


def binarize(light: np.ndarray, paper: float, contrast: float, rng: np.random.Generator) -> np.ndarray:
    """Return a scene in black and white dots: thresholded, dithered by a matrix, or by error diffusion.

    light: float32, 0 to 1; paper: its usual lightness. The result is (192, 192) float32, grey where dots are shrunk.
    """
    zoom = float(rng.choice(_DITHER_ZOOMS))
    side = round(SIDE_PX * zoom)
    large = light if zoom == 1 else cv2.resize(light, (side, side), interpolation=cv2.INTER_LINEAR)
    method = rng.random()
    if method < 0.35:
        threshold = paper * (1 - contrast * rng.uniform(0.3, 0.65))
        dots = large + rng.uniform(0, 0.1) * contrast * (_resized_noise(side, rng) - 0.5) > threshold
    elif method < 0.6:
        matrix = _bayer(int(rng.integers(1, 4)))
        tiles = -(-side // len(matrix))
        dots = large > np.tile(matrix, (tiles, tiles))[:side, :side]
    else:
        grey = Image.fromarray(np.clip(large * 255, 0, 255).astype(np.uint8))
        dots = np.asarray(grey.convert("1"))
    dots = dots.astype(np.float32)
    return dots if zoom == 1 else cv2.resize(dots, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)


def _resized_noise(side: int, rng: np.random.Generator) -> np.ndarray:
    return cv2.resize(smooth_noise(rng, 2), (side, side), interpolation=cv2.INTER_LINEAR)


def _bayer(doublings: int) -> np.ndarray:
    """Return a matrix of thresholds between 0 and 1 for ordered dithering, 2, 4 or 8 a side (Bayer, 1973)."""
    matrix = np.zeros((1, 1))
    for _ in range(doublings):
        matrix = np.kron(np.ones((2, 2)), 4 * matrix) + np.kron(_BAYER, np.ones_like(matrix))
    return ((matrix + 0.5) / matrix.size).astype(np.float32)


def stretch_rim(image: np.ndarray, ink: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture and its ink cropped to a strip and filled up again with its last row or column.

    So is a picture filled up that is no multiple of the sizes that the network sees.
    """
    kept = int(rng.integers(SIDE_PX // 2, SIDE_PX))
    missing = SIDE_PX - kept
    padding = (0, missing, 0, 0) if happens(rng, 0.7) else (0, 0, 0, missing)
    rows, columns = SIDE_PX - padding[1], SIDE_PX - padding[3]
    padded = [cv2.copyMakeBorder(array[:rows, :columns], *padding, cv2.BORDER_REPLICATE) for array in (image, ink)]
    return padded[0], padded[1]
