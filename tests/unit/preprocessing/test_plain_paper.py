"""Plain drawings of one digit, told from whatever needs a closer look."""

import cv2
import numpy as np
import pytest

from core.preprocessing.plain_paper import is_plain_digit


def drawing(ink=0, paper=255, pen=14, points=((60, 50), (140, 50), (90, 150))):
    picture = np.full((200, 200), paper, np.uint8)
    cv2.polylines(picture, [np.array(points)], False, ink, pen, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (90, 200), (60, 20)])
@pytest.mark.parametrize("pen", [3, 14, 24])
def test_a_drawing_is_plain_whatever_its_greys_and_pen(ink, paper, pen):
    assert is_plain_digit(drawing(ink, paper, pen))


def with_frame():
    picture = drawing()
    cv2.rectangle(picture, (30, 20), (170, 180), 0, 3)
    return picture


def with_patch():
    picture = drawing()
    picture[20:120, 20:120] = np.minimum(picture[20:120, 20:120], 240)
    return picture


def with_both_colours():
    picture = drawing(0, 128)
    picture[100:120, 20:40] = 255
    return picture


def with_gradient():
    return np.clip(drawing().astype(float) * np.linspace(0.6, 1, 200), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "picture",
    [
        np.full((200, 200), 255, np.uint8),
        drawing()[50:151, 60:141],
        with_frame(),
        with_patch(),
        with_both_colours(),
        with_gradient(),
        drawing(pen=2, points=((95, 95), (105, 105))),
        np.random.default_rng(0).integers(0, 256, (100, 100), np.uint8),
        np.zeros((1, 1), np.uint8),
    ],
    ids=["blank", "cropped tight", "framed", "patch", "two inks", "gradient", "speck", "noise", "one pixel"],
)
def test_whatever_is_not_plainly_one_drawing_is_looked_at_closely(picture):
    assert not is_plain_digit(picture)
