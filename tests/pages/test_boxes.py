"""Boxes by hand, a part of a picture, ink that was left out and advice, on the Recognize page without a browser."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from core.corrections import CorrectionStore
from core.datasets.mnist import load_mnist
from core.recognition import PictureResult, Reading, ReadingMode, ReadingView, Recognizer
from core.recognition.advice import DARK
from core.recognition.edits import EditHistory
from pages.widgets.components.boxes import handle_event
from tests.support.app import plain, probabilities, words
from tests.support.digits import TWO_LINES, digit

SIDE = 84  # of a digit's cell, pixels
SAID = "A frame around the digits was left out."


def page_file(shade=1.0):
    """Two rows of MNIST's digits, 721 and 041, dark on light."""
    cells = [np.pad(image, 7).repeat(2, 0).repeat(2, 1) for image in load_mnist().test.images[:6]]
    paper = 255 - np.vstack([np.hstack(cells[:3]), np.hstack(cells[3:])])
    file = io.BytesIO()
    Image.fromarray((paper * shade).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def page(app):
    """The page after an upload of a picture of six digits."""

    def open_page(single=False, files=None):
        at = app("recognize", single=single, way="upload")
        sent = [(name, data, "image/png") for name, data in files or [("page.png", page_file())]]
        return at.file_uploader(key="pictures").set_value(sent).run()

    return open_page


@pytest.fixture
def taken(monkeypatch):
    """What can be downloaded, by the file's suffix."""
    offered, real = {}, st.download_button

    def keep(label, data, file_name, *more, **settings):
        offered[file_name.rpartition(".")[2]] = data() if callable(data) else data
        return real(label, data, file_name, *more, **settings)

    monkeypatch.setattr(st, "download_button", keep)
    return offered


def shown(at):
    """What the component of the boxes is told."""
    [found] = [each.proto for each in at.get("bidi_component") if each.proto.component_name == "studio_boxes"]
    return json.loads(found.json)


def history(at, number=0):
    """The edits of the picture that was sent as this one of several."""
    return at.session_state["edits"][at.session_state["uploads"]["pictures"].entries[number][0]]


def do(at, event):
    """Do what an event of the browser says to the picture that is shown, and draw the page again."""
    known = at.session_state["answers"]["pictures"].results
    result = list(known.values())[-1]
    picked = handle_event(event, ReadingView.of(result, history(at), "name"))
    at.run()
    assert not at.exception
    return picked


def text(at):
    return at.code[0].value


def found_boxes(at):
    return [each["box"] for each in shown(at)["digits"]]


def test_boxes_are_deleted_joined_moved_and_added_and_undone(page, taken):
    at = page()
    boxes = found_boxes(at)
    assert text(at) == "721\n041" and not shown(at)["can_undo"]
    do(at, {"old": [boxes[1]], "new": []})
    assert text(at) == "71\n041" and shown(at)["can_undo"]
    left, top, width, height = boxes[3]
    do(at, {"old": [boxes[3]], "new": [[left - 4, top - 4, width + 8, height + 8]]})
    assert text(at) == "71\n041"
    do(at, {"old": [], "new": [boxes[1]]})
    assert text(at) == "721\n041"
    assert len(json.loads(taken["json"])["digits"]) == 6
    assert [left - 4, top - 4, width + 8, height + 8] in [each["box"] for each in json.loads(taken["json"])["digits"]]
    for _ in range(3):
        do(at, {"undo": True})
    assert found_boxes(at) == boxes and not shown(at)["can_undo"]


def test_what_was_typed_stays_with_the_boxes_that_do_not_change(page, taken):
    at = page()
    boxes = found_boxes(at)
    do(at, {"label": 9, "box": boxes[0]})
    do(at, {"old": [boxes[1], boxes[2]], "new": []})
    assert text(at) == "9\n041" and taken["txt"] == "9\n041"
    marks = [each["mark"] for each in json.loads(taken["json"])["digits"]]
    assert marks == ["by hand", "sure", "sure", "sure"]
    do(at, {"undo": True})
    do(at, {"undo": True})
    assert text(at) == "721\n041"


def test_a_digit_is_split_and_its_first_half_is_picked(page):
    at = page()
    box = found_boxes(at)[4]
    picked = do(at, {"split": box})
    assert picked[:2] == tuple(box[:2]) and len(found_boxes(at)) == 7
    assert do(at, {"split": box}) is None, "it is no longer there"
    assert len(found_boxes(at)) == 7


def kept_labels(store):
    return {each.id: each.label for each in CorrectionStore(store.root).find()}


def test_the_label_of_a_box_that_was_split_is_not_kept_until_that_is_undone(page, store):
    at = page()
    box = found_boxes(at)[4]
    do(at, {"label": 4, "box": box})
    assert kept_labels(store) == {1: "4"}
    do(at, {"split": box})
    assert kept_labels(store) == {}
    do(at, {"undo": True})
    assert kept_labels(store) == {1: "4"}


def test_the_undo_of_a_second_label_brings_the_earlier_one_back(page, store):
    at = page()
    box = found_boxes(at)[0]
    do(at, {"label": 4, "box": box})
    do(at, {"label": 5, "box": box})
    assert kept_labels(store) == {1: "5"}
    do(at, {"undo": True})
    assert kept_labels(store) == {1: "4"}
    do(at, {"label": None, "box": box})
    assert kept_labels(store) == {}


def test_only_a_part_is_read_and_then_the_whole_again(page):
    at = page()
    do(at, {"crop": [0, SIDE, 3 * SIDE, SIDE]})
    assert text(at) == "041"
    assert shown(at)["crop"] == [0, SIDE, 3 * SIDE, SIDE] and (shown(at)["width"], shown(at)["height"]) == (252, 168)
    assert all(box[1] > SIDE for box in found_boxes(at))
    at.switch_page("pages/train.py").run()
    at.switch_page("pages/recognize.py").run()
    assert text(at) == "041", "the part is kept"
    do(at, {"crop": None})
    assert text(at) == "721\n041" and shown(at)["crop"] is None


def test_a_picture_of_one_digit_is_cropped_too(page):
    at = page(single=True)
    assert shown(at)["mode"] == "crop" and shown(at)["digits"] == []
    do(at, {"crop": [SIDE, SIDE, SIDE, SIDE]})
    assert np.argmax(probabilities(at)) == 4
    at.radio(key="single").set_value(False).run()
    assert text(at) == "4", "the part is the picture's"


def test_of_a_picture_without_boxes_it_is_said_what_to_do_and_one_can_be_added(page):
    at = page()
    boxes = found_boxes(at)
    do(at, {"old": boxes, "new": []})
    assert "There is no box to read. Add one, or undo." in plain(words(at))
    assert shown(at)["digits"] == [] and shown(at)["mode"] == "boxes"
    do(at, {"old": [], "new": [boxes[0]]})
    assert text(at) == "7"


def test_the_table_stays_in_order_while_one_of_its_pictures_is_changed(page):
    small = np.array(Image.open(io.BytesIO(page_file())).crop((0, 0, SIDE, SIDE)))
    file = io.BytesIO()
    Image.fromarray(small).save(file, "PNG")
    at = page(files=(("page.png", page_file()), ("seven.png", file.getvalue())))
    before, key = list(at.dataframe[0].value["file"]), at.dataframe[0].key
    for number in range(2):
        history(at, number).set_crop((0, 0, 40, 40), (0, 0, SIDE, SIDE))
    at.run()
    assert not at.exception
    assert list(at.dataframe[0].value["file"]) == before and at.dataframe[0].key == key


def test_only_what_is_shown_of_a_picture_is_kept(page):
    at = page()
    boxes = found_boxes(at)
    for box in boxes[:4]:
        do(at, {"old": [box], "new": []})
    do(at, {"undo": True})
    at.run()
    assert len(at.session_state["answers"]["pictures"].results) == 2


@pytest.fixture
def leaves_out(monkeypatch):
    """A reader that leaves ink out of every picture, unless all is to be read."""
    read = Recognizer.read_many

    def read_many(self, pictures, single=False, all_ink=False, find_turn=True):
        found = read(self, pictures, single)
        return found if all_ink else [replace(each, left_out=SAID) for each in found]

    monkeypatch.setattr(Recognizer, "read_many", read_many)


@pytest.mark.parametrize("single", [True, False])
def test_what_was_left_out_is_said_and_read_all_the_same_at_a_press(page, leaves_out, single):
    at = page(single)
    assert SAID in plain(words(at)) and not at.warning
    assert at.button(key="all_ink").label == "Read it all the same"
    at.button(key="all_ink").click().run()
    assert not at.exception
    assert SAID not in plain(words(at)) and "All ink is read" in plain(words(at))
    assert at.button(key="all_ink").label == "Leave it out again"
    at.button(key="all_ink").click().run()
    assert at.button(key="all_ink").label == "Read it all the same"


@pytest.mark.parametrize("single", [True, False])
def test_where_all_ink_was_left_out_no_one_says_that_there_is_none(page, monkeypatch, single):
    def read_many(self, pictures, single=False, all_ink=False, find_turn=True):
        return [Reading("", (), (), left_out="" if all_ink else SAID) for _ in pictures]

    monkeypatch.setattr(Recognizer, "read_many", read_many)
    at = page(single)
    assert not at.exception
    assert SAID in plain(words(at)) and "no ink" not in plain(words(at))
    assert shown(at)["mode"] == ("crop" if single else "boxes"), "a part can be chosen, or a box be drawn"


def test_where_nothing_was_left_out_there_is_no_button(page):
    assert not [each for each in page().button if each.key == "all_ink"]


@pytest.mark.parametrize("single", [True, False])
def test_a_doubtful_reading_says_what_would_help(page, monkeypatch, single):
    doubtful = Reading("", (replace(digit(8, 0.3), box=(10, 10, 50, 60)),), ())
    monkeypatch.setattr(Recognizer, "read_many", lambda self, pictures, single: [doubtful] * len(pictures))
    at = page(single, files=(("dark.png", page_file(shade=0.25)),))
    assert not at.exception
    assert [plain(each.value) for each in at.info] == [DARK]


def test_a_drawn_number_has_no_tools(app):
    strokes = {"objects": [{"path": [["M", 40, 40], ["L", 110, 40], ["L", 70, 160]]}]}
    at = app("recognize", single=False, wide={"drawing": strokes}, canvas_width_px=640)
    assert not at.exception
    assert shown(at)["mode"] == "number"


VIEW_SIZE = (100, 50)


def view():
    return ReadingView.of(PictureResult("a", ReadingMode.LINES, digits=TWO_LINES, size=VIEW_SIZE), EditHistory(), "a")


@pytest.mark.parametrize(
    ("event", "boxes"),
    [
        ({"old": [], "new": [[90, 40, 90, 90.0]]}, (90, 40, 10, 10)),
        ({"old": [], "new": [[-5, -5, 10, 10]]}, (0, 0, 5, 5)),
        ({"old": [[1, 2, 3, 4]], "new": [[9, 9, 9, 9]]}, None),
        ({"split": [1, 2, 3, 4]}, None),
        ({"pick": [1, 2, 3, 4]}, None),
    ],
)
def test_boxes_of_the_browser_are_cut_off_at_the_picture_and_unknown_ones_ignored(event, boxes):
    shown = view()
    handle_event(event, shown)
    now = shown.edits.now.area.boxes
    assert now is None if boxes is None else now[-1] == boxes


def test_an_event_says_which_box_is_picked():
    assert handle_event({"old": [], "new": [[1, 2, 3, 4]], "pick": [1, 2, 3, 4]}, view()) == (1, 2, 3, 4)
    assert handle_event({"undo": True}, view()) is None


def test_a_label_that_was_typed_is_not_undone_by_the_choice_that_the_browser_still_shows(page):
    """While an event is on its way, the browser sends the choice that it shows, which is that before the event."""
    at = page()
    box = found_boxes(at)[0]
    late = next(each for each in at.radio if each.label == "It is")
    handle_event({"label": 5, "box": box}, ReadingView.of(PictureResult("a"), history(at), "a"))
    at.session_state["boxes_changed"] = 1
    at.run()
    assert text(at) == "521\n041"
    late.set_value(7)
    states = at._tree.get_widget_states()
    states.widgets.append(late._widget_state)
    at._run(states)
    assert not at.exception
    assert text(at) == "521\n041"


def test_what_the_browser_sends_of_a_digit_that_is_no_longer_picked_is_no_choice(page):
    at = page()
    truth = next(radio for radio in at.radio if radio.label == "It is")
    assert truth.value == 7
    late = at._tree.get_widget_states()  # of the first digit, whose label the browser shows
    at.button(key="go_Next").click().run()
    at._run(late)
    assert not at.exception
    assert not history(at).can_undo
