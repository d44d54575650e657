"""A person's edits of a picture: boxes, part and labels, and their undo."""

from dataclasses import replace

import numpy as np
import pytest

from core.recognition import edits
from core.recognition.edits import EditHistory, Edits, ReadingArea, clip_box, split_box
from tests.support.digits import digit

A, B, C = (0, 0, 10, 20), (12, 0, 10, 20), (24, 0, 10, 20)
LIMITS = (0, 0, 100, 50)
NEW = (50, 10, 10, 20)


@pytest.fixture
def history():
    return EditHistory()


def boxes_after(history, old, new):
    history.replace_boxes((A, B, C), old, new, LIMITS)
    return history.now.area.boxes


def test_at_first_all_of_a_picture_is_read_in_boxes_that_are_found(history):
    assert history.now == Edits() and history.now.area == ReadingArea()
    assert not history.can_undo
    history.undo()
    assert history.now == Edits()


@pytest.mark.parametrize(
    ("old", "new", "boxes"),
    [
        ([], [NEW], (A, B, C, NEW)),
        ([B], [], (A, C)),
        ([A], [NEW], (B, C, NEW)),
        ([A, B], [(0, 0, 22, 20)], (C, (0, 0, 22, 20))),
        ([A], [(0, 0, 4, 20), (4, 0, 6, 20)], (B, C, (0, 0, 4, 20), (4, 0, 6, 20))),
        ([A], [B], (B, C)),
        ([], [(90, 40, 30, 30), (200, 0, 9, 9)], (A, B, C, (90, 40, 10, 10))),
    ],
    ids=["add", "delete", "move", "join", "split", "onto another", "over the rim"],
)
def test_boxes_are_replaced_and_undo_brings_back_those_that_are_found(history, old, new, boxes):
    assert boxes_after(history, old, new) == boxes
    history.undo()
    assert history.now == Edits()


def test_a_change_of_a_box_that_is_no_longer_there_does_nothing(history):
    boxes_after(history, [A], [])
    assert boxes_after(history, [A], [NEW]) == (B, C)
    history.undo()
    assert not history.can_undo


def test_each_step_is_undone_by_itself_labels_too(history):
    boxes_after(history, [A], [])
    history.set_label(B, 7)
    history.set_label(B, 7)
    history.set_crop((10, 10, 20, 20), LIMITS)
    history.set_all_ink(True)
    assert history.now == Edits(ReadingArea((10, 10, 20, 20), True), {B: 7})
    history.undo()
    assert not history.now.area.all_ink
    history.undo()
    assert history.now == Edits(ReadingArea(boxes=(B, C)), {B: 7})
    history.undo()
    assert history.now.labels == {} and history.now.area.boxes == (B, C)
    history.undo()
    assert not history.can_undo


def test_a_label_stays_with_its_box_whatever_becomes_of_the_others(history):
    history.set_label(A, 7)
    history.set_label(B, None)
    boxes_after(history, [C], [NEW])
    assert history.now.labels == {A: 7, B: None}
    history.remove_label(A)
    assert history.now.labels == {B: None}


def test_a_part_is_cut_off_at_the_rim_and_one_too_small_is_not_meant(history):
    history.set_crop((-5, -5, 30, 30), LIMITS)
    assert history.now.area.crop == (0, 0, 25, 25)
    for crop in ((0, 0, 3, 30), (300, 0, 30, 30)):
        history.set_crop(crop, LIMITS)
        assert history.now.area.crop == (0, 0, 25, 25)
    history.set_crop(None, LIMITS)
    assert history.now.area == ReadingArea()


def test_another_part_is_read_in_boxes_that_are_found(history):
    boxes_after(history, [A], [])
    history.set_crop((10, 10, 20, 20), LIMITS)
    assert history.now.area.boxes is None


def test_no_more_boxes_and_steps_are_kept_than_the_limits_say(history, monkeypatch):
    monkeypatch.setattr(edits, "MAX_BOXES", 3)
    monkeypatch.setattr(edits, "MAX_UNDO", 5)
    assert boxes_after(history, [], [NEW]) is None
    for label in range(10):
        history.set_label(A, label)
    for _ in range(20):
        history.undo()
    assert history.now.labels == {A: 4}


def test_an_area_is_read_in_steps_each_from_the_one_before():
    whole, part = ReadingArea(), ReadingArea((1, 2, 30, 40), True)
    by_hand = replace(part, boxes=(A,))
    assert whole.ways == (whole,)
    assert part.ways == (whole, part)
    assert by_hand.ways == (whole, part, by_hand)
    assert ReadingArea(boxes=()).ways == (whole, ReadingArea(boxes=()))


@pytest.mark.parametrize(("box", "inside"), [(A, A), ((-5, -5, 10, 10), (0, 0, 5, 5)), ((100, 0, 5, 5), None)])
def test_a_box_is_clipped(box, inside):
    assert clip_box(box, LIMITS) == inside


def two_strokes(left, right):
    """A digit whose box is 100 pixels wide, in truth two upright strokes in these columns of its 28×28."""
    image = np.zeros((28, 28), np.uint8)
    image[8:20, [left, left + 1, right, right + 1]] = 255
    image[14, left:right] = 40  # they touch
    return replace(digit(8), box=(200, 5, 100, 60), image=image)


def test_a_digit_is_split_between_its_strokes():
    assert split_box(two_strokes(4, 22)) == [(200, 5, 50, 60), (250, 5, 50, 60)]
    image = two_strokes(4, 22)
    image.image[14, 10:13] = 0
    (_, _, first, _), (left, _, second, _) = split_box(image)
    assert first == left - 200 == 100 - second and 30 <= first <= 45


@pytest.mark.parametrize("width", [2, 3, 40])
def test_a_box_without_ink_is_split_in_the_middle(width):
    first, second = split_box(replace(digit(1), box=(0, 0, width, 9)))
    assert abs(first[2] - second[2]) <= 1 and second[0] == first[2] == width - second[2]


def test_a_box_of_one_column_stays_whole():
    assert split_box(replace(digit(1), box=(3, 4, 1, 9))) == [(3, 4, 1, 9)]


def test_where_boxes_are_not_shown_only_steps_of_the_part_can_be_undone():
    edits = EditHistory()
    assert not edits.can_undo_part
    edits.set_crop((0, 0, 50, 50), (0, 0, 100, 100))
    assert edits.can_undo_part
    edits.set_label((1, 2, 3, 4), 7)
    assert edits.can_undo and not edits.can_undo_part


def test_an_area_remembers_how_the_picture_lay():
    edits = EditHistory()
    edits.set_crop((0, 0, 50, 50), (0, 0, 100, 100), turn=90)
    assert edits.now.area.turn == 90
    edits.set_crop(None, (0, 0, 100, 100))
    assert edits.now.area.turn == 0
