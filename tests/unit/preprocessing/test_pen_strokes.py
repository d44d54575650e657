"""A pen's path drawn again: MNIST's stroke width, whatever the pen and the size of the digit."""

import numpy as np
import pytest

from core.datasets.mnist import load_arrays
from core.preprocessing.line_decoding import stroke_width
from core.preprocessing.mnist_form import to_mnist_form
from core.preprocessing.pen_strokes import redraw
from core.preprocessing.segmentation import Piece, merge_pieces


def circle(radius, at=(100, 100)):
    angle = np.linspace(0, 2 * np.pi, 60)
    return np.stack([at[0] + radius * np.cos(angle), at[1] + radius * np.sin(angle)], axis=1)


@pytest.mark.parametrize("radius", [6, 40, 400])
def test_a_small_digit_keeps_its_loop_and_has_mnists_stroke_width(radius):
    mnist = [stroke_width([Piece(0, 0, digit)]) for digit in load_arrays()["x_test"][:300]]
    _, pieces = redraw([circle(radius)], single=True)
    image = to_mnist_form(merge_pieces(pieces).ink)
    assert image[14, 14] == 0
    low, high = np.percentile(mnist, [10, 90])
    assert low < stroke_width([Piece(0, 0, image)]) < high


def test_size_and_place_of_a_drawing_do_not_change_its_form():
    drawings = circle(20, at=(30, 30)), circle(90, at=(400, 200))
    forms = [to_mnist_form(merge_pieces(redraw([drawing], single=True)[1]).ink) for drawing in drawings]
    assert np.abs(forms[0].astype(int) - forms[1]).mean() < 2


def test_boxes_lie_where_the_strokes_were_drawn():
    ink, pieces = redraw([circle(40, at=(150, 90))], single=True)
    left, top, width, height = ink.box(merge_pieces(pieces))
    assert (left + width / 2, top + height / 2) == pytest.approx((150, 90), abs=2)
    assert width == pytest.approx(80 + 0.14 * 80, abs=5)


def test_strokes_that_cross_stay_pieces_of_their_own():
    _, pieces = redraw([circle(30), circle(30, at=(130, 100))], single=False)
    assert len(pieces) == 2


def test_strokes_that_meet_in_one_place_are_one_piece():
    seven, bar = np.array([(0.0, 5), (60, 5), (25, 100)]), np.array([(10.0, 50), (60, 50)])
    over, under = circle(25, at=(200, 30)), circle(28, at=(200, 80))
    _, pieces = redraw([seven, over, bar, under, circle(50, at=(300, 50))], single=False)
    assert len(pieces) == 3


def test_lines_whose_digits_meet_stay_apart():
    _, pieces = redraw([circle(30, at=(100, 100)), circle(30, at=(100, 155))], single=False)
    assert len(pieces) == 2


@pytest.mark.parametrize(
    "stroke", [[(5.0, 5.0)], [(5.0, 5.0)] * 4, [(0.0, 0.0), (900.0, 0.0)], [(0.0, 0.0), (1e5, 1e5)]]
)
def test_dots_lines_and_huge_paths_are_drawn_within_bounds(stroke):
    ink, pieces = redraw([np.array(stroke)], single=False)
    assert ink.strength.size < 5_000_000
    assert merge_pieces(pieces).ink.any()
