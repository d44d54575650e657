"""The Inside page: its digit, the reasons for the answer, and the layers, for models of every kind."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.explanation.digits import ExplainedDigit
from core.explanation.neighbours import NeighbourIndex
from core.networks.builder import build
from pages.widgets.shared.explained_digit import SOURCE_KEY, Source
from tests.support.app import words
from tests.support.runs import finished_status

SEVEN = {"objects": [{"path": [["M", 80, 70], ["L", 200, 70], ["L", 130, 230]]}]}
ONE_AND_SEVEN = {"objects": [{"path": [["M", 50, 70], ["L", 50, 230]]}, *SEVEN["objects"]]}


def titles(page):
    return [each.value.strip("*") for each in page.markdown if each.value.startswith("**")]


def against_radio(page):
    """The radio with the digits to compare with."""
    return next(radio for radio in page.radio if str(radio.key).startswith("inside_other"))


def test_what_the_browser_sends_of_another_digit_is_no_pick(app):
    page = app("inside")
    late = page._tree.get_widget_states()
    page.button(key="example-3").click().run()
    page._run(late)
    assert not page.exception
    assert "inside_picked" not in page.session_state or page.session_state["inside_picked"] is None


def test_without_a_digit_a_test_image_is_there_and_explained(app):
    page = app("inside")
    assert not page.exception
    assert page.radio(key=SOURCE_KEY).value == Source.EXAMPLE
    assert "speaks for 7:" in words(page) or "No single stroke" in words(page)
    assert {"Integrated gradients", "Occlusion", "What matters most"} <= set(titles(page))


def test_another_test_image_and_another_digit_to_compare_with_can_be_picked(app):
    page = app("inside")
    page.button(key="example-0").click().run()
    against = against_radio(page)
    assert "Why 0 and not" in against.label and "0" not in against.options
    against.set_value(8).run()
    assert not page.exception and "Smallest change to 8" in titles(page)
    page.button(key="example-1").click().run()
    assert against_radio(page).value == 8, "what was picked stays"


def test_every_layer_is_shown(app, finished_run):
    page = app("inside", chosen_model=finished_run.id)
    page.radio(key="inside_view").set_value("The network at work").run()
    assert [title.split(" → ")[1].split("**")[0] for title in titles(page)] == ["8 values", "10 values"]


def test_the_nearest_training_images_are_found_once_they_were_read(app, finished_run, monkeypatch):
    build = NeighbourIndex.build
    monkeypatch.setattr(NeighbourIndex, "build", lambda *values: build(*values, max_images=1500, max_s=0))
    page = app("inside", chosen_model=finished_run.id)
    page.radio(key="inside_view").set_value("It looks like these").run()
    page.button(key="build_neighbours").click().run()
    assert not page.exception
    assert "nearest training images are labelled" in words(page) and "1,000 of the 60,000" in words(page)
    assert finished_run.neighbours(), "kept in its folder"
    page.button(key="continue_neighbours").click().run()
    page.button(key="example-0").click().run()
    assert "build_neighbours" not in [button.key for button in page.button]


def run_with(store, *layers):
    run = store.create(TrainConfig(layers=layers))
    run.save_model(build(run.config()))
    run.write_status(finished_status())
    return run


@pytest.mark.parametrize(
    "layers",
    [
        [{"class_name": "Flatten"}],
        [{"class_name": "Flatten"}, {"class_name": "Dense", "units": 2048, "activation": "relu"}],
        [{"class_name": "Residual", "filters": 2, "strides": 2}, {"class_name": "Flatten"}],
    ],
    ids=["no hidden layer", "2048 units", "residual block"],
)
def test_a_model_of_any_kind_has_its_views(app, store, layers):
    page = app("inside", chosen_model=run_with(store, *layers).id)
    assert not page.exception and "Occlusion" in titles(page)
    page.radio(key="inside_view").set_value("The network at work").run()
    assert not page.exception and any("→ 10 values" in title for title in titles(page))
    page.radio(key="inside_view").set_value("Break it").run()
    assert not page.exception and page.metric


def test_a_broken_network_reads_worse_until_it_is_reset(app, finished_run):
    page = app("inside", chosen_model=finished_run.id)
    page.radio(key="inside_view").set_value("Break it").run()
    assert not page.exception
    undamaged = page.metric[0].value
    assert page.metric[0].delta == "undamaged"
    page.slider(key="break_silenced").set_value(100).run()
    page.slider(key="break_turn").set_value(45).run()
    assert not page.exception and "points" in page.metric[0].delta
    next(button for button in page.button if button.label == "Reset").click().run()
    assert (page.metric[0].value, page.metric[0].delta) == (undamaged, "undamaged")
    assert page.slider(key="break_turn").value == 0


def test_a_damaged_model_is_named_in_a_sentence(app, finished_run):
    finished_run.model_path.write_bytes(b"no model")
    page = app("inside", chosen_model=finished_run.id)
    assert not page.exception
    assert "cannot be used" in words(page) and "Occlusion" in titles(page)


def test_an_empty_canvas_says_what_to_do(app):
    page = app("inside", **{SOURCE_KEY: Source.DRAW})
    assert not page.exception and "Draw a digit" in words(page)


def test_of_several_digits_one_is_picked(app):
    page = app("inside", **{SOURCE_KEY: Source.DRAW}, canvas={"drawing": ONE_AND_SEVEN})
    assert not page.exception
    numbers = page.radio(key="inside_number")
    assert numbers.options == ["1 of 2", "2 of 2"]
    first = against_radio(page).label
    numbers.set_value(1).run()
    assert against_radio(page).label != first


def test_without_a_digit_from_recognize_a_sentence_says_how_to_send_one(app):
    page = app("inside", **{SOURCE_KEY: Source.SENT})
    assert "press **Why?**" in words(page)


def test_a_refused_mark_is_named_so(app, store):
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)
    page = app("inside", **{SOURCE_KEY: Source.SENT, "inside_digit": ExplainedDigit.of_image(noise)})
    assert not page.exception
    assert "The network refuses this" in words(page)


def test_the_drawing_of_recognize_goes_along(app):
    page = app("recognize", canvas={"drawing": SEVEN})
    page.button(key="why-drawn").click().run()
    assert not page.exception
    assert page.radio(key=SOURCE_KEY).value == Source.DRAW
    assert against_radio(page).label == "Why 7 and not"
