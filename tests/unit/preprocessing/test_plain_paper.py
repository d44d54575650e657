"""Plain drawings of one digit, told from whatever needs a closer look."""

import cv2
import numpy as np
import pytest

from core.preprocessing.binarization import find_inks
from core.preprocessing.plain_paper import find_plain_paper


def drawing(ink=0, paper=255, pen=14, points=((60, 50), (140, 50), (90, 150))):
    picture = np.full((200, 200), paper, np.uint8)
    cv2.polylines(picture, [np.array(points)], False, ink, pen, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (90, 200), (60, 20)])
@pytest.mark.parametrize("pen", [3, 14, 24])
def test_a_drawing_is_plain_whatever_its_greys_and_pen(ink, paper, pen):
    assert find_plain_paper(drawing(ink, paper, pen)) == paper


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
    assert find_plain_paper(picture) is None


@pytest.mark.parametrize(("ink", "paper"), [(30, 245), (245, 30)])
def test_a_thick_digit_with_soft_edges_is_ink_to_its_middle(ink, paper):
    """Its edges have so many greys that the paper seemed uneven, and only the edges were ink."""
    picture = np.full((150, 100), paper, np.uint8)
    cv2.ellipse(picture, (48, 42), (26, 26), 0, 0, 360, ink, 20, cv2.LINE_AA)
    cv2.line(picture, (74, 42), (66, 128), ink, 20, cv2.LINE_AA)
    picture = cv2.GaussianBlur(picture, (0, 0), 2)
    assert find_plain_paper(picture) == paper
    [found] = find_inks([picture], single=True)
    is_ink = np.abs(picture.astype(int) - ink) < 10
    assert found.strength[is_ink].min() > 200
    assert not found.strength[np.abs(picture.astype(int) - paper) < 10].any()
