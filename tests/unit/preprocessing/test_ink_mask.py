"""Where ink is, for probabilities: what hangs together and is likely somewhere, and no sliver along the rim."""

import numpy as np
import pytest

from core.preprocessing.ink_mask import to_mask


def test_a_piece_is_what_hangs_together_and_is_likely_enough_somewhere():
    values = np.zeros((20, 40), np.float32)
    values[5, 2:12] = 0.4
    values[5, 2] = 0.9  # a stroke that grows faint
    values[12, 20:35] = 0.5  # a faint line alone
    mask = to_mask(values)
    assert mask.dtype == np.uint8 and mask[5, 2:12].all() and mask.sum() == 10


def likely(*boxes):
    """Probabilities of a picture (100, 200) in which there is ink in boxes of left, top, right, bottom."""
    values = np.zeros((100, 200), np.float32)
    for left, top, right, bottom in boxes:
        values[top:bottom, left:right] = 0.9
    return values


@pytest.mark.parametrize("sliver", [(0, 30, 3, 60), (197, 0, 200, 100), (40, 0, 90, 3), (0, 94, 200, 100)])
def test_a_sliver_along_the_rim_is_no_ink(sliver):
    assert not to_mask(likely(sliver)).any()


def test_what_a_cell_leaves_of_its_wall_at_the_rim_is_no_stroke_beside_a_digit():
    digit, wall = (80, 20, 140, 90), (1, 40, 5, 72)
    assert not to_mask(likely(digit, wall))[:, :5].any()


def test_a_wedge_of_table_in_a_corner_is_no_ink_and_a_digit_in_one_is():
    digit, wedge = (100, 10, 115, 40), (0, 55, 15, 100)
    assert not to_mask(likely(digit, wedge))[:, :15].any()
    assert to_mask(likely(digit, (0, 0, 15, 35)))[:35, :15].all(), "as high as the one beside it"


def test_a_faint_stroke_in_line_with_digits_is_ink_and_one_elsewhere_is_none():
    values = likely((60, 20, 80, 60), (95, 22, 115, 61))
    values[24:58, 40:44] = 0.45
    values[24:58, 180:184] = values[70:96, 62:66] = 0.45
    found = to_mask(values)
    assert found[24:58, 40:44].all() and not found[:, 180:184].any() and not found[70:].any()
    values[:, 90:] = 0
    assert not to_mask(values)[:, 40:44].any(), "one digit is no line"


@pytest.mark.parametrize("specks", [np.s_[62:98:3, 2::3], np.s_[2:18:3, 2::3]])
def test_very_many_faint_specks_hide_no_faint_stroke(specks):
    values = np.zeros((100, 1800), np.float32)
    values[20:60, 360:380] = values[22:61, 395:415] = values[58:60, 386:388] = 0.9
    values[24:58, 340:344] = values[specks] = 0.45
    assert to_mask(values)[24:58, 340:344].all()


def test_two_joined_faint_digits_between_others_are_ink():
    values = likely((20, 20, 40, 60), (120, 20, 140, 60))
    values[25:58, 55:105] = 0.45
    assert to_mask(values)[25:58, 55:105].all()


def test_a_faint_dash_between_digits_and_a_faint_stroke_half_beside_them_are_none():
    values = likely((20, 20, 40, 60), (120, 20, 140, 60))
    values[38:44, 60:90] = 0.45
    values[45:79, 50:54] = 0.45
    found = to_mask(values)
    assert not found[:, 45:110].any()


def test_a_broad_faint_area_between_digits_is_none():
    values = likely((10, 20, 30, 60), (170, 20, 190, 60))
    values[25:58, 50:150] = 0.45
    assert not to_mask(values)[:, 40:160].any()


def test_very_many_pieces_are_compared_with_the_few_at_the_rim_alone():
    values = np.zeros((600, 600), np.float32)
    values[2::3, 2::3] = 0.9
    values[:, :9] = 0
    values[100:160, :2] = 0.9
    assert not to_mask(values)[:, :9].any()


def test_a_sliver_apart_from_writing_is_none_and_a_cut_off_stroke_beside_it_is_ink():
    digit, sliver, stroke = (100, 10, 115, 40), (0, 60, 4, 95), (0, 12, 5, 42)
    found = to_mask(likely(digit, sliver, stroke))
    assert found[10:40, 100:115].all() and found[12:42, :5].all() and not found[60:95, :4].any()
