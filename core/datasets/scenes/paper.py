"""Paper and the light on it: gradients, shadows, folds, patches, mottling, and writing that shows through."""

import cv2
import numpy as np

from core.datasets.scenes.field import SIDE_PX, happens, log_uniform, rotated_axes, smooth_noise, soften


def draw_paper(wear: float, rng: np.random.Generator) -> np.ndarray:
    """Return how light the paper is: (192, 192) float32, 0 to 1 and seldom beyond.

    wear: how likely each flaw of paper and light is, 0 to 1; without any the paper is of one lightness.
    """
    paper = np.full((SIDE_PX, SIDE_PX), 1.0 if happens(rng, 0.5) else rng.uniform(0.6, 1.0), np.float32)
    for flaw in (_gradient, _shadow, _vignette, _patch, _folds, _mottling):
        if happens(rng, wear):
            paper *= flaw(rng)
    return paper


def _gradient(rng: np.random.Generator) -> np.ndarray:
    along, _ = rotated_axes(rng.uniform(0, 2 * np.pi))
    return 1 + rng.uniform(0.05, 0.45) * np.clip(along / SIDE_PX - 0.5, -1, 0)


def _shadow(rng: np.random.Generator) -> np.ndarray:
    """Return a shadow with a soft edge, straight or bent, as of a hand or a phone."""
    along, across = rotated_axes(rng.uniform(0, 2 * np.pi))
    bend = rng.normal(0, 0.002) * across**2
    edge = (along + bend - rng.uniform(-0.4, 0.4) * SIDE_PX) / log_uniform(rng, 1.5, 30)
    return 1 - rng.uniform(0.08, 0.5) / (1 + np.exp(-np.clip(edge, -30, 30)))


def _vignette(rng: np.random.Generator) -> np.ndarray:
    along, across = rotated_axes(rng.uniform(0, np.pi))
    x, y = (rng.uniform(-0.5, 0.5) * SIDE_PX for _ in range(2))
    distance = (along - x) ** 2 + rng.uniform(0.4, 1) * (across - y) ** 2
    reach = rng.uniform(0.3, 1.0) * SIDE_PX
    return 1 - rng.uniform(0.1, 0.5) * (1 - np.exp(-distance / (2 * reach**2)))


def _patch(rng: np.random.Generator) -> np.ndarray:
    """Return a lighter or darker area: an ellipse, a quadrangle or a blot, with a sharp or a soft edge."""
    area = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    form = rng.integers(3)
    centre = rng.uniform(0.1, 0.9, 2) * SIDE_PX
    if form == 0:
        axes = rng.uniform(0.12, 0.6, 2) * SIDE_PX
        cv2.ellipse(area, (tuple(centre), tuple(2 * axes), rng.uniform(0, 180)), 1.0, -1, cv2.LINE_AA)
    elif form == 1:
        reach = rng.uniform(0.15, 0.6, (4, 2)) * SIDE_PX * [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        cv2.fillPoly(area, [np.round(centre + reach).astype(np.int32)], 1.0, cv2.LINE_AA)
    else:
        area[smooth_noise(rng, rng.uniform(40, 90)) > rng.uniform(0.35, 0.7)] = 1
    step = rng.uniform(0.03, 0.16) * (1 if happens(rng, 0.5) else -1)
    return 1 + step * soften(area, log_uniform(rng, 0.5, 10))


def _folds(rng: np.random.Generator) -> np.ndarray:
    """Return creases: on one side of a line it is lighter, on the other darker, in the fold itself either."""
    light = np.ones((SIDE_PX, SIDE_PX), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        _, across = rotated_axes(rng.choice([0, np.pi / 2]) + rng.normal(0, 0.25))
        across = (across - rng.uniform(-0.5, 0.5) * SIDE_PX + smooth_noise(rng, 60) * 3) / log_uniform(rng, 1, 12)
        light += rng.normal(0, 0.07) * across * np.exp(-(across**2)) + rng.normal(0, 0.04) * np.exp(
            -((3 * across) ** 2)
        )
    return light


def _mottling(rng: np.random.Generator) -> np.ndarray:
    return 1 + rng.uniform(0.02, 0.14) * (smooth_noise(rng, log_uniform(rng, 2.5, 50)) - 0.5)


def show_through(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return how much the back's writing, (192, 192) uint8 coverage, darkens this side: float32, mirrored and faint."""
    mirrored = np.roll(ink[:, ::-1], tuple(rng.integers(-SIDE_PX // 2, SIDE_PX // 2, 2)), (0, 1))
    return soften(mirrored.astype(np.float32), log_uniform(rng, 0.6, 2.5)) * np.float32(rng.uniform(0.05, 0.2) / 255)
