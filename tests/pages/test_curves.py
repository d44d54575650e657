"""The curves on the pages: the marks of a run stand on all of them, up to the moment that is shown."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.networks.builder import build
from core.runs.schema import Mark, MarkKind, Status
from core.runs.snapshots import Snapshot
from pages.widgets.train import history
from tests.support.app import words

MARKS = (
    Mark(MarkKind.EXTEND, step=5, epoch=0.5, elapsed_s=0.5, acknowledged=1, value=3),
    Mark(MarkKind.RATE, step=15, epoch=1.5, elapsed_s=1.5, acknowledged=2, value=0.01),
)
WORDS = ["+3 epochs", "rate 0.01"]
OF_THE_REPORT = ("confusion", "digits")  # charts that have no time axis


@pytest.fixture
def changed_run(finished_run):
    for mark in MARKS:
        finished_run.append_mark(mark)
    return finished_run


def marks(figure):
    return [each.text for each in figure.layout.annotations if "seed recipe" not in each.text]


def test_marks_stand_on_every_chart_of_the_train_page(app, changed_run, figures):
    app("train", **{f"fold-{changed_run.id}": True})
    shown = {name.split("-")[0]: marks(figure) for name, figure in figures.items()}
    assert {name: words for name, words in shown.items() if name not in OF_THE_REPORT} == dict.fromkeys(
        ("loss", "accuracy", "rate", "speed"), WORDS
    )


def test_marks_and_added_epochs_stand_on_the_runs_page(app, changed_run, figures):
    at = app("recognize")
    at.query_params["run"] = changed_run.id
    at.session_state["section"] = "Curves and recipe"
    at.switch_page("pages/runs.py").run()
    assert not at.exception and len(figures) == 2
    for figure in figures.values():
        assert marks(figure) == WORDS and figure.layout.xaxis.range[1] > 5, "2 epochs and 3 more"


def test_marks_stand_on_the_comparison(app, store, changed_run, figures):
    other = store.create(TrainConfig(epochs=1))
    other.append_metrics(changed_run.metrics().rows[0])
    other.write_status(Status("stopped"))
    at = app("recognize")
    at.query_params["compare"] = f"{other.id},{changed_run.id}"
    at.switch_page("pages/runs.py").run()
    assert not at.exception
    for figure in figures.values():
        assert marks(figure) == WORDS and figure.layout.xaxis.range[1] > 5


@pytest.mark.parametrize(
    ("weights", "images", "sentences"),
    [
        (
            np.zeros((2, 28, 28), np.uint8),
            10,
            ["Ink on light areas switches the unit on; on dark areas, off.", "2 of 128 units"],
        ),
        (np.zeros((0, 0, 0), np.uint8), 0, ["It does not take the picture itself.", "keeps no validation images back"]),
    ],
)
def test_weights_and_confusions_are_shown_or_why_not(app, store, figures, weights, images, sentences):
    run = store.create(TrainConfig(validation_images=images))
    run.write_status(Status("stopped"))
    confusion = np.eye(10, dtype=np.int64) * images
    run.snapshots.save(
        Snapshot(
            np.int64(1),
            np.float64(0.1),
            np.zeros((10, 28, 28), np.uint8),
            np.eye(10, dtype=np.float32),
            weights,
            confusion,
        )
    )
    at = app("train", **{f"sees-{run.id}": True})
    assert not at.exception and all(each in words(at) for each in sentences)
    assert (f"seen-{run.id}" in figures) == bool(images)


def add_snapshot(run, step):
    """Save a snapshot after so many steps, 10 to 99: their first digit is the answer to all ten probe digits."""
    sure = np.eye(10, dtype=np.float32)[[step // 10] * 10]
    run.snapshots.save(
        Snapshot(
            np.int64(step),
            np.float64(step / 10),
            np.zeros((10, 28, 28), np.uint8),
            sure,
            np.zeros((2, 28, 28), np.uint8),
            np.eye(10, dtype=np.int64) * step,
        )
    )


@pytest.fixture
def answers(monkeypatch):
    """The answers to the ten probe digits that were shown, drawing by drawing."""
    shown, real = [], history.ten_digits
    monkeypatch.setattr(history, "ten_digits", lambda *given: shown.append(given[1]) or real(*given))
    return shown


def test_the_slider_shows_curves_marks_digits_and_matrix_of_an_earlier_step(app, changed_run, figures, answers):
    for step in (10, 20):
        add_snapshot(changed_run, step)
    at = app("train", **{f"sees-{changed_run.id}": True})
    loss, seen = f"loss-{changed_run.id}", f"seen-{changed_run.id}"
    assert figures[loss].data[0].x[-1] == 2.0 and marks(figures[loss]) == WORDS
    assert figures[seen].data[0].customdata[3][3] == 20 and answers[-1] == [2] * 10
    at.select_slider(key=f"moment-{changed_run.id}").set_value(10).run()
    assert not at.exception
    assert figures[loss].data[0].x[-1] == 1.0 and marks(figures[loss]) == WORDS[:1]
    assert figures[seen].data[0].customdata[3][3] == 10 and answers[-1] == [1] * 10


def test_the_map_of_digits_follows_the_slider_and_words_stand_where_there_is_none(app, changed_run, figures):
    for step in (10, 20):
        add_snapshot(changed_run, step)
    at = app("train", **{f"mapped-{changed_run.id}": True})
    assert "No weights were kept" in words(at)
    for step in (10, 20):
        changed_run.snapshots.save_weights(step, build(changed_run.config()).get_weights())
    at.run()
    assert not at.exception and "After step 20: 1,000 test images" in words(at)
    assert figures[f"mapped-{changed_run.id}"].layout.annotations[0].text == "<b>0</b>"
    at.select_slider(key=f"moment-{changed_run.id}").set_value(10).run()
    assert "After step 10: 1,000 test images" in words(at)


def test_a_browser_that_lost_the_slider_s_value_shows_the_present(app, changed_run):
    """After a drawing that was cut short the browser knows only the value that each drawing gives as the first."""
    for step in (10, 20):
        add_snapshot(changed_run, step)
    at = app("train")
    for _ in range(2):
        slider = at.select_slider(key=f"moment-{changed_run.id}")
        assert [slider.options[int(place)] for place in slider.proto.default] == ["now"]
        at.run()


def test_a_replay_goes_from_snapshot_to_snapshot_stays_when_paused_and_ends_with_the_present(
    app, finished_run, figures, answers
):
    for step in (10, 12, 16, 20):
        add_snapshot(finished_run, step)
    at = app("train")
    slider = lambda: at.select_slider(key=f"moment-{finished_run.id}").value  # noqa: E731
    replay = lambda: at.button(key=f"replay-{finished_run.id}")  # noqa: E731
    shown = lambda: (slider(), answers[-1][0], figures[f"loss-{finished_run.id}"].data[0].x[-1])  # noqa: E731
    assert slider() == "now" and replay().label == "Replay"
    replay().click().run()
    assert shown() == (10, 1, 1.0) and replay().label == "Pause replay"
    at.run()
    assert shown() == (12, 1, 1.2)
    replay().click().run()
    assert shown() == (12, 1, 1.2) and replay().label == "Replay"
    at.run()
    assert slider() == 12
    replay().click().run()
    assert shown() == (16, 1, 1.6)
    at.run()
    assert shown() == (20, 2, 2.0)
    at.run()
    assert not at.exception and slider() == "now" and replay().label == "Replay"
