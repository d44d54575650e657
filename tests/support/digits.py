"""Digits that no network read."""

import numpy as np

from core.recognition import Digit


def digit(label, confidence=0.99, line=0, left=0, probabilities=None, refused=None):
    """A digit of that confidence; below 0.5 it is refused, unless `refused` says otherwise."""
    if probabilities is None:
        probabilities = np.full(10, (1 - confidence) / 9, np.float32)
        probabilities[label] = confidence
    refused = confidence < 0.5 if refused is None else refused
    return Digit(label, confidence, refused, probabilities, (left, 5, 10, 20), np.zeros((28, 28), np.uint8), line)


TWO_LINES = (
    digit(4),
    digit(0, 0.7, left=20),
    digit(8, 0.3, left=40),
    digit(7, line=1, left=60),
    digit(1, line=1, left=80),
)
"""40 and a piece that is no digit; 71 below them."""
