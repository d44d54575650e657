"""From ink to pieces and lines: their order, and specks."""

import numpy as np
import pytest

from core.preprocessing.segmentation import Piece, find_pieces, group_lines, merge_pieces


def block(left, top, width, height):
    return Piece(left, top, np.full((height, width), 255, np.uint8))


def test_pieces_are_the_connected_components_of_ink_with_their_place():
    strength = np.zeros((60, 80), np.uint8)
    strength[10:40, 5:10] = 255
    strength[20:55, 30:60] = 200
    strength[41, 11] = 255  # touches only by a corner, and is a speck
    first, second = find_pieces(strength)
    assert (second.left, second.top, second.width, second.height) == (5, 10, 5, 30)
    assert (first.left, first.top, first.width, first.height, first.ink.max()) == (30, 20, 30, 35, 200)


def test_specks_are_left_out():
    strength = np.zeros((200, 200), np.uint8)
    strength[50:150, 90:110] = 255
    for y, x in np.random.default_rng(0).integers(0, 45, (300, 2)):
        strength[y, x] = 255
    assert len(find_pieces(strength)) == 1


@pytest.mark.parametrize("size", [1, 2, 3])
def test_dirt_alone_is_no_writing(size):
    strength = np.zeros((100, 100), np.uint8)
    strength[20 : 20 + size, 30 : 30 + size] = 255
    assert find_pieces(strength) == []


def test_of_many_pieces_the_largest_are_kept_unless_most_are_specks():
    strength = np.zeros((600, 800), np.uint8)
    for row in range(6):
        strength[row:600:10, :650:10] = 255  # 60 × 65 strokes, 6 pixels high
    assert len(find_pieces(strength)) == 3000
    strength[8:600:10, :650:2] = 255
    assert find_pieces(strength) == []


def test_a_digit_of_several_pieces_is_joined_where_they_lay():
    whole = merge_pieces([block(10, 10, 20, 4), block(10, 18, 4, 30)])
    assert (whole.left, whole.top, whole.width, whole.height) == (10, 10, 20, 38)
    assert whole.ink[:4].all() and not whole.ink[4:8].any() and whole.ink[8:, :4].all()


def test_lines_from_the_top_and_small_pieces_join_the_nearest_line():
    upper = [block(x, 20, 20, 40) for x in (10, 50, 90)]
    lower = [block(x, 100, 20, 40) for x in (12, 55, 95)]
    dot = block(75, 135, 5, 5)
    lines = group_lines([*lower, dot, *upper])
    assert [sorted(p.left for p in line) for line in lines] == [[10, 50, 90], [12, 55, 75, 95]]


@pytest.mark.parametrize("slope", [-0.12, 0.12])
def test_lines_of_a_page_that_lies_aslant_are_kept(slope):
    pieces = [block(x, round(300 + row * 70 + slope * x), 22, 36) for row in range(4) for x in range(20, 700, 60)]
    lines = group_lines(pieces)
    assert [len(line) for line in lines] == [12, 12, 12, 12]
    assert [min(line, key=lambda p: p.left).top for line in lines] == sorted(p.top for p in pieces if p.left == 20)


def test_no_pieces_make_no_lines():
    assert group_lines([]) == []
