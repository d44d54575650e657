"""Whole pages of MNIST's test digits: tilted, unevenly lit, ruled, of mixed sizes, crowded. Most must be read."""

from difflib import SequenceMatcher

import cv2
import numpy as np
import pytest

from core.datasets.mnist import load_arrays
from core.recognition.recognizer import Recognizer

ROWS, COLUMNS, SIZE_PX = 6, 8, 48


@pytest.fixture(scope="module")
def reader():
    return Recognizer.load()


@pytest.fixture(scope="module")
def digits():
    """(ROWS, COLUMNS) labels and the test images (28, 28) to go with them, as they come."""
    arrays = load_arrays()
    labels = arrays["y_test"][: ROWS * COLUMNS].reshape(ROWS, COLUMNS)
    return labels, arrays["x_test"][: ROWS * COLUMNS].reshape(ROWS, COLUMNS, 28, 28)


def written(images, apart_px=64, sizes=(SIZE_PX, SIZE_PX)):
    """The page's ink: (h, w) float in [0, 1], each digit in a size between the two, feet on a line."""
    ink = np.zeros((ROWS * 90 + 160, COLUMNS * apart_px + 200), np.float32)
    rng = np.random.default_rng(0)
    for row in range(ROWS):
        for column in range(COLUMNS):
            side = int(rng.integers(sizes[0], sizes[1] + 1))
            digit = cv2.resize(images[row, column], (side, side), interpolation=cv2.INTER_CUBIC) / 255
            bottom, left = 140 + row * 90, 90 + column * apart_px
            place = ink[bottom - side : bottom, left : left + side]
            np.maximum(place, digit.clip(0, 1), out=place)
    return ink


def turned(picture, degrees, border=0.0):
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=border)


def ruled(shape, squared):
    paper = np.full(shape, 235.0, np.float32)
    for at in range(52, shape[0], 45):
        paper[at : at + 2] = 170
    for at in range(20, shape[1] if squared else 0, 45):
        paper[:, at : at + 2] = 170
    return paper


def photographed(ink, paper=235.0):
    """(h, w) uint8: dark ink on paper in light that fades towards a corner, with a camera's noise."""
    height, width = ink.shape
    light = np.linspace(0.65, 1, width) * np.linspace(1, 0.8, height)[:, None]
    noise = np.random.default_rng(1).normal(0, 2, ink.shape)
    return ((paper * (1 - ink.clip(0, 1)) + 45 * ink.clip(0, 1)) * light + noise).clip(0, 255).astype(np.uint8)


def right(reading, labels):
    """Share of the page's digits that stand in the text in their order."""
    wanted = "\n".join("".join(map(str, row)) for row in labels.tolist())
    blocks = SequenceMatcher(None, reading.text, wanted, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(wanted)


@pytest.mark.parametrize("degrees", [-8, -3, 0, 3, 8])
def test_tilted_pages(reader, digits, degrees):
    labels, images = digits
    reading = reader.read(photographed(turned(written(images), degrees)))
    assert right(reading, labels) >= 0.95, reading.text


@pytest.mark.parametrize("squared", [False, True])
def test_ruled_and_squared_paper(reader, digits, squared):
    labels, images = digits
    ink = written(images)
    assert right(reader.read(photographed(ink, ruled(ink.shape, squared))), labels) >= 0.75


def test_digits_of_many_sizes(reader, digits):
    labels, images = digits
    assert right(reader.read(photographed(written(images, apart_px=74, sizes=(36, 64)))), labels) >= 0.95


def test_crowded_lines(reader, digits):
    labels, images = digits
    text = reader.read(photographed(written(images, apart_px=38))).text.replace("\n", "")
    assert abs(len(text) - labels.size) <= 5, text
