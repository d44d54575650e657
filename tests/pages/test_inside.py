"""The Inside page: its digit, the reasons for the answer, and the layers, for models of every kind."""

import json
from itertools import repeat

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.evaluation.report import make_report
from core.explanation.activations import ActivationReader
from core.explanation.damage import DAMAGE_KINDS
from core.explanation.digits import ExplainedDigit
from core.explanation.neighbours import NeighbourIndex
from core.explanation.unit_view import Pick
from core.networks.builder import build, import_keras
from pages.widgets.inside import breaking
from pages.widgets.shared import models
from pages.widgets.shared.explained_digit import SOURCE_KEY, Source
from tests.support.app import failing, plain, words
from tests.support.runs import finished_status

SEVEN = {"objects": [{"path": [["M", 80, 70], ["L", 200, 70], ["L", 130, 230]]}]}
ONE_AND_SEVEN = {"objects": [{"path": [["M", 50, 70], ["L", 50, 230]]}, *SEVEN["objects"]]}


def titles(page):
    return [each.value.strip("*") for each in page.markdown if each.value.startswith("**")]


def network(page):
    """What the page gave to the component that shows the layers."""
    protos = [each.proto for each in page.get("bidi_component")]
    return next(json.loads(each.json) for each in protos if each.component_name == "studio_layers")


def layer_titles(page):
    return [layer["title"] for layer in network(page)["layers"]]


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
    said = plain(words(page))
    assert "speaks for 7:" in said or "No single stroke" in said
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
    assert layer_titles(page) == ["Flatten", "1. Dense → 8 values", "Dropout", "2. Dense → 10 values"]
    assert network(page)["picked"] is None


def test_a_unit_that_was_picked_stays_picked_with_another_digit_but_not_in_another_model(app, finished_run, store):
    picked = (models.version_of(finished_run.id), Pick(1, 5))
    page = app("inside", chosen_model=finished_run.id, inside_unit=picked)
    page.radio(key="inside_view").set_value("The network at work").run()
    assert not page.exception
    first = network(page)["picked"]
    assert (first["title"], first["images"]["tiles"]["count"]) == ("Unit 6 of 8 · 1. Dense", 9)
    assert first["terms"][-1][0] == "sum" and first["pictures"][0]["title"] == "Weights"
    page.button(key="example-0").click().run()
    second = network(page)["picked"]
    assert second["title"] == first["title"] and second["terms"] != first["terms"]
    page.selectbox(key="model").set_value("shipped").run()
    assert not page.exception and network(page)["picked"] is None


def test_an_error_while_a_layer_is_read_is_a_sentence(app, finished_run, monkeypatch):
    monkeypatch.setattr(ActivationReader, "_outputs", lambda *_: failing(RuntimeError("no such layer"))())
    page = app("inside", chosen_model=finished_run.id)
    page.radio(key="inside_view").set_value("The network at work").run()
    assert not page.exception and "cannot be looked into" in words(page)


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


def run_with(store, *layers, model=None):
    run = store.create(TrainConfig(layers=layers))
    run.save_model(model or build(run.config()))
    run.write_report(make_report(np.eye(10), np.arange(10)))
    run.write_status(finished_status())
    return run


def recurrent():
    keras = import_keras()
    layers = [keras.layers.LSTM(5, return_sequences=True), keras.layers.GRU(4), keras.layers.Dense(10)]
    return keras.Sequential([keras.Input((28, 28)), *layers, keras.layers.Softmax()])


@pytest.mark.parametrize(
    ("layers", "model", "first"),
    [
        ([{"class_name": "Flatten"}], None, "1. Dense → 10 values"),
        (
            [{"class_name": "Flatten"}, {"class_name": "Dense", "units": 2048, "activation": "relu"}],
            None,
            "1. Dense → 2048 values",
        ),
        (
            [{"class_name": "Residual", "filters": 2, "strides": 2}, {"class_name": "Flatten"}],
            None,
            "1. Convolution · block 1 → 14×14×2 values",
        ),
        ([{"class_name": "Flatten"}], recurrent, "1. LSTM → 28×5 values"),
    ],
    ids=["no hidden layer", "2048 units", "residual block", "recurrent"],
)
def test_a_model_of_any_kind_has_its_views(app, store, layers, model, first):
    run = run_with(store, *layers, model=model and model())
    page = app("inside", chosen_model=run.id)
    assert not page.exception and "Occlusion" in titles(page)
    page.radio(key="inside_view").set_value("The network at work").run()
    assert not page.exception and next(each for each in layer_titles(page) if "→" in each) == first
    page.radio(key="inside_view").set_value("Break it").run()
    assert not page.exception and page.metric


def test_a_broken_network_reads_worse_until_it_is_reset(app, finished_run):
    page = app("inside", chosen_model=finished_run.id)
    page.radio(key="inside_view").set_value("Break it").run()
    assert not page.exception
    undamaged = page.metric[0].value
    assert page.metric[0].delta == "undamaged"
    page.slider(key="break_silenced").set_value(1.0).run()
    page.slider(key="break_turn_deg").set_value(45).run()
    assert not page.exception and "points" in page.metric[0].delta
    next(button for button in page.button if button.label == "Reset").click().run()
    assert (page.metric[0].value, page.metric[0].delta) == (undamaged, "undamaged")
    assert page.slider(key="break_turn_deg").value == 0


def test_a_curve_over_the_damage_that_was_changed_last_is_drawn_with_the_present_strength(
    app, finished_run, monkeypatch
):
    drawn, real = [], breaking.damage_curve
    monkeypatch.setattr(breaking, "count", lambda: repeat(1))  # as where the fragment runs by itself
    monkeypatch.setattr(breaking, "damage_curve", lambda *given: drawn.append(given) or real(*given))
    page = app("inside", chosen_model=finished_run.id)
    page.radio(key="inside_view").set_value("Break it").run()
    strengths = DAMAGE_KINDS["weight_noise"].strengths
    page.slider(key="break_weight_noise").set_value(1.5).run()
    for _ in strengths:
        page.run()
    assert not page.exception and page.selectbox(key="break_curve").value == "weight_noise"
    points, (strength, accuracy), label, _ = drawn[-1]
    assert [each for each, _ in points] == list(strengths) and label == DAMAGE_KINDS["weight_noise"].label
    assert strength == 1.5 and f"{100 * accuracy:.1f} %" == page.metric[0].value
    next(button for button in page.button if button.label == "Reset").click().run()
    assert [each.value for each in page.slider] == [0] * len(DAMAGE_KINDS)


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
