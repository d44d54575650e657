"""The grey picture of a line, cut out level and upright."""

import cv2
import numpy as np
import pytest

from core.preprocessing.deskew import deskew_lines
from core.preprocessing.line_picture import line_picture, line_views
from core.preprocessing.segmentation import find_pieces, group_lines


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
        cut = line_picture(picture, pieces, straight.back)
        rows = np.flatnonzero((cut < 130).any(axis=1))
        ink = (cut < 130).sum() / np.linalg.det(np.linalg.inv(straight.back))
        assert ink == pytest.approx((picture < 130).sum() / 2, rel=0.08), "all of its ink, and no other line's"
        assert rows[-1] - rows[0] < 0.85 * len(cut), "level, with a margin"


def test_the_whole_picture_is_seen_too_where_it_shows_one_line_alone():
    picture = page()[100:200]
    straight = lines_of(picture)
    assert len(line_views(picture, straight.lines[0], straight.back, alone=True)) == 2
    assert len(line_views(picture, straight.lines[0], straight.back, alone=False)) == 1
    tall = np.pad(picture, ((200, 200), (0, 0)), constant_values=200)
    straight = lines_of(tall)
    assert len(line_views(tall, straight.lines[0], straight.back, alone=True)) == 1


def test_a_line_at_the_rim_is_cut_out_with_the_rims_grey():
    picture = page()[130:190, 60:400]  # no margin at all
    straight = lines_of(picture)
    cut = line_picture(picture, straight.lines[0], straight.back)
    assert cut.min() >= 55 and (cut == 0).sum() == 0
