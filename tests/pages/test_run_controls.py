"""A run's controls: which there are in each state, and the command that each sends."""

import re
import shutil
from dataclasses import replace

import pytest

from core.config.train_config import TrainConfig
from core.evaluation.ablations import CLAIMS, file_missing_runs
from core.jobs import scheduler
from core.runs.run import Run
from core.runs.schema import Mark, MarkKind, Status
from pages.widgets.shared.text import escape_markdown
from pages.widgets.train import run_changes
from tests.support.app import DENIED, FULL_DISK, failing, plain, texts, words
from tests.support.runs import finished_status, metric_row

ROW = metric_row(1, steps_per_epoch=2)


@pytest.fixture
def run(store):
    """A run that this process trains, as far as anybody can see."""
    run = store.create(TrainConfig())
    run.append_metrics(ROW)
    run.write_status(Status.of_this_process())
    return run


def button(at, label):
    return next(each for each in at.button if each.label == label)


def labels(at):
    return [each.label for each in at.button]


def sent(run):
    return [(each.command, each.value) for each in run.commands()]


@pytest.mark.parametrize(
    ("label", "command"), [("Pause", "pause"), ("Stop now", "stop"), ("Stop after this epoch", "stop_after_epoch")]
)
def test_a_button_sends_a_running_run_its_command(app, run, label, command):
    at = app("train")
    button(at, label).click().run()
    assert not at.exception and sent(run) == [(command, None)]


def test_a_paused_run_says_what_it_means_and_resumes(app, run):
    run.send("pause")
    run.write_status(replace(run.status(), state="paused"))
    at = app("train")
    assert "nothing is computed while it is paused" in texts(at) and "Pause" not in labels(at)
    assert not at.info, "nothing moves: a box would push the charts down"
    button(at, "Resume").click().run()
    assert sent(run) == [("pause", None), ("resume", None)]


@pytest.mark.parametrize("error", [None, FULL_DISK[1]])
def test_what_is_to_be_trained_further_is_started_at_once(app, store, finished_run, monkeypatch, error):
    started = []

    def start_next(where):
        started.append(where.root)
        if error:
            raise error

    at = app("train")
    monkeypatch.setattr(scheduler, "start_next", start_next)
    button(at, "Train further").click().run()
    assert sent(finished_run)[-1][0] == "resume" and started == [store.root]
    assert "This cannot be done" not in texts(at)


def test_a_run_that_is_paused_before_its_first_step_does_not_seem_to_load(app, store):
    run = store.create(TrainConfig())
    run.send("pause")
    run.write_status(replace(Status.of_this_process(), state="paused"))
    shown = texts(app("train"))
    assert "Before the first step" in shown and "Loading" not in shown


def test_a_run_that_stops_after_its_epoch_says_so_and_can_be_kept_going(app, run):
    run.send("stop_after_epoch")
    at = app("train")
    assert "stops when this epoch is over" in texts(at)
    button(at, "Do not stop after this epoch").click().run()
    assert run.halt() is None


def test_a_running_run_is_extended_and_given_another_rate(app, run):
    at = app("train")
    at.number_input(key=f"extend-{run.id}").set_value(3).run()
    button(at, "Extend the run").click().run()
    at.number_input(key=f"rate-{run.id}").set_value(0.01).run()
    button(at, "Train at this rate").click().run()
    assert not at.exception and sent(run) == [("extend", 3), ("rate", 0.01)]


def test_a_run_at_its_most_epochs_is_not_extended(app, store):
    run = store.create(TrainConfig(epochs=200))
    run.write_status(Status.of_this_process())
    at = app("train")
    assert not at.exception and "Extend the run" not in labels(at)
    assert "A run has 200 epochs at most." in words(at)


def test_a_stopping_run_has_no_more_controls(app, run):
    run.send("stop")
    at = app("train")
    assert not {"Pause", "Resume", "Stop now", "Cancel"} & set(labels(at))


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_what_has_ended_early_can_be_resumed(app, run, state):
    run.write_status(replace(run.status(), state=state))
    at = app("train")
    button(at, "Resume").click().run()
    assert run.status().state == "queued" and not at.exception


def test_a_finished_run_is_trained_further(app, finished_run):
    at = app("train")
    assert "Resume" not in labels(at)
    button(at, "Train further").click().run()
    assert sent(finished_run) == [("extend", 5), ("resume", None)]
    assert finished_run.status().state == "queued"


def test_a_waiting_run_is_put_first_or_cancelled(app, store, run):
    second, third = store.create(TrainConfig()), store.create(TrainConfig())
    at = app("train")
    assert labels(at).count("Put first") == 1, "the next one is first already"
    button(at, "Put first").click().run()
    assert [each.id for each in store.queue()] == [third.id, second.id]
    button(at, "Cancel").click().run()
    assert [each.id for each in store.queue()] == [second.id]
    assert third.status().state == "stopped"


def test_a_waiting_run_whose_notes_are_damaged_has_its_id_for_a_name(app, store, run):
    waiting = store.create(TrainConfig())
    (waiting.folder / "notes.json").write_text("{")
    at = app("train")
    assert not at.exception and f"1. {escape_markdown(waiting.id)}" in words(at)
    button(at, "Cancel").click().run()
    assert waiting.status().state == "stopped"


def test_a_run_that_cannot_be_sent_a_command_says_why(app, run):
    run.write_status(replace(run.status(), state="stopped"))
    at = app("train")
    (run.folder / "notes.json").write_text("{")
    button(at, "Resume").click().run()
    assert not at.exception and sent(run) == []
    assert [each.value for each in at.toast] and escape_markdown("notes.json") in at.toast[0].value


@pytest.mark.parametrize(("sentence", "error"), [DENIED, FULL_DISK])
def test_a_command_that_cannot_be_written_says_why(app, run, monkeypatch, sentence, error):
    at = app("train")
    monkeypatch.setattr(Run, "send", failing(error))
    button(at, "Pause").click().run()
    assert not at.exception and [plain(each.value) for each in at.toast] == [f"This cannot be done: {sentence}"]


def test_a_run_whose_folder_is_deleted_gives_way_to_the_next(app, store, run, monkeypatch):
    run.write_status(replace(run.status(), state="stopped"))
    real = run_changes.busy_id

    def then_queued(store):
        """At the second poll another run waits, and the folder of the shown one is gone."""
        if not run.folder.exists():
            return real(store)
        if not polls:
            polls.append(real(store))
            return polls[0]
        shutil.rmtree(run.folder)
        return store.create(TrainConfig(epochs=7)).id

    polls = []
    monkeypatch.setattr(run_changes, "busy_id", then_queued)
    at = app("train")
    assert not at.exception and polls == [None]
    assert "Starting" in progress(at)


def test_the_axis_is_as_long_as_the_extended_run(app, run):
    run.append_mark(Mark(MarkKind.EXTEND, step=1, epoch=0.5, elapsed_s=0.1, acknowledged=1, value=5))
    at = app("train")
    assert "epoch 0.5 of 10" in progress(at)


# the queue


def progress(at):
    return "\n".join(each.proto.text for each in at.get("progress"))


def badges(at):
    """The states that the page shows as badges."""
    return [state for each in at.markdown for state in re.findall(r"-badge\[:\S+: (\w+)\]", each.value)]


@pytest.fixture
def paused(store, run):
    """The run of this process, paused."""
    run.send("pause")
    run.write_status(replace(run.status(), state="paused"))
    return run


def test_a_run_that_nothing_keeps_from_starting_does_not_wait(app, store):
    store.create(TrainConfig())
    at = app("train")
    assert progress(at) == "Starting …" and badges(at) == ["starting"]
    assert "waiting" not in words(at)


def test_who_waits_for_a_paused_run_reads_which_it_is_and_can_resume_or_see_it(app, store, paused):
    waiting = [store.create(TrainConfig()) for _ in range(2)]
    at = app("train", shown_run=waiting[1].id)
    sentence = "is paused and keeps its place: what waits begins when it is resumed or stopped."
    assert f"**{escape_markdown(paused.title())}** {sentence}" in words(at)
    assert progress(at) == f"Starts when {escape_markdown(waiting[0].title())} ends" and badges(at) == ["queued"]
    assert "**Queue**: 2 waiting" in words(at), "the shown one counts too"
    button(at, "Show it").click().run()
    assert badges(at) == ["paused"] and "**Queue**: 2 waiting, until this run is resumed or stopped" in words(at)
    at = app("train", shown_run=waiting[0].id)
    button(at, "Resume").click().run()
    assert not at.exception and sent(paused)[-1] == ("resume", None)


def test_the_shown_run_can_be_put_first(app, store, run):
    waiting = [store.create(TrainConfig()) for _ in range(2)]
    at = app("train", shown_run=waiting[1].id)
    assert labels(at).count("Cancel") == 2, "each run once"
    button(at, "Put first").click().run()
    assert progress(at) == f"Starts when {escape_markdown(run.title())} ends"


@pytest.mark.parametrize("name", ["runs", "learn"])
def test_the_other_pages_name_the_paused_run_that_holds_the_queue(app, store, paused, name):
    claim = CLAIMS["epochs"]
    file_missing_runs(claim, store, {})
    at = app(name)
    assert not at.exception and words(at).count("is paused and keeps its place") == 1
    button(at, "Show it").click().run()
    assert badges(at) == ["paused"], "it is on the Train page"


def test_a_run_that_was_stopped_stays_and_the_next_one_is_named(app, store, run, monkeypatch):
    following = store.create(TrainConfig())
    at = app("train")
    run.send("stop")
    run.write_status(replace(run.status(), state="stopped"))
    following.write_status(Status.of_this_process())
    at.run()
    assert badges(at) == ["stopped"] and "is being trained." in words(at)
    button(at, "Show it").click().run()
    assert badges(at) == ["running"]


def picker(at):
    return next(each for each in at.selectbox if each.label == "Show the run")


def test_a_picked_run_stays_until_another_one_is_started(app, store, finished_run):
    at = app("train", **{"all-runs": True})
    picker(at).set_value(finished_run.id).run()
    following = store.create(TrainConfig())
    following.write_status(Status.of_this_process())
    at.run()
    assert badges(at) == ["finished"] and "is being trained." in words(at)
    button(at, "Train").click().run()
    at.run()
    assert not at.exception and badges(at) == ["queued"] and picker(at).value is None
    picker(at).set_value(finished_run.id).run()
    assert badges(at) == ["finished"]
    button(at, "Show it").click().run()
    assert badges(at) == ["running"] and picker(at).value is None


@pytest.mark.parametrize("state", ["finished", "failed"])
def test_a_run_that_ended_by_itself_gives_way_to_the_next_one(app, store, finished_run, state):
    following = store.create(TrainConfig())
    finished_run.write_status(Status.of_this_process())
    at = app("train", shown_run=finished_run.id)
    finished_run.write_status(replace(finished_status(), state=state))
    following.write_status(Status.of_this_process())
    at.run()
    assert badges(at) == ["running"]


def test_a_run_that_is_cancelled_gives_way_to_the_one_that_trains(app, store, run):
    waiting = store.create(TrainConfig())
    at = app("train", shown_run=waiting.id)
    button(at, "Cancel").click().run()
    assert waiting.status().state == "stopped" and badges(at) == ["running"]
