"""Grids and rows of boxes: full ones are read cell by cell, and empty ones are nothing."""

import cv2
import numpy as np
import pytest

from core.datasets.mnist import load_arrays
from core.recognition import Recognizer

EMPTY = ()
MARGIN = 40


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load()


def grid(columns, rows, cell, pen, tilt=0, texts=EMPTY):
    """A picture, dark on light, of a grid of cells of so many pixels with a digit in each."""
    arrays, rng = load_arrays(), np.random.default_rng(1)
    height, width = rows * cell + 2 * MARGIN, columns * cell + 2 * MARGIN
    ink = np.zeros((height, width), np.uint8)
    for x in range(MARGIN, width - MARGIN + 1, cell):
        cv2.line(ink, (x, MARGIN), (x, height - MARGIN), 255, pen, cv2.LINE_AA)
    for y in range(MARGIN, height - MARGIN + 1, cell):
        cv2.line(ink, (MARGIN, y), (width - MARGIN, y), 255, pen, cv2.LINE_AA)
    side = round(0.72 * cell)
    for row, text in enumerate(texts):
        for column, label in enumerate(text):
            image = arrays["x_test"][rng.choice(np.flatnonzero(arrays["y_test"] == int(label)))]
            top, left = (MARGIN + place * cell + (cell - side) // 2 for place in (row, column))
            window = ink[top : top + side, left : left + side]
            np.maximum(window, cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC), out=window)
    ink = cv2.warpAffine(ink, cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1), (width, height))
    return 245 - (205 * (ink / 255)).astype(np.uint8)


@pytest.mark.parametrize(
    ("columns", "rows", "cell", "pen", "tilt"), [(5, 1, 50, 3, 0), (4, 2, 70, 1, 2), (4, 4, 92, 4, 0), (9, 1, 60, 2, 0)]
)
def test_an_empty_grid_is_no_number(recognizer, columns, rows, cell, pen, tilt):
    reading = recognizer.read(grid(columns, rows, cell, pen, tilt))
    assert not reading.text and all(digit.refused for digit in reading.digits)


@pytest.mark.parametrize(
    ("columns", "rows", "cell", "pen", "tilt", "inverted"),
    [(2, 2, 62, 1, 0, False), (2, 3, 56, 3, -1, True), (4, 4, 80, 3, 1, True), (5, 1, 50, 3, 0, False)],
)
def test_a_grid_is_read_cell_by_cell(recognizer, columns, rows, cell, pen, tilt, inverted):
    texts = [("1234567890" * 2)[(row * columns) % 7 :][:columns] for row in range(rows)]
    picture = grid(columns, rows, cell, pen, tilt, texts)
    assert recognizer.read(255 - picture if inverted else picture).text.split("\n") == texts
