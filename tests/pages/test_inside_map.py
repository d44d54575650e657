"""The map of digits on the Inside page, for models of every kind."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.explanation import tsne
from core.explanation.digit_map import DigitMap
from core.networks.builder import build
from pages.widgets.inside import digit_map
from tests.support.app import words
from tests.support.runs import finished_status


@pytest.fixture
def small_map(monkeypatch):
    """A map of few test images, so that it is made at once."""
    build = DigitMap.build
    monkeypatch.setattr(DigitMap, "build", lambda *values, **limits: build(*values, max_images=1200, **limits))


def open_map(app, model_id):
    page = app("inside", chosen_model=model_id)
    page.radio(key="inside_view").set_value("Map of digits").run()
    assert not page.exception
    return page


def test_the_map_is_made_once_and_its_misread_images_are_reached_without_a_mouse(app, finished_run, small_map):
    page = open_map(app, finished_run.id)
    assert "1,200 of the 10,000 test images by the values that enter the last layer" in words(page)
    assert finished_run.digit_map(), "kept in its folder"
    picker = page.selectbox(key="inside_map_pictures")
    assert picker.value == "All misread" and "Misread 3s" in picker.options
    everything = words(page)
    picker.set_value("Misread 3s").run()
    assert not page.exception and words(page) != everything


def test_doubtful_labels_are_shown_of_any_model(app, finished_run):
    page = open_map(app, finished_run.id)
    page.selectbox(key="inside_map_pictures").set_value("Doubtful labels").run()
    assert not page.exception
    assert "of the 10,000 test labels are doubtful" in words(page)


def test_what_is_picked_on_the_map_is_shown(app, finished_run, small_map, monkeypatch):
    picked = np.random.default_rng(0).permutation(10000)[:70].tolist()  # as the map reads them
    monkeypatch.setattr(digit_map, "selectable_chart", lambda *_: picked)
    page = open_map(app, finished_run.id)
    assert page.selectbox(key="inside_map_pictures").value == "Picked on the map"
    assert "70 images" in words(page)


def test_while_a_run_trains_the_test_images_are_read_when_a_button_asks_for_it(app, store, finished_run, small_map):
    store.create(TrainConfig())
    page = open_map(app, finished_run.id)
    assert "A run is being trained." in words(page) and finished_run.digit_map() is None
    page.button(key="build_map").click().run()
    assert not page.exception and "1,200 of the 10,000" in words(page)


@pytest.mark.parametrize("is_there", [True, False])
def test_tsne_is_offered_where_opentsne_is_installed_and_named_where_not(
    app, finished_run, small_map, monkeypatch, is_there
):
    monkeypatch.setattr(tsne, "is_available", lambda: is_there)
    monkeypatch.setattr(tsne, "lay_out", lambda vectors, start, report: 2 * start)
    page = open_map(app, finished_run.id)
    assert ("pip install -r requirements-map.txt" in words(page)) is not is_there
    if is_there:
        page.button(key="lay_out_map").click().run()
        assert not page.exception and "laid out by t-SNE" in words(page)
        assert len(finished_run.digit_map()["embedding"]) == 1200


@pytest.mark.parametrize(
    ("layers", "what"),
    [
        ([{"class_name": "Flatten"}], "by their pixels, for this network has no hidden layer"),
        (
            [{"class_name": "Flatten"}, {"class_name": "Dense", "units": 2048, "activation": "relu"}],
            "by the values that enter the last layer",
        ),
        (
            [{"class_name": "Residual", "filters": 2, "strides": 2}, {"class_name": "Flatten"}],
            "by the values that enter the last layer",
        ),
    ],
    ids=["no hidden layer", "2048 units", "residual block"],
)
def test_networks_of_every_kind_have_a_map(app, store, finished_run, small_map, layers, what):
    run = store.create(TrainConfig(layers=layers))
    run.save_model(build(run.config()))
    run.write_report(finished_run.report())
    run.write_status(finished_status())
    assert what in words(open_map(app, run.id))


def test_a_damaged_map_is_made_anew(app, finished_run, small_map):
    (finished_run.folder / "map.npz").write_bytes(b"damaged")
    assert "1,200 of the 10,000" in words(open_map(app, finished_run.id))
    assert finished_run.digit_map()
