"""Small cells cut out of a grid, with its lines along their sides."""

import cv2
import numpy as np
import pytest

from core.datasets.mnist import load_mnist
from core.recognition import Recognizer

_SIDES = ("top", "left", "bottom", "right")


@pytest.fixture(scope="module")
def test_digits():
    return load_mnist().test


def cell(image, side, lines, thick):
    """A digit (28, 28) in a square of `side` pixels with lines along its sides: (side, side) float32, 0 to 1."""
    height = round(0.85 * side)
    found, corner = np.zeros((side, side), np.float32), (side - height) // 2
    found[corner : corner + height, corner : corner + height] = cv2.resize(image, (height, height)) / 255
    for line in lines:
        np.rot90(found, _SIDES.index(line))[:thick] = 1
    return found


def picture(mask, ground, ink, rng):
    return np.clip(ground + (ink - ground) * mask + rng.normal(0, 1, mask.shape), 0, 255).astype(np.uint8)


def test_small_cells_cut_out_of_a_grid_are_read(test_digits):
    rng = np.random.default_rng(0)
    pictures = [
        picture(cell(image, 72, rng.permutation(_SIDES)[:3], 2 + number % 4), *((25, 200), (240, 40))[number % 2], rng)
        for number, image in enumerate(test_digits.images[:100])
    ]
    found = Recognizer.load().read_many(pictures, single=True)
    right = [
        each.text == str(label) and not each.digits[0].refused
        for each, label in zip(found, test_digits.labels, strict=False)
    ]
    assert sum(right) >= 78  # of 100; 36 where small pictures are not enlarged
