"""A mask of ink corrected by what the picture shows around it."""

import cv2
import numpy as np
import pytest

from core.preprocessing.whole_strokes import edges_of_areas, with_whole_strokes

MAX_CONTRAST = 60.0


@pytest.mark.parametrize("strokes", [0, 2, 20])
def test_the_edge_of_a_table_is_found_below_however_many_slanted_strokes(strokes):
    grey, mask = np.full((600, 800), 220, np.uint8), np.zeros((600, 800), np.uint8)
    for top in np.linspace(10, 430, strokes).astype(int).tolist():
        for drawn, level in ((grey, 40), (mask, 1)):
            cv2.line(drawn, (20, top), (780, top + 150), level, 3)
    grey[590:], mask[590:593] = 60, 1
    edges = edges_of_areas(mask, grey, MAX_CONTRAST)
    assert edges[590:593].all() and not edges[:580].any()


@pytest.mark.parametrize("size", [(8, 2), (40, 20)])
def test_short_and_broad_pieces_are_no_edges_of_areas(size):
    grey, mask = np.full((60, 80), 220, np.uint8), np.zeros((60, 80), np.uint8)
    length, width = size
    grey[30:] = 60
    mask[30 : 30 + width, 10 : 10 + length] = 1
    assert not edges_of_areas(mask, grey, MAX_CONTRAST).any()


def test_a_stroke_that_was_mostly_found_is_whole():
    is_ink = np.zeros((80, 120), bool)
    is_ink[20:60, 30:36] = is_ink[20:60, 60:66] = True
    mask = is_ink.astype(np.uint8)
    mask[48:60, 30:36] = mask[40:60, 60:66] = 0  # seven tenths of one are found, half of the other
    found = with_whole_strokes(mask, is_ink)
    assert found[20:60, 30:36].all() and np.array_equal(found[:, 50:], mask[:, 50:])


@pytest.mark.parametrize("rest", [np.s_[56:80, 34:38], np.s_[38:40, 40:110]])
def test_what_goes_on_to_the_rim_or_far_beyond_is_not_made_whole(rest):
    is_ink = np.zeros((80, 120), bool)
    is_ink[20:56, 30:40] = is_ink[rest] = True
    mask = is_ink.astype(np.uint8)
    mask[rest] = 0
    assert np.array_equal(with_whole_strokes(mask, is_ink), mask)
