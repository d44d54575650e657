"""A press counts once, however often Streamlit runs its callback."""

import contextlib
import importlib

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.datasets import probe_digits
from core.pictures.entries import PictureEntry
from core.runs.schema import Status
from pages.widgets.recognize import state, uploads
from pages.widgets.shared import press, session
from pages.widgets.train import network_builder, run_controls


@pytest.fixture
def pressed(monkeypatch):
    """Draw something and return what a press of its buttons calls, by label, run twice as Streamlit does at times."""
    monkeypatch.setattr(session.st, "session_state", {})

    def press_twice(draw, label):
        drawn = {}

        def button(label, key=None, on_click=None, args=(), **_):
            drawn[label] = lambda: on_click(*args)

        monkeypatch.setattr(session.st, "button", button)
        monkeypatch.setattr(session.st, "container", lambda **_: contextlib.nullcontext())
        draw()
        drawn[label]()
        drawn[label]()

    return press_twice


def test_a_press_that_is_handled_twice_counts_once_and_the_next_one_again(pressed):
    done = []
    draw = lambda: session.st.button("More", on_click=press.once(done.append, 1))  # noqa: E731
    pressed(draw, "More")
    assert done == [1]
    pressed(draw, "More")
    assert done == [1, 1]


def test_add_adds_one_layer(pressed):
    session.st.session_state["new-layer"] = "Dropout"
    pressed(lambda: network_builder._add(network_builder.current_layers()), "Add")
    assert len(network_builder.current_layers()) == 4, "the seed recipe has three"


def test_remove_all_and_undo_count_once(pressed):
    sent = state.StoredUploads([("1", PictureEntry("a.png"))], ["a remark"])
    offer = lambda: uploads.offer_removal("pictures", "Remove all", "")  # noqa: E731
    state.store_uploads("pictures", sent)
    pressed(offer, "Remove all")
    assert state.removed_uploads("pictures") is sent and not state.uploads_of("pictures").entries
    pressed(offer, "Undo: back to 1 picture")
    assert state.uploads_of("pictures") is sent


def test_back_to_mnists_digits_keeps_the_persons_own_for_an_undo(app, monkeypatch, tmp_path):
    app("recognize")  # the canvas cannot be imported outside an app
    own_digits = importlib.import_module("pages.widgets.train.probe_digits")
    monkeypatch.setattr(session.st, "session_state", {})
    probe_digits.save_digit(tmp_path, 3, np.full((28, 28), 200, np.uint8))
    own_digits._reset(tmp_path)
    own_digits._reset(tmp_path)
    before = own_digits._BEFORE_RESET.get()
    assert before is not None and before.own[3] and not probe_digits.load(tmp_path).own.any()


def test_a_run_is_extended_once(pressed, store):
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    session.st.session_state[f"extend-{run.id}"] = 5
    pressed(lambda: run_controls._extend_field(run_controls.RunView.read(run), "Extend", ("extend",)), "Extend")
    assert [(each.command, each.value) for each in run.commands()] == [("extend", 5)]
