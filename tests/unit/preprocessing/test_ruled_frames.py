"""The walls of frames and grids, on which only what is surely handwriting counts."""

import cv2
import numpy as np
import pytest

from core.preprocessing.ruled_frames import find_walls, weaken_on_walls

DIGIT = np.array([[88, 92], [112, 92], [96, 128]])  # a 7 in the first cell of the grid below


def grid(columns=3, rows=2, pen=3, tilt=0.0, with_digit=False):
    """Ink (300, 300) uint8 of a grid of cells of 60 pixels that begins at (70, 80), turned about the middle."""
    ink = np.zeros((300, 300), np.uint8)
    for column in range(columns + 1):
        cv2.line(ink, (70 + 60 * column, 80), (70 + 60 * column, 80 + 60 * rows), 255, pen)
    for row in range(rows + 1):
        cv2.line(ink, (70, 80 + 60 * row), (70 + 60 * columns, 80 + 60 * row), 255, pen)
    if with_digit:
        cv2.polylines(ink, [DIGIT], False, 255, 4)
    return cv2.warpAffine(ink, cv2.getRotationMatrix2D((150, 150), tilt, 1), (300, 300))


@pytest.mark.parametrize("tilt", [0, -3, 8])
@pytest.mark.parametrize(("columns", "rows", "pen"), [(1, 1, 2), (3, 2, 3), (3, 3, 6)])
def test_the_walls_of_a_frame_and_of_a_tilted_grid_are_found(columns, rows, pen, tilt):
    ink = grid(columns, rows, pen, tilt)
    walls = find_walls(ink)
    assert walls.dtype == np.uint8 and walls.shape == ink.shape
    assert walls[ink > 200].mean() > 0.97 and not walls[cv2.dilate(ink, np.ones((5, 5))) == 0].any()


def test_digits_are_no_walls_even_where_they_touch_them():
    apart = grid(with_digit=True)
    assert not find_walls(apart)[90:130, 86:114].any()
    touching = apart.copy()
    touching[92:95, 70:112] = 255  # its bar goes on to the wall
    assert not find_walls(touching)[90:130, 80:114].any()


def open_box():
    ink = grid(1, 1)
    ink[82:138, 125:] = 0
    return ink


def slanted_digit():
    ink = np.zeros((300, 300), np.uint8)
    cv2.polylines(ink, [4 * DIGIT - 260], False, 255, 12)
    return ink


@pytest.mark.parametrize("ink", [open_box(), slanted_digit(), np.zeros((300, 300), np.uint8), grid(tilt=30)])
def test_what_has_not_four_straight_sides_has_no_walls(ink):
    assert not find_walls(ink).any()


def test_on_walls_only_what_is_surely_ink_stays_likely():
    ink = grid()
    probabilities = np.full((150, 150), 0.5, np.float32)
    probabilities[:, :60] = 0.95
    found = weaken_on_walls(probabilities, ink)
    on_wall = cv2.resize(ink, (150, 150), interpolation=cv2.INTER_AREA) > 128
    assert (found[:, :60] == np.float32(0.95)).all(), "a digit of straight strokes may be a frame"
    assert (found[on_wall][probabilities[on_wall] < 0.9] < 0.2).all()
    assert (found[106:126, 78:84] == 0.5).all(), "away from walls nothing changes"
    assert weaken_on_walls(probabilities, np.zeros_like(ink)) is probabilities


def test_nested_frames_cost_no_more_than_a_few_pictures():
    ink = np.zeros((400, 400), np.uint8)
    for inset in range(2, 190, 3):
        cv2.rectangle(ink, (inset, inset), (399 - inset, 399 - inset), 255, 1)
    walls = find_walls(ink)
    assert walls[2, 200] and not walls[180, 200], "the largest ones are looked at"
