"""Level cuts through ink are closed; lines of writing stay apart."""

import cv2
import numpy as np
import pytest

from core.preprocessing.level_cuts import without_level_cuts
from core.preprocessing.segmentation import find_pieces, group_lines

STROKES = [
    [(40, 20), (20, 60), (30, 100), (55, 90), (45, 62)],
    [(80, 20), (120, 20), (92, 100)],
    [(150, 20), (146, 100)],
]


def digits(pen=6):
    """A 6, a 7 and a 1 of 80 pixels, (120, 180) uint8."""
    ink = np.zeros((120, 180), np.uint8)
    for stroke in STROKES:
        cv2.polylines(ink, [np.array(stroke)], False, 255, pen, cv2.LINE_AA)
    return ink


@pytest.mark.parametrize("rows", [1, 3, 6])
@pytest.mark.parametrize("top", [45, 70])
@pytest.mark.parametrize("pen", [2, 6])
def test_digits_that_are_cut_across_are_whole_again(top, rows, pen):
    ink = digits(pen)
    cut = ink.copy()
    cut[top : top + rows] = 0
    closed = without_level_cuts(cut)
    [line] = group_lines(find_pieces(closed))
    assert len(line) == len(STROKES)
    assert np.array_equal(closed[:top], ink[:top]) and np.array_equal(closed[top + rows :], ink[top + rows :])
    assert not closed[:, cv2.dilate(ink, np.ones((1, 9))).max(axis=0) == 0].any()


def two_lines(gap, *texts):
    """Two lines of printed digits, 45 pixels high, one close below the other."""
    lines = []
    for text in texts:
        line = np.zeros((80, 220), np.uint8)
        cv2.putText(line, text, (10, 70), cv2.FONT_HERSHEY_SIMPLEX, 2.1, 255, 5, cv2.LINE_AA)
        rows = np.flatnonzero(line.max(axis=1) > 64)
        lines.append(line[rows[0] : rows[-1] + 1])
    return np.vstack([lines[0], np.zeros((gap, 220), np.uint8), lines[1]])


def one(width=6):
    """A slanted 1 of 90 pixels, (120, 180) uint8."""
    ink = np.zeros((120, 180), np.uint8)
    return cv2.line(ink, (45, 15), (30, 105), 255, width, cv2.LINE_AA)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_1_that_is_cut_across_is_whole_again(rows):
    cut = one()
    cut[60 : 60 + rows] = 0
    assert len(group_lines(find_pieces(without_level_cuts(cut)))) == 1


def test_a_1_close_over_another_is_none():
    two = one()
    two[58:64] = 0
    assert without_level_cuts(two) is two


def test_a_digit_of_upright_strokes_is_one_where_a_picture_is_of_one_digit():
    cut = np.maximum(one(), np.roll(one(), 30, axis=1))
    cut[60:62] = 0
    assert without_level_cuts(cut) is cut, "11 over 11"
    assert without_level_cuts(cut, single=True)[60:62, 34:42].any()


def wide_lines():
    """Two lines of wide digits, one close below the other, whose strokes do not meet."""
    ink = np.zeros((70, 200), np.uint8)
    for top, left in ((2, 10), (2, 120), (37, 60)):
        cv2.rectangle(ink, (left, top), (left + 40, top + 28), 255, 4)
    return ink


def equals_sign():
    ink = np.zeros((60, 60), np.uint8)
    ink[20:26, 10:50] = ink[34:40, 10:50] = 255
    return ink


@pytest.mark.parametrize(
    "ink",
    [
        *(two_lines(gap, *texts) for gap in (2, 4, 8) for texts in (("1234", "5678"), ("111", "111"), ("9", "1"))),
        two_lines(4, "888", "888"),
        two_lines(4, "100", "100"),
        wide_lines(),
        digits(),
        equals_sign(),
        np.zeros((9, 9), np.uint8),
        np.zeros((1, 1), np.uint8),
    ],
)
def test_what_is_not_cut_stays_as_it_is(ink):
    assert without_level_cuts(ink) is ink


def test_an_upright_stroke_is_closed_where_it_was():
    ink = digits()
    ink[20:100, 160:163] = 255
    cut = ink.copy()
    cut[60:66] = 0
    assert np.array_equal(without_level_cuts(cut)[60:66, 158:166], ink[60:66, 158:166])
