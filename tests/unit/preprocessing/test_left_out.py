"""What was left out of a reading is named by its form."""

import cv2
import numpy as np
import pytest

from core.preprocessing.left_out import LINES, OTHER, RIM, find_left_out


def blank():
    return np.zeros((200, 300), np.uint8)


def with_line(picture):
    picture[100:103, 10:290] = 255


def with_frame(picture):
    cv2.rectangle(picture, (30, 30), (270, 170), 255, 4)


def with_table(picture):
    picture[:, :40] = 255


def with_print(picture):
    cv2.putText(picture, "B", (100, 120), cv2.FONT_HERSHEY_SIMPLEX, 3, 255, 12)


@pytest.mark.parametrize(
    ("draw", "reason"), [(with_line, LINES), (with_frame, LINES), (with_table, RIM), (with_print, OTHER)]
)
def test_ink_is_named_by_its_form(draw, reason):
    picture = blank()
    draw(picture)
    found = find_left_out(picture, blank() > 0)
    assert found.reasons == (reason,) and found.sentence == f"Left out as no handwriting: {reason}."


def test_several_kinds_are_named_in_one_sentence():
    picture = blank()
    with_table(picture)
    with_print(picture)
    sentence = find_left_out(picture, blank() > 0).sentence
    assert sentence in (f"Left out as no handwriting: {one} and {two}." for one, two in ((RIM, OTHER), (OTHER, RIM)))


def test_what_was_read_and_the_edges_of_its_strokes_are_not_left_out():
    picture = blank()
    with_print(picture)
    inside = cv2.erode(picture, np.ones((3, 3), np.uint8)) > 0
    assert find_left_out(picture, inside).sentence == ""
