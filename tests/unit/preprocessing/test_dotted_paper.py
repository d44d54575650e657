"""Dotted paper, told from writing and from a few dots."""

import cv2
import numpy as np
import pytest

from core.preprocessing.dotted_paper import without_dots


def dots(pitch=20, radius=2, size=(300, 400), jitter=0):
    strength = np.zeros(size, np.uint8)
    rng = np.random.default_rng(0)
    for y in range(pitch // 2, size[0], pitch):
        for x in range(pitch // 2, size[1], pitch):
            cv2.circle(strength, (x, y), radius + int(rng.integers(0, jitter + 1)), 200, -1)
    return strength


@pytest.mark.parametrize(("pitch", "radius"), [(20, 2), (12, 1), (30, 3), (18, 4), (26, 6)])
def test_dots_go_and_writing_stays(pitch, radius):
    strength = dots(pitch, radius)
    around = np.s_[4 * pitch : 8 * pitch, 4 * pitch : 8 * pitch]  # between the dots
    strength[around] = 0
    cv2.line(strength, (5 * pitch, 5 * pitch), (6 * pitch, 7 * pitch), 255, 3)
    found = without_dots(strength)
    assert (found[around] == strength[around]).all() and found[around].any()
    found[around] = 0
    assert not found.any()


def test_dots_that_the_rim_cuts_go_too():
    strength = dots(20, 3)[:, 9:]
    assert strength[:, 0].any()
    assert not without_dots(strength).any()


def test_a_page_of_small_digits_and_a_few_points_stay():
    page = np.zeros((900, 1200), np.uint8)
    for row in range(40):
        cv2.putText(page, "1047293850617283940516", (20, 22 * row + 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 2)
    points = dots(60, 3, (200, 300))
    assert (without_dots(page) == page).all()
    assert (without_dots(points) == points).all(), "fifteen points are no dotted paper"
    assert (without_dots(np.zeros((3, 3), np.uint8)) == 0).all()


@pytest.mark.parametrize(("height", "thickness"), [(10, 2), (16, 4), (24, 6)])
@pytest.mark.parametrize("text", ["1", "8", "0"])
def test_a_page_of_small_bold_digits_stays(height, thickness, text):
    page = np.zeros((1000, 1000), np.uint8)
    for row in range(8):
        for column in range(12):
            place = (60 + 75 * column, 90 + 100 * row)
            cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, height / 22, 255, thickness)
    assert (without_dots(page) == page).all()


def test_specks_of_all_sizes_are_no_dotted_paper():
    strength = dots(20, 1, jitter=5)
    assert without_dots(strength).any()
