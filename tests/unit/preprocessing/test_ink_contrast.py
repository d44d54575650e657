"""The strength of ink inside the place where handwriting is."""

import cv2
import numpy as np
import pytest

from core.preprocessing.components import find_components
from core.preprocessing.ink_contrast import (
    MAX_JOINED,
    MIN_COVERED_SHARE,
    NEARLY_ALL,
    complete_ink,
    contrast_like,
    measure_ink,
)
from core.preprocessing.ink_strength import ink_strength

STROKE = np.array([[30, 25], [70, 25], [45, 95]])


def ink(width=7):
    """A 7, anti-aliased: (120, 100) float in [0, 1]."""
    drawn = np.zeros((120, 100), np.uint8)
    cv2.polylines(drawn, [STROKE], False, 255, width, cv2.LINE_AA)
    return drawn / 255


def measured(picture, drawn, scale=1):
    place = cv2.resize((drawn > 0.4).astype(np.float32), None, fx=1 / scale, fy=1 / scale)
    return measure_ink(np.clip(picture, 0, 255).astype(np.uint8), place)


@pytest.mark.parametrize(("paper", "pen"), [(255, 0), (0, 255), (200, 150), (90, 160)])
def test_full_ink_is_full_strength_and_paper_none_whatever_their_greys(paper, pen):
    drawn = ink()
    strength = measured(paper + (pen - paper) * drawn, drawn)
    assert strength[drawn > 0.99].min() > 240 and not strength[drawn == 0].any()


def test_half_covered_pixels_are_half_as_strong():
    drawn = ink()
    strength = measured(220 - 180 * drawn, drawn)
    half = strength[(drawn > 0.4) & (drawn < 0.6)]
    assert 90 < np.median(half) < 165


@pytest.mark.parametrize("rows", [120, 190, 210, 320])
def test_a_bit_of_a_table_is_dropped_however_large_the_table_is(rows):
    measured, all_ink = np.zeros((400, 600), np.uint8), np.zeros((400, 600), np.uint8)
    measured[10:60, 40:70] = all_ink[10:60, 40:70] = 255
    all_ink[400 - rows :] = 255
    measured[340:390, 100:130] = measured[370:375, 300:340] = 255
    found = complete_ink(measured, all_ink)
    assert found[10:60, 40:70].all() and not found[370:375, 300:340].any()


@pytest.mark.parametrize("scale", [1, 2])
def test_what_lies_elsewhere_is_no_ink(scale):
    drawn = ink()
    picture = 220 - 180 * drawn
    picture[:, 88:92] = 40  # a printed line beside the digit
    strength = measured(picture, drawn, scale)
    assert not strength[:, 86:].any() and strength[drawn > 0.99].mean() > 230


def test_uneven_light_does_not_change_the_ink():
    drawn = ink()
    light = np.linspace(0.4, 1, 100)[None] * np.linspace(1, 0.7, 120)[:, None]
    strength = measured((220 - 170 * drawn) * light, drawn)
    assert strength[drawn > 0.99].min() > 120 and not strength[drawn == 0].any()


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_picture_that_is_all_paper_or_all_ink_has_no_strength_or_is_whole(value):
    probabilities = np.full((40, 50), value, np.float32)
    strength = measure_ink(np.full((40, 50), 90, np.uint8), probabilities)
    assert strength.shape == (40, 50) and len(np.unique(strength)) == 1


def test_a_digit_that_was_found_in_part_is_taken_whole():
    everything = np.round(255 * ink()).astype(np.uint8)
    found = everything.copy()
    found[50:70] = 0
    assert np.array_equal(complete_ink(found, everything), everything)


def test_one_digit_that_was_found_in_many_pieces_is_taken_whole():
    everything = np.round(255 * ink()).astype(np.uint8)
    found = everything.copy()
    found[::7] = found[1::7] = 0
    assert find_components(found > 0).stats.shape[0] - 1 > 2 * MAX_JOINED
    assert np.array_equal(complete_ink(found, everything, single=True), everything)


def test_of_a_digit_on_a_printed_line_only_what_was_measured_counts():
    digit = np.round(255 * ink()).astype(np.uint8)
    page = np.pad(digit, ((0, 0), (200, 200)))
    ruled = page.copy()
    ruled[70:73] = 255
    assert np.array_equal(complete_ink(page, ruled), page)


def test_squares_that_join_a_page_of_thick_digits_are_no_ink():
    digit = np.round(255 * ink()).astype(np.uint8)
    digit = digit[np.ix_(digit.any(axis=1), digit.any(axis=0))]
    height, width = digit.shape
    page = np.zeros((2 * height + 60, 6 * width + 140), np.uint8)
    for top in (20, 40 + height):
        for left in range(20, page.shape[1] - width, width + 20):
            page[top : top + height, left : left + width] = digit
    squared = page.copy()
    squared[::40] = squared[:, ::40] = 255
    covered = np.count_nonzero(page) / np.count_nonzero(squared)
    assert MIN_COVERED_SHARE < covered < NEARLY_ALL, "the squares and all digits are one piece, mostly handwriting"
    assert np.array_equal(complete_ink(page, squared), page)


def framed_page(digits_on_frame=0):
    """What was measured and all ink of a page with two digits, a frame, and others that touch the frame."""
    digit = np.round(255 * ink()).astype(np.uint8)
    everything = np.zeros((400, 700), np.uint8)
    cv2.rectangle(everything, (20, 20), (680, 380), 255, 4)
    measured = np.zeros_like(everything)
    for left in (100, 300):
        measured[60:180, left : left + 100] = digit
    for number in range(digits_on_frame):
        left = 60 + 120 * number
        measured[270:390, left : left + 100] = digit
        everything[375:383, left : left + 100] = 255
    return measured, np.maximum(everything, measured)


def test_bits_of_a_frame_are_no_ink_beside_writing():
    measured, everything = framed_page()
    with_bits = measured.copy()
    with_bits[18:24, 20:60] = 255  # a corner
    with_bits[200:360, 678:682] = 255  # a long thin piece of its side
    assert np.array_equal(complete_ink(with_bits, everything), measured)


def test_a_large_corner_of_a_frame_is_no_ink_and_a_digit_that_touches_it_is():
    measured, everything = framed_page(digits_on_frame=1)
    with_corner = measured.copy()
    with_corner[240:382, 678:682] = with_corner[378:382, 560:682] = 255  # as high as digits and as wide
    found = complete_ink(with_corner, everything)
    assert np.array_equal(found[:, 560:], np.zeros_like(found[:, 560:]))
    assert (found[280:370, 60:160] > 0).any()


def test_writing_that_mostly_touches_a_frame_stays():
    measured, everything = framed_page(digits_on_frame=4)
    assert (complete_ink(measured, everything)[measured > 0] > 0).all()


def test_a_corner_alone_is_no_ink_and_a_digit_on_a_frame_is():
    _, everything = framed_page()
    everything[60:180] = 0
    everything[18:382, 18:24] = everything[18:382, 676:684] = 255
    corner = np.zeros_like(everything)
    corner[18:24, 20:45] = 255
    assert not complete_ink(corner, everything).any()
    digit = np.zeros_like(everything)
    digit[280:400, 300:400] = np.round(255 * ink()).astype(np.uint8)
    assert complete_ink(digit, np.maximum(everything, digit)).any()


def found_without_bar(drawn):
    """Where ink was found of a 7 whose bar looks like a printed line, (h, w) float32."""
    found = (drawn > 0.4).astype(np.float32)
    found[20:31, 20:58] = 0
    return found


def test_the_level_stroke_of_a_single_digit_is_ink_too():
    drawn = ink()
    picture = np.clip(220 - 140 * drawn, 0, 255).astype(np.uint8)
    picture[60:] = np.minimum(picture[60:], 190)  # a shade beneath part of it
    found = found_without_bar(drawn)
    assert not measure_ink(picture, found)[22:29, 32:50].any(), "in a line of digits a printed line may touch one"
    single = measure_ink(picture, found, single=True)
    assert single[drawn > 0.99].min() > 200 and not single[70:90, 70:].any()


def test_a_printed_line_through_a_single_digit_stays_none():
    drawn = ink()
    picture = np.clip(220 - 140 * drawn, 0, 255).astype(np.uint8)
    picture[24:27] = 80  # from rim to rim
    assert not measure_ink(picture, found_without_bar(drawn), single=True)[24:27, 80:].any()


@pytest.mark.parametrize("inverted", [False, True])
def test_the_edge_of_a_table_is_no_stroke_and_a_thin_stroke_is(inverted):
    picture = np.full((200, 200), 200, np.uint8)
    picture[:, 180:] = 40
    cv2.line(picture, (60, 100), (52, 150), 40, 3)
    edge, stroke = np.zeros((200, 200), np.float32), np.zeros((200, 200), np.float32)
    edge[100:150, 180:183] = 0.9
    cv2.line(stroke, (60, 100), (52, 150), 0.9, 3)
    picture = 255 - picture if inverted else picture
    assert not measure_ink(picture, edge).any()
    both = measure_ink(picture, np.maximum(edge, stroke))
    assert not both[:, 170:].any() and both[stroke > 0].min() > 200


def test_bits_of_graph_paper_at_the_rim_are_no_ink_however_many():
    paper = np.zeros((381, 689), np.uint8)
    paper[::12] = paper[:, ::12] = 120
    bits = np.zeros_like(paper)
    for column in range(36, 420, 60):
        bits[373:, column : column + 2] = 255
    assert not complete_ink(bits, np.maximum(paper, bits)).any()
    digits = np.zeros_like(paper)
    digits[100:150, 60:660:100] = 255  # six 1s, which are higher
    assert (complete_ink(digits, np.maximum(paper, digits))[digits > 0] > 0).all()


def test_a_thick_stroke_keeps_its_middle_where_all_ink_lacks_it():
    measured = np.round(255 * ink(25)).astype(np.uint8)
    hollow = measured.copy()
    hollow[50:60, 55:64] = 0
    assert measured[50:60, 55:64].min() == 255
    assert complete_ink(measured, hollow)[50:60, 55:64].min() == 255


@pytest.mark.parametrize(("paper", "pen"), [(245, 25), (25, 245)])
def test_ink_that_fills_most_of_a_picture_has_the_polarity_of_what_was_found(paper, pen):
    picture = np.full((160, 80), pen, np.uint8)
    picture[60:150, 6:34] = picture[40:64, 40:50] = paper
    found = np.zeros((80, 40), np.float32)
    found[5:15, 8:30] = 0.8
    strength = ink_strength(contrast_like(picture, found))
    assert strength[picture == pen].min() == 255 and not strength[picture == paper].any()
    assert contrast_like(picture, np.zeros_like(found)) is None
    assert contrast_like(np.full((8, 8), 90, np.uint8), np.ones((8, 8), np.float32)) is None
