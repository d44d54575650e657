"""Where pieces that may be touching digits are cut."""

import tracemalloc

import cv2
import numpy as np
import pytest

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


@pytest.mark.parametrize("seed", range(30))
def test_seams_are_those_of_whole_tables_of_costs(seed):
    rng = np.random.default_rng(seed)
    coarse = (rng.random((9, 9)) < 0.4) * np.uint8(255)  # equal costs everywhere, so that ties decide
    ink = cv2.resize(coarse, (34, 45), interpolation=cv2.INTER_NEAREST) if seed % 2 else random_ink(rng)
    ink[:, 0] = ink[:, -1] = 255
    parts = split_piece(Piece(0, 0, ink), digit_height=40)
    assert [(part.left, part.ink.tobytes()) for part in parts] == plain_parts(ink, distance=5)


def test_a_huge_piece_needs_little_memory():
    piece = Piece(0, 0, np.random.default_rng(0).integers(0, 256, (2000, 2000), np.uint8))
    for digit_height in (100, 3000):
        tracemalloc.start()
        split_piece(piece, digit_height)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 12 * piece.ink.size


def random_ink(rng):
    return rng.integers(0, 256, (45, 34), np.uint8) * (rng.random((45, 34)) < 0.5)


def plain_parts(ink, distance):
    """The left ends and inks of the parts of a piece that is too narrow for waists, by tables of all costs."""
    height, width = ink.shape
    _, labels = cv2.connectedComponents((np.pad(ink, 1) < 64).astype(np.uint8), connectivity=4)
    loops = (labels[1:-1, 1:-1] != labels[0, 0]) & (ink < 64)
    cost = np.maximum(ink.astype(np.float32) / 255, 0.5 * loops) + 0.001
    down, up = plain_table(cost), plain_table(cost[::-1])[::-1]
    middle = height // 2
    through = (down[middle] + up[middle] - cost[middle]).tolist()
    chosen = []
    for x in sorted(range(distance, width - distance), key=through.__getitem__):
        near = through[x - distance : x + distance + 1]
        if through[x] == min(near) and all(abs(x - other) >= distance for other in chosen):
            chosen.append(x)
    seams = [[*plain_path(down, middle, x)[::-1], x, *plain_path(up[::-1], height - 1 - middle, x)] for x in chosen]
    bounds = np.sort([[-1] * height, *sorted(seams, key=np.mean), [width - 1] * height], axis=0)
    columns = np.arange(width)
    kept = [
        np.where((columns > after[:, None]) & (columns <= upto[:, None]), ink, 0)
        for after, upto in zip(bounds[:-1], bounds[1:], strict=True)
    ]
    boxes = [(part, cv2.boundingRect(part)) for part in kept if part.any()]
    return [(left, part[top : top + h, left : left + w].tobytes()) for part, (left, top, w, h) in boxes]


def plain_table(cost):
    table = cost.tolist()
    for above, row in zip(table, table[1:], strict=False):
        for x in range(len(row)):
            row[x] += min(total for total, _, _ in steps_from(above, x))
    return np.array(table)


def plain_path(table, row, x):
    """The columns of the cheapest path from a pixel, in the rows before; of equal ones the left, then the middle."""
    path = []
    for above in table[:row][::-1]:
        x = min(steps_from(above, x))[2]
        path.append(x)
    return path


def steps_from(above, x):
    return [
        (above[x + aside] + 0.1 * abs(aside), aside, x + aside) for aside in (-1, 0, 1) if 0 <= x + aside < len(above)
    ]
