"""Where pieces that may be touching digits are cut."""

import cv2
import numpy as np

from core.preprocessing.segmentation import Piece
from core.preprocessing.touching_digits import split_piece
from tests.support.pieces import block, ring


def test_a_narrow_piece_stays_whole():
    assert len(split_piece(block(0, 0, 15, 40), digit_height=40)) == 1


def test_touching_rings_may_be_cut_where_they_touch():
    ink = np.zeros((41, 80), np.uint8)
    ink[:, :41] = ring(20, 5)
    ink[:, 39:] = np.maximum(ink[:, 39:], ring(20, 5))
    parts = split_piece(Piece(100, 50, ink), digit_height=41)
    assert any(abs(part.left - 140) <= 3 for part in parts)
    assert sum(int(part.ink.sum()) for part in parts) == int(ink.sum())
    assert all(part.left >= 100 and part.right <= 180 and part.top >= 50 for part in parts)


def test_cutting_through_a_loop_costs_more_than_between_loops():
    ink = np.zeros((41, 90), np.uint8)
    ink[:, :41] = ring(20, 5)
    ink[:, 49:] = ring(20, 5)
    ink[19:22, 38:52] = 255  # a thin link
    parts = split_piece(Piece(0, 0, ink), digit_height=41)
    between = [part.cut_ink for part in parts if 41 <= part.right <= 50]
    through = [part.cut_ink for part in parts if 12 <= part.right <= 30]
    assert between and min(between) < 5
    assert all(cost > 2 * min(between) for cost in through)


def test_round_digits_may_be_cut_along_the_side_that_they_share():
    ink = np.zeros((60, 100), np.uint8)
    cv2.ellipse(ink, (28, 30), (24, 27), 0, 30, 330, 255, 5)
    cv2.ellipse(ink, (70, 30), (24, 27), 0, 30, 330, 255, 5)
    ink[15:45, 44:52] = 255
    parts = split_piece(Piece(0, 0, ink), digit_height=60)
    assert any(abs(part.right - 48) <= 4 for part in parts)
    assert sum(int(part.ink.sum()) for part in parts) == int(ink.sum())


def test_a_very_long_piece_is_not_cut():
    assert len(split_piece(block(0, 0, 5000, 40), digit_height=40)) == 1
