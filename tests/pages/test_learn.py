"""The Learn page: every lesson from the guess to what came out, its links, its progress, and what goes wrong."""

import json

import numpy as np
import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id

from core.config.train_config import TrainConfig
from core.datasets.mnist import DatasetError
from core.lessons import shifts
from core.lessons.catalogue import LESSONS
from core.lessons.progress import LessonProgress, ProgressFile
from core.runs import trash
from core.runs.schema import Status
from core.runs.store import RunStore
from pages.widgets.shared import model_predictions, visitor
from tests.support.app import DENIED, FULL_DISK, failing, plain, words
from tests.support.lessons import train_lesson

HERE = "this machine"
SEVEN = {"objects": [{"path": [["M", 80, 70], ["L", 200, 70], ["L", 130, 230]]}]}


@pytest.fixture(autouse=True)
def at_this_machine(monkeypatch):
    """The visitor sits at the machine that serves the app."""
    monkeypatch.setattr(visitor, "is_at_this_machine", lambda: True)


@pytest.fixture
def lesson(app):
    """Open a lesson by its address."""

    def open_lesson(name, **session):
        page = app("learn", **session)
        page.query_params["lesson"] = name
        page.run()
        assert not page.exception
        return page

    return open_lesson


def guess(page, name, value):
    """Make a guess and press the lesson's button."""
    fields = {each.key: each for each in (*page.number_input, *page.radio)}
    fields[f"value-{name}"].set_value(value)
    page.button(key=f"run-{name}").click().run()
    assert not page.exception
    return page


def click_chart(page, name, x, y):
    """Click a point of a chart; the report comes with a run of the whole page, as it may in a browser."""
    chart_id = next(each.proto.id for each in page.get("bidi_component") if f"chart-{name}" in each.proto.id)
    click = json.dumps([{"event": "clicked", "value": {"x": x, "y": y}}])
    states = page._tree.get_widget_states()
    states.widgets.add(id=_make_trigger_id(chart_id, "events"), json_trigger_value=click)
    page._run(states)
    assert not page.exception


def progress(store, name):
    return ProgressFile(store.root).read(HERE).get(name, LessonProgress())


def chosen(page):
    return page.query_params["lesson"]


# each lesson


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_opens_with_its_question_and_asks_for_a_guess_first(lesson, store, name):
    page = lesson(name)
    assert LESSONS[name].title in words(page) and LESSONS[name].guess.label in [
        each.label for each in (*page.number_input, *page.radio)
    ]
    page.button(key=f"run-{name}").click().run()
    assert not page.exception and "Make a guess first" in words(page)
    assert store.all() == [] and progress(store, name) == LessonProgress()


def test_pixels(lesson, store):
    page = guess(lesson("pixels", canvas={"drawing": SEVEN}), "pixels", 50)
    assert "Your guess was 50; " in words(page) and "of the 784 numbers changed" in words(page)
    page.slider(key="pixel_shift").set_value(3).run()
    assert "of the 784 numbers differ" in words(page)
    page.slider(key="pixel_shift").set_value(0).run()
    page.button(key="pixel_invert").click().run()
    assert "1 of the 784 numbers differs from before" in words(page)
    page.button(key="pixel_reset").click().run()
    assert not page.exception and "from before" not in words(page)
    assert progress(store, "pixels") == LessonProgress(50, (), True)


def test_a_click_inverts_a_pixel_and_the_second_one_takes_that_back(lesson):
    page = guess(lesson("pixels", canvas={"drawing": SEVEN}), "pixels", 50)
    click_chart(page, "lesson-pixels", 5, 3)
    assert page.session_state["lesson_inverted"] == ((3, 5),)
    assert "1 of the 784 numbers differs from before" in words(page), "at once, in a run of the whole page too"
    click_chart(page, "lesson-pixels", 5, 3)
    assert page.session_state["lesson_inverted"] == () and "from before" not in words(page)


def test_before_the_guess_a_click_changes_nothing(lesson):
    page = lesson("pixels", canvas={"drawing": SEVEN})
    click_chart(page, "lesson-pixels", 5, 3)
    assert "from before" not in words(page)


@pytest.mark.parametrize("name", ["pixels", "preparation"])
def test_a_guessed_count_is_a_whole_number(lesson, name):
    (field,) = (each for each in lesson(name).number_input if each.key == f"value-{name}")
    assert field.proto.data_type == field.proto.INT


@pytest.mark.parametrize(
    ("name", "value", "accuracies", "found"),
    [
        ("first-network", 60, (0.955,), "Your guess was 60 %; of the test images it reads 95.5 %"),
        ("overfitting", 99, (0.86,), "Of its own 275 training images it reads 99.0 % right: 13 points more"),
        (
            "learning-rate",
            "rate 0.3",
            (0.7, 0.96, 0.1),
            "You guessed rate 0.3, which reached 10.0 %. Best is rate 0.001",
        ),
        ("learning-rate", "rate 0.001", (0.7, 0.6, 0.8), "Its large steps did no harm this time"),
    ],
)
def test_a_lesson_that_trains_goes_from_the_guess_to_what_came_out(lesson, store, name, value, accuracies, found):
    page = guess(lesson(name), name, value)
    filed = progress(store, name)
    assert filed.guess == value and [run.id for run in store.queue()] == list(filed.runs)
    assert "What to look for" in words(page) and not filed.is_done
    ids = train_lesson(store, name, accuracies, seed=9)
    ProgressFile(store.root).change(HERE, name, runs=tuple(ids))
    page.run()
    assert not page.exception and found in words(page)
    assert progress(store, name).is_done and "1 of 8 done" in words(page)


def test_shifts(lesson, store, monkeypatch, finished_run):
    monkeypatch.setattr(shifts, "TEST_IMAGES", 50)
    ids = train_lesson(store, "shifts", (0.95, 0.96))
    for run_id in ids:
        store.get(run_id).model_path.write_bytes(finished_run.model_path.read_bytes())
    ProgressFile(store.root).change(HERE, "shifts", guess=50, runs=tuple(ids))
    page = lesson("shifts")
    assert "moved by 4 pixels, dense layers read" in words(page) and progress(store, "shifts").is_done


def test_shifts_without_a_model_is_a_sentence(lesson, store):
    ids = train_lesson(store, "shifts", (0.95, 0.96))
    ProgressFile(store.root).change(HERE, "shifts", guess=50, runs=tuple(ids))
    assert "This cannot be shown" in words(lesson("shifts"))


def test_preparation(lesson, store):
    page = guess(lesson("preparation", canvas={"drawing": SEVEN}), "preparation", 4)
    assert "only made small," in words(page) and "In MNIST form 4 of 4 are read right" in words(page)
    label = next(each for each in page.selectbox if str(each.key).startswith("prepared-label"))
    assert label.value == 7
    label.set_value(1).run()
    assert "Is it the digit that you named?" in words(page)


def test_honesty(lesson, store, monkeypatch):
    probabilities = np.tile(np.eye(10)[0] * 0.89 + 0.01, (10, 1))
    monkeypatch.setattr(model_predictions, "labels", lambda: np.zeros(10, int))
    monkeypatch.setattr("pages.widgets.learn.honesty.labels", lambda: np.zeros(10, int))
    monkeypatch.setattr("pages.widgets.learn.honesty.probabilities_of", lambda model_id: probabilities)
    page = guess(lesson("honesty"), "honesty", 50)
    assert "it is right in 100.0 %: 50 points more than you thought." in words(page)
    assert "There are few such images" in words(page) and progress(store, "honesty").is_done


def test_letters(lesson, store):
    page = guess(lesson("letters", canvas={"drawing": SEVEN}), "letters", 90)
    assert "it takes the A for a" in words(page) and "To your drawing it says: 7, " in words(page)
    assert "Its refusal works" in words(page), "the shipped network refuses letters"


def test_letters_beside_the_network_of_lesson_2(lesson, store, finished_run):
    ProgressFile(store.root).change(HERE, "first-network", runs=(finished_run.id,))
    page = guess(lesson("letters"), "letters", 90)
    assert "Your own network of lesson 2 takes the A for a" in words(page)


# links and the way from one to the next


def test_a_lesson_is_a_link_and_an_unknown_one_is_named(lesson):
    assert chosen(lesson("overfitting")) == "overfitting"
    page = lesson("trigonometry")
    assert "There is no lesson 'trigonometry': the lessons are pixels, first-network" in plain(words(page))
    assert "What a pixel is" in words(page)


def test_the_page_opens_with_the_first_lesson_that_is_not_done_and_remembers(app, store):
    ProgressFile(store.root).change(HERE, "pixels", is_done=True)
    page = app("learn")
    assert chosen(page) == "first-network"
    page.button(key="lesson-next").click().run()
    assert chosen(page) == "overfitting"
    page.button(key="lesson-previous").click().run()
    page.button_group(key="lesson_pills").set_value("shifts").run()
    assert chosen(page) == "shifts"
    page.query_params.clear()
    page.switch_page("pages/runs.py").run()
    page.switch_page("pages/learn.py").run()
    assert not page.exception and chosen(page) == "shifts"


def test_teachers_notes_stand_below_a_lesson_and_all_together(lesson):
    page = lesson("letters")
    assert LESSONS["letters"].notes.pitfall in words(page)
    next(button for button in page.button if button.label.startswith("All notes")).click().run()
    assert not page.exception and chosen(page) == "notes"
    assert all(each.notes.goal in words(page) for each in LESSONS.values())
    assert page.subheader == [], "without the claims"


# progress


def test_starting_over_forgets_the_guess_and_keeps_the_tick(lesson, store):
    ids = train_lesson(store, "first-network", (0.9,))
    ProgressFile(store.root).change(HERE, "first-network", guess=60, runs=tuple(ids))
    page = lesson("first-network")
    page.button(key="again-first-network").click().run()
    assert not page.exception and progress(store, "first-network") == LessonProgress(None, (), True)
    guess(page, "first-network", 70)
    assert [run.config().seed for run in store.queue()] == [1], "another network than the last time"


def test_each_visitor_has_progress_of_their_own(lesson, store, monkeypatch):
    guess(lesson("pixels"), "pixels", 50)
    monkeypatch.setattr(visitor, "is_at_this_machine", lambda: False)
    page = lesson("pixels")
    assert "Your guess" not in words(page) and "0 of 8 done" in words(page)
    guess(page, "pixels", 60)
    assert progress(store, "pixels").guess == 50


@pytest.mark.parametrize(("sentence", "error"), [DENIED, FULL_DISK])
def test_progress_that_cannot_be_saved_lasts_for_the_visit_and_is_named(lesson, store, monkeypatch, sentence, error):
    monkeypatch.setattr(ProgressFile, "change", failing(error))
    page = guess(lesson("pixels"), "pixels", 50)
    assert "Your guess was 50" in words(page)
    (message,) = page.session_state["messages"]
    assert plain(message.text) == f"Your progress is kept for this visit only: {sentence}"


# what goes wrong


def test_a_full_queue_is_a_sentence_and_nothing_is_filed(lesson, store, monkeypatch):
    monkeypatch.setenv("DIGIT_STUDIO_MAX_WAITING_RUNS", "2")
    page = guess(lesson("learning-rate"), "learning-rate", "rate 0.3")
    assert "at most 2 may" in plain(words(page)) and store.all() == []
    assert page.radio(key="value-learning-rate").value == "rate 0.3", "the guess stays in the form"


def test_runs_that_cannot_be_filed_are_a_sentence(lesson, store, monkeypatch):
    monkeypatch.setattr(RunStore, "create", failing(DENIED[1]))
    assert "The runs could not be filed" in plain(words(guess(lesson("overfitting"), "overfitting", 50)))


def test_a_deleted_run_is_named_and_the_guess_is_kept(lesson, store):
    ids = train_lesson(store, "learning-rate", (0.7, 0.95, 0.1))
    ProgressFile(store.root).change(HERE, "learning-rate", guess="rate 0.3", runs=tuple(ids))
    trash.delete(store, store.get(ids[0]))
    page = lesson("learning-rate")
    assert "was deleted, or its files are damaged. Start over" in plain(words(page))
    assert "Your guess: **0.3: learns in large steps**" in words(page)


def test_a_failed_run_is_named(lesson, store):
    (run_id,) = train_lesson(store, "overfitting", (0.8,))
    store.get(run_id).write_status(Status("failed", error="There is no room left."))
    ProgressFile(store.root).change(HERE, "overfitting", guess=50, runs=(run_id,))
    assert "failed: There is no room left. Start over" in plain(words(lesson("overfitting")))


def test_runs_that_wait_are_cancelled_by_one_click(lesson, store):
    page = guess(lesson("learning-rate"), "learning-rate", "rate 0.3")
    cancel = page.button(key="cancel-learning-rate")
    assert cancel.help.endswith("Others who take this lesson now watch the same runs: for them they stop, too.")
    cancel.click().run()
    assert not page.exception and store.queue() == []
    assert "was stopped before its end" in words(page)


def test_a_lesson_waits_behind_the_run_that_trains(lesson, store):
    store.create(TrainConfig(), lambda run: run.write_notes(name="mine")).write_status(Status.of_this_process())
    page = guess(lesson("overfitting"), "overfitting", 50)
    assert [each.proto.text for each in page.get("progress")] == ["Starts when mine ends"]


def test_without_mnist_a_sentence_says_how_to_get_it(lesson, monkeypatch):
    missing = failing(DatasetError("MNIST is missing."))
    monkeypatch.setattr("pages.widgets.learn.honesty.probabilities_of", missing)
    page = guess(lesson("honesty"), "honesty", 50)
    assert "MNIST is missing." in plain(words(page))


# the runs elsewhere


def test_a_lessons_runs_are_one_group_and_out_of_the_model_picker(app, lesson, store, finished_run):
    finished_run.write_notes(name="Overfitting on purpose: few images", lesson="overfitting")
    page = app("runs")
    rows = page.get("bidi_component")
    assert any("Lesson: Overfitting on purpose" in str(each.proto) for each in rows)
    offered = page.switch_page("pages/recognize.py").run().selectbox(key="model").options
    assert len(offered) == 1
    ProgressFile(store.root).change(HERE, "overfitting", runs=(finished_run.id,))
    assert len(lesson("letters").selectbox(key="model").options) == 2, "in a lesson one's own networks are offered"
