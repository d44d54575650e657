"""The grey picture of a line, cut out level and upright."""

import cv2
import numpy as np
import pytest

from core.preprocessing.deskew import deskew_lines
from core.preprocessing.line_picture import cut_at, line_view, whole_view
from core.preprocessing.segmentation import Piece, find_pieces, group_lines


def page(text="1234567", height=70):
    picture = np.full((500, 900), 200, np.uint8)
    for row in range(2):
        cv2.putText(picture, text, (60, 180 + 200 * row), cv2.FONT_HERSHEY_SIMPLEX, height / 22, 60, 8, cv2.LINE_AA)
    return picture


def lines_of(picture):
    return deskew_lines(group_lines(find_pieces(np.where(picture < 130, 255, 0).astype(np.uint8))))


@pytest.mark.parametrize("degrees", [0, -3, 5])
def test_each_line_is_cut_out_whole_and_level(degrees):
    picture = page()
    turn = cv2.getRotationMatrix2D((450, 250), degrees, 1)
    picture = cv2.warpAffine(picture, turn, (900, 500), flags=cv2.INTER_CUBIC, borderValue=200)
    straight = lines_of(picture)
    assert len(straight.lines) == 2
    for pieces in straight.lines:
        cut = line_view(picture, pieces, straight.back).picture
        rows = np.flatnonzero((cut < 130).any(axis=1))
        ink = (cut < 130).sum() / np.linalg.det(np.linalg.inv(straight.back))
        assert ink == pytest.approx((picture < 130).sum() / 2, rel=0.08), "all of its ink, and no other line's"
        assert rows[-1] - rows[0] < 0.85 * len(cut), "level, with a margin"


def test_columns_of_the_whole_picture_are_mapped_to_the_pieces():
    picture = page()[100:200]
    straight = lines_of(picture)
    whole = whole_view(picture, picture, straight.back)
    small = whole_view(picture[::2, ::2], picture, straight.back)
    first = min(straight.lines[0], key=lambda piece: piece.left)
    column = int(np.flatnonzero((picture < 130).any(axis=0))[0])
    assert whole.columns(column, column + 1, 900)[0] == pytest.approx(first.left, abs=8)
    assert small.columns(10, 20, 100) == pytest.approx(whole.columns(10, 20, 100), rel=0.01)


def test_a_line_at_the_rim_is_cut_out_with_the_rims_grey():
    picture = page()[130:190, 60:400]  # no margin at all
    straight = lines_of(picture)
    cut = line_view(picture, straight.lines[0], straight.back).picture
    assert cut.min() >= 55 and (cut == 0).sum() == 0


def test_columns_of_frames_lie_in_the_pieces_pixels():
    picture = page()
    straight = lines_of(picture)
    view = line_view(picture, straight.lines[0], straight.back)
    frames = view.picture.shape[1] // 4
    left, right = view.columns(0, frames, frames)
    assert left == view.left and right - left == pytest.approx(view.picture.shape[1])


def test_of_a_wide_gap_little_is_left_and_columns_behind_it_are_mapped_past_it():
    picture = np.minimum(page("1"), np.roll(page("2"), 500, axis=1))
    straight = lines_of(picture)
    near, far = sorted(straight.lines[0], key=lambda piece: piece.left)
    view = line_view(picture, straight.lines[0], straight.back)
    width = view.picture.shape[1]
    ink = np.flatnonzero((view.picture < 130).any(axis=0))
    gap = int(np.diff(ink).max())
    assert 0.3 * near.height < gap < 0.5 * near.height and far.left - near.right > 4 * near.height
    second = int(ink[np.diff(ink).argmax() + 1])
    assert view.columns(int(ink[0]), second - gap + 1, width) == pytest.approx((near.left, near.right), abs=2)
    assert view.columns(second, int(ink[-1]) + 1, width) == pytest.approx((far.left, far.right), abs=2)


def test_a_line_is_cut_between_the_stretches_and_far_ink_belongs_to_none():
    pieces = [Piece(0, 0, np.full((60, 100), 255, np.uint8)), Piece(400, 10, np.full((30, 10), 255, np.uint8))]
    first, second = cut_at(pieces, [(10, 30), (60, 80)])
    assert (first.left, first.right, second.left) == (0, 45, 45)
    assert second.right <= 70 + 0.7 * 60


def test_a_stretch_without_ink_is_a_blank_piece():
    [blank] = cut_at([Piece(0, 0, np.full((60, 20), 255, np.uint8))], [(300, 320)])
    assert blank.width >= 1 and not blank.ink.any()
