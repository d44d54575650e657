"""The Recognize page without a browser: empty, with a drawing, with models that are there or not."""

import pytest

from core.recognition import Recognizer
from tests.pages.conftest import words

STROKE = {"objects": [{"path": [["M", 80, 70], ["L", 200, 70], ["L", 130, 230]]}]}


def draws(strokes):
    """A session in which this was drawn before: the canvas starts with it."""
    return {"canvas": {"generation": 1, "start": strokes, "drawing": strokes}}


def test_an_empty_canvas_gets_no_answer_and_loads_no_network(app, monkeypatch):
    monkeypatch.setattr(Recognizer, "load", lambda *_: pytest.fail("nothing is drawn, so nothing has to be loaded"))
    at = app("recognize")
    assert not at.exception
    assert at.button(key="undo").disabled
    assert at.button(key="clear").disabled


def test_a_drawing_is_read(app):
    at = app("recognize", **draws(STROKE))
    assert not at.exception
    assert not at.button(key="undo").disabled
    assert at.dataframe[0].value["probability"].str.rstrip("%").astype(float).idxmax() == 7


def test_undo_takes_the_last_stroke_and_clear_all(app):
    two = {"objects": STROKE["objects"] * 2}
    at = app("recognize", **draws(two))
    at.button(key="undo").click().run()
    assert len(at.session_state.canvas["drawing"]["objects"]) == 1
    at.button(key="clear").click().run()
    assert at.button(key="clear").disabled


def test_upload_asks_for_pictures_first(app):
    at = app("recognize")
    at.radio(key="way").set_value("upload").run()
    assert not at.exception
    assert "choose one picture or several" in words(at)


def test_the_picker_lists_the_shipped_model_and_finished_runs_newest_first(app, finished_run, store):
    store.create(finished_run.config())
    at = app("recognize")
    options = at.selectbox(key="model").options
    assert options[0].startswith("Shipped with the app · 9")
    assert len(options) == 2
    assert "95.00%" in options[1]


def test_a_finished_run_reads(app, finished_run):
    at = app("recognize", **draws(STROKE), chosen_model=finished_run.id)
    assert not at.exception
    assert not at.warning
    assert at.selectbox(key="model").value == finished_run.id


def test_a_damaged_model_gets_a_sentence_and_the_shipped_one_reads(app, finished_run):
    finished_run.model_path.write_bytes(b"this is no model")
    at = app("recognize", **draws(STROKE), chosen_model=finished_run.id)
    assert not at.exception
    assert "cannot be used" in at.warning[0].value
    assert at.selectbox(key="model").value == "shipped"
    assert at.dataframe[0].value["probability"].str.rstrip("%").astype(float).idxmax() == 7


def test_an_unknown_model_gets_a_sentence(app):
    at = app("recognize", chosen_model="20200101-000000-000-mlp-0000")
    assert "There is no model" in at.warning[0].value
    assert at.selectbox(key="model").value == "shipped"
