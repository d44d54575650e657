"""From ink to lines and parts: order, specks, and where touching digits may be cut."""

import cv2
import numpy as np
import pytest

from core.preprocessing.line_decoding import LineLattice, count_components, stroke_width
from core.preprocessing.segmentation import Piece, find_pieces, group_lines, merge_pieces
from core.preprocessing.touching_digits import split_piece


def block(left, top, width, height):
    return Piece(left, top, np.full((height, width), 255, np.uint8))


def ring(radius, thickness):
    y, x = np.indices((2 * radius + 1, 2 * radius + 1)) - radius
    distance = np.hypot(x, y)
    return np.where((distance <= radius) & (distance > radius - thickness), 255, 0).astype(np.uint8)


def test_pieces_are_the_connected_bits_of_ink_with_their_place():
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


def test_of_many_marks_the_largest_are_kept_unless_most_are_specks():
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


def test_lines_from_the_top_and_small_marks_with_the_nearest_line():
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


def test_an_endless_mark_is_not_cut():
    assert len(split_piece(block(0, 0, 5000, 40), digit_height=40)) == 1


def test_pen_width_is_that_of_the_strokes():
    assert stroke_width([block(0, 0, 6, 200)]) == pytest.approx(6, abs=1.2)
    assert stroke_width([Piece(0, 0, np.pad(ring(40, 8), 2))]) == pytest.approx(8, abs=1.2)


def test_bits_of_ink_are_counted_without_crumbs():
    ink = np.zeros((40, 40), np.uint8)
    ink[2:12, 2:30] = 255
    ink[20:30, 2:30] = 255
    ink[36:38, 5:8] = 255
    assert count_components(ink) == 2


def certain(line, choices):
    """Probabilities in which the network is sure of the candidates (first, last) and of no other."""
    rows = np.full((len(line.candidates), 10), 0.1, np.float32)
    for number, candidate in enumerate(line.candidates):
        if (candidate.first, candidate.last) in choices:
            rows[number] = np.eye(10)[8]
    return rows


def test_the_chain_follows_what_the_network_is_sure_of():
    line = LineLattice([block(0, 0, 14, 40), block(16, 0, 14, 40), block(60, 0, 28, 40)], cut=False)
    apart = line.best_chain(certain(line, {(0, 0), (1, 1), (2, 2)}))
    together = line.best_chain(certain(line, {(0, 1), (2, 2)}))
    assert [(line.candidates[k].first, line.candidates[k].last) for k in apart] == [(0, 0), (1, 1), (2, 2)]
    assert [(line.candidates[k].first, line.candidates[k].last) for k in together] == [(0, 1), (2, 2)]


def test_a_small_mark_is_dropped_for_little():
    line = LineLattice([block(0, 0, 28, 40), block(32, 34, 5, 5), block(50, 0, 28, 40)], cut=False)
    chain = line.best_chain(certain(line, {(0, 0), (2, 2)}))
    assert [(line.candidates[k].first, line.candidates[k].last) for k in chain] == [(0, 0), (2, 2)]
