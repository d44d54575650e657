"""Tilt and slant are found and removed, and every box is mapped back to where its digit lies."""

import cv2
import numpy as np
import pytest

from core.preprocessing import deskew, segmentation
from core.preprocessing.binarization import Ink
from core.preprocessing.deskew import MAX_WARP_PX, deskew_lines, estimate_slant, estimate_tilt, warp_piece
from core.preprocessing.mnist_form import SHOWN_PX
from core.preprocessing.segmentation import FRAME, Piece, find_pieces


def bars(count=6, height=60, apart=50, slant=0.0, tilt=0.0):
    """Upright strokes in a row, leaning to the right by `slant`, on a line that falls by `tilt`: (h, w) uint8."""
    ink = np.zeros((400, 100 + count * apart), np.uint8)
    for number in range(count):
        x, y = 60 + number * apart, 200 + tilt * number * apart
        cv2.line(ink, (round(x), round(y)), (round(x + slant * height), round(y - height)), 255, 7, cv2.LINE_AA)
    return ink


def ring(radius):
    ink = np.zeros((2 * radius + 21, 2 * radius + 21), np.uint8)
    return cv2.circle(ink, (radius + 10, radius + 10), radius, 255, 5, cv2.LINE_AA)


@pytest.mark.parametrize("slant", [-0.3, 0.0, 0.2, 0.5])
def test_slant_is_that_of_the_strokes(slant):
    assert estimate_slant(find_pieces(bars(slant=slant))) == pytest.approx(slant, abs=0.1)


def test_a_loop_has_no_slant():
    assert estimate_slant([Piece(0, 0, ring(40))]) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("tilt", [-0.14, -0.05, 0.0, 0.1])
def test_tilt_is_that_of_the_line(tilt):
    assert estimate_tilt([find_pieces(bars(tilt=tilt))]) == pytest.approx(tilt, abs=0.015)


def test_tilt_of_few_digits_or_of_a_stair_is_not_used():
    assert estimate_tilt([find_pieces(bars(count=3, tilt=0.1))]) == 0
    assert estimate_tilt([find_pieces(bars(tilt=0.5))]) == 0


@pytest.mark.parametrize(("slant", "tilt"), [(0.4, 0.0), (0.0, 0.12), (0.35, -0.1)])
def test_straight_lines_are_level_and_upright(slant, tilt):
    line = deskew_lines([find_pieces(bars(slant=slant, tilt=tilt))]).lines[0]
    assert max(piece.bottom for piece in line) - min(piece.bottom for piece in line) < 5
    assert all(piece.width < 0.4 * piece.height for piece in line)


@pytest.mark.parametrize("height", [20, 60, 150])
def test_boxes_are_carried_back_to_where_the_ink_lies(height):
    strength = bars(height=height, slant=0.3, tilt=0.1)
    pieces, ink = find_pieces(strength), Ink(strength, 1.0, ())
    straight = deskew_lines([pieces])
    for piece, there in zip(pieces, straight.lines[0], strict=True):
        assert ink.box(there, straight.back) == pytest.approx(ink.box(piece), abs=3)


def test_small_writing_is_enlarged_and_large_is_not():
    small, large = (deskew_lines([find_pieces(bars(height=height))]).lines[0] for height in (20, 100))
    assert small[0].height > 50
    assert large[0].height == pytest.approx(107, abs=6)


def test_a_piece_that_is_not_changed_keeps_its_ink():
    piece = Piece(7, 9, ring(20)).trimmed()
    same = warp_piece(piece, np.eye(2))
    assert (same.left, same.top) == (piece.left, piece.top) and np.array_equal(same.ink, piece.ink)


def test_what_is_too_long_to_warp_is_left_as_it_is():
    line = [Piece(0, 0, np.full((8, MAX_WARP_PX + 1), 255, np.uint8))]
    assert deskew_lines([line]).lines == [line]


def test_the_steps_show_all_lines_in_pictures_of_reasonable_size():
    upper, lower = find_pieces(bars(count=40)), [Piece(100, 300, ring(30))]
    straight = deskew_lines([upper, lower])
    step, box = straight.steps(straight.lines[1])
    assert step.name == "straightened" and step.why.endswith(".")
    assert max(step.picture.shape) <= SHOWN_PX and step.picture.max() > 200
    assert box.picture.shape[:2] == step.picture.shape and (box.picture == FRAME).all(axis=2).any()


def test_a_tall_column_of_leaning_strokes_is_shown_without_the_space_it_leans_over(monkeypatch):
    made, real = [], segmentation.merge_pieces
    joined = lambda pieces: made.append(whole := real(pieces)) or whole  # noqa: E731
    monkeypatch.setattr(deskew, "merge_pieces", joined)
    stroke = np.zeros((30, 20), np.uint8)
    cv2.line(stroke, (2, 28), (17, 1), 255, 3)
    lines = [[Piece(40, top, stroke)] for top in range(0, 19_960, 40)]
    straight = deskew_lines(lines)
    step, box = straight.steps([line[0] for line in straight.lines])
    assert max(whole.ink.size for whole in made) <= 1.1 * deskew.MAX_DISPLAY_PIXELS
    assert max(step.picture.shape) <= SHOWN_PX and (box.picture == FRAME).all(axis=2).any()


def test_no_lines_stay_none():
    assert deskew_lines([]).lines == []
