"""Evidence: how much each pixel of an image speaks for one digit and against another.

Evidence is a share of the log-odds, the natural logarithm of p(answer) / p(other); positive values speak for `answer`.
"""

import cv2
import numpy as np

from core.explanation.network import ExplainedNetwork
from core.preprocessing.mnist_form import SIDE

STEPS = 24  # of the integral, for each baseline
BLUR_PX = 4.0  # standard deviation of the blurred baseline
PATCH_PX = 3.0  # radius of what is erased or inked at a time
STRIDE_PX = 2
_MIN_CHANGE = 1e-3  # of ink, pixels


def integrated_gradients(network: ExplainedNetwork, image: np.ndarray, answer: int, other: int) -> np.ndarray:
    """Return the evidence of each pixel by integrated gradients, (28, 28) float32, for an image (28, 28) uint8.

    Gradients are averaged on the way from a baseline to the image, and multiplied by the difference of the two
    (Sundararajan et al., 2017). It is the mean over two baselines: no ink, and the image blurred. From no ink, only ink
    can be evidence; from the blurred image, ground beside ink can be as well.
    """
    pixels = image.astype(np.float32) / 255
    baselines = np.stack([np.zeros_like(pixels), cv2.GaussianBlur(pixels, (0, 0), BLUR_PX)])  # (2, 28, 28)
    shares = (np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS
    way = baselines[:, None] + shares[:, None, None] * (pixels - baselines)[:, None]  # (2, steps, 28, 28)
    gradients = network.gradients(way.reshape(-1, SIDE, SIDE), answer, other)
    mean = gradients.reshape(2, STEPS, SIDE, SIDE).mean(axis=1)
    return ((pixels - baselines) * mean).mean(axis=0)


def occlusion(network: ExplainedNetwork, image: np.ndarray, answer: int, other: int) -> np.ndarray:
    """Return the evidence of each pixel by changing patches, (28, 28) float32, for an image (28, 28) uint8.

    The ink of a patch is erased (Zeiler and Fergus, 2014) and, in another image, the patch is filled with ink. By how
    much the log-odds then fall is shared among the pixels that were changed, in proportion to their change.
    """
    pixels = image.astype(np.float32) / 255
    patches = _patches()
    changed = np.concatenate([pixels * (1 - patches), np.maximum(pixels, patches)])
    changed = changed[np.abs(changed.sum(axis=(1, 2)) - pixels.sum()) > _MIN_CHANGE]  # no ink is erased where none is
    log_probabilities = network.log_probabilities(np.concatenate([pixels[None], changed]))
    log_odds = log_probabilities[:, answer] - log_probabilities[:, other]
    sizes = np.abs(changed - pixels)
    shares = sizes / sizes.sum(axis=(1, 2), keepdims=True)
    return np.tensordot(log_odds[0] - log_odds[1:], shares, 1)


def _patches() -> np.ndarray:
    """Return a soft disc around every second pixel: ((28 / 2)², 28, 28) float32 in [0, 1]."""
    centres = np.arange(SIDE // STRIDE_PX) * STRIDE_PX + (STRIDE_PX - 1) / 2
    squares = (np.arange(SIDE) - centres[:, None]) ** 2  # (14, 28)
    distances = np.sqrt(squares[:, None, :, None] + squares[None, :, None, :])  # (14, 14, 28, 28)
    return np.clip(PATCH_PX + 0.5 - distances, 0, 1).astype(np.float32).reshape(-1, SIDE, SIDE)
