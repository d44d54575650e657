"""The Teach page: what was kept, what is done to it, learning, and what it says where something is wrong."""

import io
import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from core.config.train_config import READER
from core.corrections import CorrectionError, CorrectionStore, NewCorrection, Source
from core.datasets.mnist import load_mnist
from core.evaluation.report import make_report
from core.pictures import uploads
from core.runs import teaching
from core.runs.default_model import default_model, set_default_model
from core.runs.teaching import Measures, TeachingResult
from core.training import teaching_filing
from pages.widgets.shared import corrections as labels
from pages.widgets.shared import models, visitor
from pages.widgets.teach import queue
from tests.support.app import plain, words
from tests.support.runs import finished_status

STROKE = {"objects": [{"path": [["M", 80, 70], ["L", 200, 70], ["L", 130, 230]]}]}


@pytest.fixture
def corrections(store):
    return CorrectionStore(store.root)


def keep(corrections, *labels):
    digits = load_mnist().test.images
    return corrections.add_many(
        [
            NewCorrection(digits[k], label, Source.DRAWN, f"{k}-{label}", "shipped", "Shipped", "1", 0.6)
            for k, label in enumerate(labels)
        ]
    )


def table(at):
    return at.dataframe[0].value


def label_keys(at):
    """The data of the component that labels the answer to one digit."""
    protos = [each.proto for each in at.get("bidi_component")]
    return next(json.loads(each.json) for each in protos if each.component_name == "studio_label_keys")


def test_an_empty_page_says_where_digits_are_kept(app):
    at = app("teach")
    assert not at.exception
    assert "Nothing is kept yet" in words(at)
    assert at.button(key="teach-learn").disabled


def test_what_was_kept_is_listed_newest_first_and_filtered(app, corrections):
    keep(corrections, "7", "1", "7")
    at = app("teach")
    assert not at.exception
    assert "3 digits are kept: 3 to learn from, every fifth" in words(at)
    assert table(at)["it is"].tolist() == ["7", "1", "7"]
    assert table(at)["was read"].tolist() == ["1", "right", "1"]
    at.session_state["teach_label"] = "7"
    at.run()
    assert table(at)["it is"].tolist() == ["7", "7"]
    corrections.delete([1])
    at.run()
    assert table(at)["it is"].tolist() == ["7"], "the filter stays when its count changes"


def test_classes_of_any_name_are_filtered_and_shown_as_they_are(app, corrections):
    names = ("All", "**b**", ":red[c]")
    digits = load_mnist().test.images
    corrections.add_many(
        [
            NewCorrection(digits[k], name, Source.DRAWN, name, "m", "M", "All", 0.6, classes=names)
            for k, name in enumerate(names)
        ]
    )
    at = app("teach")
    (pills,) = at.button_group
    assert [plain(each) for each in pills.options] == ["All", "**b** (1)", ":red[c] (1)", "All (1)"]
    assert pills.options[1].startswith("\\*") and pills.options[2].startswith("\\:red")
    at.session_state["teach_label"] = "All"
    at.run()
    assert not at.exception and table(at)["it is"].tolist() == ["All"]


def test_deleted_ones_come_back_and_are_removed_for_good(app, corrections, monkeypatch):
    monkeypatch.setattr(visitor, "is_at_this_machine", lambda: True)
    keep(corrections, "7", "1")
    at = app("teach")
    at.session_state["teach_table--1-2-0"] = {"selection": {"rows": [0]}}
    at.run()
    at.button(key="teach-delete").click().run()
    assert not at.exception and table(at)["it is"].tolist() == ["7"]
    at.button(key="teach-undo").click().run()
    assert table(at)["it is"].tolist() == ["1", "7"]
    corrections.delete([1])
    at.run()
    at.button(key="teach-purge").click().run()
    assert corrections.counts().deleted == 0 and corrections.count() == 1


def test_a_damaged_database_is_said_on_both_pages(app, corrections, store, finished_run):
    set_default_model(store.root, finished_run.id)
    corrections.path.parent.mkdir(parents=True, exist_ok=True)
    corrections.path.write_bytes(b"damaged" * 500)
    at = app("teach")
    assert not at.exception and "is damaged. Move it" in plain(words(at))
    assert at.button(key="teach-back")
    at = app("recognize", canvas={"drawing": STROKE})
    assert not at.exception and "is damaged. Move it" in plain(words(at))


def test_learning_files_a_run_with_the_corrections(app, corrections, store):
    keep(corrections, "7", "7")
    at = app("teach")
    at.button(key="teach-learn").click().run()
    assert not at.exception
    (run,) = store.all()
    assert run.config().start_from == READER and teaching.learns_from_corrections(run)
    assert "Waits for its turn" in "".join(each.proto.text for each in at.get("progress"))


def test_a_model_that_is_chosen_just_before_the_press_is_the_one_that_learns(app, corrections, store, finished_run):
    keep(corrections, "7", "7")
    at = app("teach")
    (models,) = [each for each in at.selectbox if each.label == "Which model learns"]
    models.set_value(finished_run.id)
    at.button(key="teach-learn").click().run()
    assert not at.exception
    assert store.all()[0].config().start_from == finished_run.id


MEASURES = Measures(9977, 10000, 1, 4, 3, 16, 0.99, 0.993, 0.002, 0.92)


def taught_run(store, corrections, after):
    keep(corrections, "7")
    run = teaching_filing.file_teaching(store)
    run.model_path.write_bytes(b"never loaded")
    teaching.write_result(run, TeachingResult(MEASURES, after, 0.85))
    run.write_report(make_report(np.eye(10), np.arange(10)))
    run.write_status(finished_status())
    return run


def test_the_measures_are_shown_and_the_model_becomes_the_reader(app, corrections, store, monkeypatch):
    monkeypatch.setattr(visitor, "is_at_this_machine", lambda: True)
    run = taught_run(store, corrections, Measures(9975, 10000, 4, 4, 16, 16, 0.98, 0.992, 0.002, 0.95))
    at = app("teach")
    assert not at.exception and not at.warning
    shown = at.table[0].value
    assert shown["before"][0] == "1 of 4 right" and shown["after"][0] == "4 of 4 right"
    assert shown["after"][2] == "99.75 %"
    at.button(key=f"teach-use-{run.id}").click().run()
    assert default_model(store.root) == run.id and at.session_state["chosen_model"] == run.id
    at.button(key="teach-back").click().run()
    assert not at.exception and default_model(store.root) == ""


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (Measures(9960, 10000, 4, 4, 16, 16, 0.98), "reads 17 of the 10,000 test images of MNIST fewer"),
        (Measures(9975, 10000, 4, 4, 16, 16, 0.85), "refuses only 85.0 %"),
    ],
)
def test_what_speaks_against_a_model_is_said(app, corrections, store, after, said):
    taught_run(store, corrections, after)
    at = app("teach")
    assert said in plain(words(at))


def test_a_default_model_that_is_gone_is_the_shipped_one(app, store):
    set_default_model(store.root, "20260101-000000-000-gone-0000")
    at = app("recognize")
    assert not at.exception and not at.warning
    assert at.selectbox(key="model").value == "shipped"


def test_the_default_model_is_chosen_on_recognize(app, store, finished_run):
    set_default_model(store.root, finished_run.id)
    assert app("recognize").selectbox(key="model").value == finished_run.id


def test_a_drawing_can_be_labelled_and_what_was_said_is_shown(app, corrections):
    at = app("recognize", canvas={"drawing": STROKE})
    assert label_keys(at)["answer"] == "7" and label_keys(at)["enabled"] and label_keys(at)["kept"] == ""
    place = label_keys(at)["place"]
    image = np.zeros((28, 28), np.uint8)
    corrections.add(NewCorrection(image, "1", Source.DRAWN, place, "shipped", "Shipped", "7", 0.9))
    at.run()
    assert label_keys(at)["label"] == "1" and label_keys(at)["kept"] == "Kept: it is a 1."


def test_nothing_can_be_labelled_before_there_is_an_answer(app):
    assert not label_keys(app("recognize"))["enabled"]


def test_a_digit_of_a_page_that_is_corrected_or_confirmed_is_kept(app, corrections):
    number = {
        "objects": [
            {"path": [["M", 40, 40], ["L", 110, 40], ["L", 70, 160]]},
            {"path": [["M", 200, 40], ["L", 200, 160]]},
        ]
    }
    at = app("recognize", single=False, canvas_width_px=640, wide={"drawing": number})
    at.button(key="right").click().run()
    assert not at.exception
    (kept,) = corrections.find()
    assert kept.source is Source.DRAWN and kept.is_confirmation
    assert sum(len(each.strokes) for each in corrections.examples()) == 1, "of the two strokes that of the digit"
    at.button(key="as_read").click().run()
    assert corrections.count() == 0 and corrections.counts().deleted == 1


@pytest.fixture
def presses(monkeypatch):
    """What a person presses before the queue is shown the next time, in one batch: the numbers of digits, and labels.

    `shown` is the name of the queue and the places of its digits.
    """
    told = SimpleNamespace(waiting=[], shown=[], gone_on=[])

    def label_queue(name, items, first, total, on_label, classes):
        told.shown = [name, *(each.place for each in items)]
        waiting, told.waiting = told.waiting, []
        told.gone_on = [on_label(items[number].place, label) for number, label in waiting]

    monkeypatch.setattr(queue, "label_queue", label_queue)
    return told


def encoded(index):
    """A picture of one of MNIST's digits, black on white, as a PNG."""
    file = io.BytesIO()
    Image.fromarray(255 - load_mnist().test.images[index].repeat(6, 0).repeat(6, 1)).save(file, "PNG")
    return file.getvalue()


def send_pictures(at, *more):
    at.session_state["teach_view"] = "Label many"
    at.run()
    files = [(f"{index}.png", encoded(index), "image/png") for index in (0, 1, 8)]
    at.file_uploader(key="teach_pictures").set_value([*files, *more]).run()
    assert not at.exception
    return at


def test_going_back_in_the_queue_takes_the_label_back(app, corrections, presses):
    at = send_pictures(app("teach"))
    presses.waiting = [(0, "3"), (0, "back"), (0, "")]
    at.run()
    assert not at.exception and corrections.counts().total == 0 and at.session_state["teach_queue_done"] == 1


def test_a_label_that_cannot_be_kept_leads_the_queue_back_to_its_digit(app, corrections, presses, monkeypatch):
    at = send_pictures(app("teach"))
    name = presses.shown[0]

    def fail(*_):
        raise CorrectionError("The disk is full.")

    monkeypatch.setattr(CorrectionStore, "add", fail)
    presses.waiting = [(0, "3")]
    at.run()
    assert presses.gone_on == [False] and at.session_state["teach_queue_done"] == 0
    at.run()
    assert presses.shown[0] != name, "the browser begins anew there"


def test_pictures_beyond_those_that_are_read_are_said(app, presses, monkeypatch):
    said = []
    monkeypatch.setattr(uploads, "MAX_PICTURES", 2)
    monkeypatch.setattr(queue.messages, "add_problem", said.append)
    at = send_pictures(app("teach"))
    assert len(presses.shown) == 3, "the name of the queue and two digits"
    assert [plain(each) for each in said] == ["1 more: The first 2 of 3 pictures are read; send the others separately."]
    at.file_uploader(key="teach_pictures").set_value([("none.zip", b"PK\x03\x04", "application/zip")]).run()
    assert not at.exception and "none.zip" in plain(said[1]) and len(said) == 2


def test_pictures_that_are_sent_anew_are_another_queue(app, presses):
    at = send_pictures(app("teach"))
    name = presses.shown[0]
    send_pictures(at)
    at.radio(key="teach_single").set_value(False).run()
    assert not at.exception and presses.shown[0] != name


def test_a_picture_that_is_sent_twice_is_asked_once_and_not_said_to_be_unreadable(app, presses, monkeypatch):
    problems = []
    monkeypatch.setattr(queue.messages, "add_problem", problems.append)
    send_pictures(app("teach"), ("8.png", encoded(8), "image/png"), ("notes.txt", b"hello", "text/plain"))
    assert len(presses.shown) == 1 + 3, "the queue's name, and each digit once"
    assert problems == ["Left out, for no digit could be read in them: 1 of the files."]


def test_a_damaged_reader_is_said_where_pictures_are_sent(app, corrections, store):
    run = taught_run(store, corrections, MEASURES)
    set_default_model(store.root, run.id)
    at = app("teach")
    send_pictures(at)
    assert "cannot be used" in plain("".join(each.value for each in at.toast))


def test_a_model_whose_run_is_gone_is_called_by_its_id(store):
    assert models.name_of("20260101-000000-000-gone-0000") == "20260101-000000-000-gone-0000"


def test_the_label_that_is_marked_is_taken_back_by_a_second_press(app, corrections, monkeypatch):
    waiting = []

    def label_keys(name, place, answer, label, on_label, drawn_on, classes):
        assert drawn_on == ("canvas", "5-1"), "so that a press on strokes that were not read yet waits for them"
        while waiting:
            on_label(waiting.pop())

    monkeypatch.setattr(labels, "label_keys", label_keys)
    at = app("recognize", canvas={"drawing": STROKE | {"revision": "5-1"}})
    for kept in (1, 0):
        waiting.append("7")
        at.run()
        assert not at.exception and corrections.counts().total == kept


def test_a_visitor_from_elsewhere_labels_and_learns_and_is_told_where_that_is_kept(
    app, corrections, store, monkeypatch
):
    run = taught_run(store, corrections, MEASURES)
    monkeypatch.setattr(visitor, "is_at_this_machine", lambda: False)
    at = app("teach")
    assert "with your handwriting, are kept there too" in words(at)
    assert at.button(key=f"teach-use-{run.id}").disabled and not at.button(key="teach-learn").disabled
    assert at.get("download_button")[0].proto.disabled
    at.session_state["teach_table--1-1-0"] = {"selection": {"rows": [0]}}
    at.run()
    assert at.button(key="teach-delete").label == "Delete 1" and at.button(key="teach-delete").disabled
    assert "What you press is kept, with your handwriting" in words(app("recognize"))


def test_what_is_ticked_does_not_move_to_another_digit_when_one_is_added(app, corrections):
    keep(corrections, "7")
    at = app("teach")
    at.session_state["teach_table--1-1-0"] = {"selection": {"rows": [0]}}
    at.run()
    assert at.button(key="teach-delete").label == "Delete 1"
    keep(corrections, "7", "1")
    at.run()
    assert at.button(key="teach-delete").label == "Delete"


def test_many_are_labelled_the_least_certain_first(app):
    at = send_pictures(app("teach"))
    data = next(
        json.loads(each.proto.json)
        for each in at.get("bidi_component")
        if each.proto.component_name == "studio_label_queue"
    )
    assert data["total"] == 3 and len(data["items"]) == 3 and data["items"][0]["guess"].startswith("Perhaps ")
    confidences = [each.result.digits[0].confidence for each in at.session_state["teach_queue"]]
    assert confidences == sorted(confidences)
