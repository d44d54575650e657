"""The Sweep page: its form refuses nonsense and starts a sweep, which is then shown live, with what came of it."""

import pytest

from core.cluster import ClusterError
from core.people import Mode, People
from core.runs.schema import RunState, Status
from core.runs.store import RunStore
from core.sweeps.sweep import SweepError, SweepStore
from core.sweeps.swept_field import SweptField
from pages.widgets.shared import workspace
from pages.widgets.sweep import form, live
from tests.support.app import FULL_DISK, failing, plain, words
from tests.support.sweeps import RATES, owned_sweep, sweep_config


def widget(kind, label):
    return next(each for each in kind if each.label == label)


def press(at, label):
    return widget(at.button, label).click().run()


@pytest.fixture
def started(monkeypatch):
    """The sweeps whose process was started."""
    found = []
    monkeypatch.setattr(form, "start_owner", found.append)
    monkeypatch.setattr(live, "start_owner", found.append)
    return found


def test_a_sweep_is_started_as_the_form_has_it(app, store, started):
    at = app("sweep")
    assert not at.exception and not at.error
    assert "30 trials and 6 runs to confirm the winner" in words(at)
    widget(at.multiselect, "Vary").set_value(["learning_rate", "optimizer"]).run()
    widget(at.number_input, "Trials").set_value(12).run()
    widget(at.selectbox, "Poor trials").set_value("median").run()
    widget(at.selectbox, "Recipe").set_value("train-page").run()
    press(at, "Start")
    assert not at.exception
    (sweep,) = SweepStore(store).all()
    config = sweep.config()
    assert [each.name for each in config.fields] == ["learning_rate", "optimizer"]
    assert config.fields[0].log and config.trials == 12 and config.pruning == "median"
    assert [each.id for each in started] == [sweep.id]
    assert widget(at.selectbox, "Sweep").value == sweep.id, "the new sweep is shown"


def test_a_sweep_on_a_cluster_is_started_where_one_answers(app, store, started, monkeypatch):
    asked = []
    monkeypatch.setattr(form.visitor, "is_at_this_machine", lambda: True)
    monkeypatch.setattr(form, "check_cluster", asked.append)
    at = app("sweep")
    widget(at.text_input, "Cluster").set_value("host:8786").run()
    assert "must be of the form tcp://host:8786" in plain(words(at)) and widget(at.button, "Start").disabled
    widget(at.text_input, "Cluster").set_value("tcp://host:8786").run()
    press(at, "Start")
    (sweep,) = SweepStore(store).all()
    assert asked == ["tcp://host:8786"] == [sweep.config().cluster] and started


def test_a_cluster_that_does_not_answer_is_said_and_nothing_is_filed(app, store, started, monkeypatch):
    monkeypatch.setattr(form.visitor, "is_at_this_machine", lambda: True)
    monkeypatch.setattr(form, "check_cluster", failing(ClusterError("Nothing answers at tcp://host:8786.")))
    at = app("sweep")
    widget(at.text_input, "Cluster").set_value("tcp://host:8786").run()
    press(at, "Start")
    assert "Nothing answers at tcp://host:8786." in plain(words(at))
    assert SweepStore(store).all() == [] and not started


def test_in_a_class_a_second_sweep_is_refused_and_nothing_is_filed(app, store, started, monkeypatch):
    anna = People(store.root).join("Anna", 10)[0]
    monkeypatch.setattr(workspace, "mode", lambda: Mode.CODE)
    monkeypatch.setattr(workspace, "person", lambda: anna)
    sweeps = SweepStore(RunStore(anna.root))
    sweeps.create(sweep_config(name="Rates")).begin()
    at = app("sweep")
    widget(at.selectbox, "Sweep").set_value("new").run()
    press(at, "Start")
    assert "Your sweep Rates is running already" in plain(words(at))
    assert len(sweeps.all()) == 1 and not started


def test_a_visitor_from_elsewhere_has_nothing_connect_anywhere(app, store, monkeypatch):
    monkeypatch.setattr(form.visitor, "is_at_this_machine", lambda: False)
    assert widget(app("sweep").text_input, "Cluster").disabled


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ([], "The sweep varies nothing"),
        (["layers", "hidden_units"], "layers and hidden_units exclude each other"),
        (["momentum"], "momentum changes nothing with adam"),
    ],
)
def test_nonsense_is_said_and_cannot_be_started(app, store, started, fields, sentence):
    at = app("sweep")
    widget(at.multiselect, "Vary").set_value(fields).run()
    assert sentence in plain(words(at))
    assert widget(at.button, "Start").disabled and not at.exception


def test_a_range_that_is_empty_and_a_grid_without_end_are_said(app, store, started):
    at = app("sweep")
    widget(at.number_input, "Dropout, from").set_value(0.6).run()
    assert "dropout goes from 0.6 to 0.5: the range is empty" in plain(words(at))
    widget(at.number_input, "Dropout, from").set_value(0.0).run()
    widget(at.selectbox, "Propose").set_value("grid").run()
    assert not at.exception and not at.error, "a grid has steps beside its ranges"
    widget(at.multiselect, "Vary").set_value(["optimizer", "augmentation"]).run()
    widget(at.multiselect, "Optimizer").set_value([]).run()
    assert "Optimizer has no value to try" in plain(words(at))


@pytest.mark.parametrize("problem", [FULL_DISK, ("a sentence", SweepError("a sentence"))])
def test_what_keeps_a_sweep_from_starting_is_said(app, store, monkeypatch, problem):
    monkeypatch.setattr(form, "start_owner", failing(problem[1]))
    at = press(app("sweep"), "Start")
    assert problem[0] in plain(words(at)) and not at.exception


def test_a_finished_sweep_shows_its_result_its_charts_and_its_trials(app, store, monkeypatch):
    batches = SweptField("batch_size", options=(32, 64, 128))
    view = owned_sweep(store, monkeypatch, sweep_config(RATES, batches, trials=12))
    at = app("sweep")
    assert not at.exception
    said = plain(words(at))
    assert "The winner is clearly better than the recipe" in said and "12 of 12 trials" in said
    assert "seeds that no trial had" in said, "why the test images are unseen until the end"
    assert {"Best so far", "What matters", "All fields", "Trials"} <= {
        each.value.split("**")[1] for each in at.markdown if each.value.startswith("**") and each.value.count("**") > 1
    }
    result, trials = (each.value for each in at.dataframe)
    assert list(result.columns) == ["seed", "winner, on the test images", "recipe, on the test images"]
    assert len(trials) == 12 and "Learning rate" in trials.columns and "Batch size" in trials.columns
    assert view.best.number + 1 in list(trials["Trial"])


def test_a_sweep_that_was_cut_off_is_resumed_by_a_press(app, store, started):
    sweep = SweepStore(store).create(sweep_config())
    sweep.write_status(Status(RunState.RUNNING, pid=2**22 + 1, process_started=1.0))
    at = app("sweep")
    assert "The process of the sweep is gone" in plain(words(at)) and not at.exception
    press(at, "Resume")
    assert [each.id for each in started] == [sweep.id]


def test_a_running_sweep_is_stopped_by_a_press(app, store, started):
    sweep = SweepStore(store).create(sweep_config())
    sweep.begin()
    at = press(app("sweep"), "Stop")
    assert sweep.is_stop_requested() and not at.exception


def test_a_damaged_sweep_is_a_sentence_and_a_new_one_can_be_made(app, store, started):
    sweep = SweepStore(store).create(sweep_config())
    (sweep.folder / "sweep.json").write_text('{"base": 3')
    at = app("sweep")
    assert "cannot be used" in plain(words(at)) and not at.exception
    widget(at.selectbox, "Sweep").set_value("new").run()
    assert not at.exception and widget(at.button, "Start")


def test_the_report_of_a_trial_says_that_it_is_on_the_validation_images(app, store, finished_run):
    run = store.create(finished_run.config().changed({"test_unseen": True}), lambda run: run.write_notes(trial=0))
    run.write_report(finished_run.report())
    run.model_path.write_bytes(finished_run.model_path.read_bytes())
    run.write_status(finished_run.status())
    at = app("runs")
    at.query_params["run"] = run.id
    at.run(timeout=60)
    assert not at.exception
    assert "On the validation images: the recipe leaves the test images unseen." in words(at)


def test_runs_of_a_sweep_are_one_group_and_not_among_the_models(app, store, monkeypatch):
    owned_sweep(store, monkeypatch, sweep_config(trials=3))
    for run in store.all():
        run.model_path.write_bytes(b"never loaded")
    at = app("runs")
    assert not at.exception
    at = app("recognize")
    assert [each for each in widget(at.selectbox, "Model").options if "Sweep" in each] == []


def test_a_sweep_is_deleted_and_brought_back(app, store, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(trials=2))
    filed = len(store.all())
    at = press(app("sweep"), "Delete the sweep")
    assert not at.exception and SweepStore(store).all() == [] and store.all() == []
    assert widget(at.button, "Start"), "without a sweep there is the form of a new one"
    at = press(at, "Undo delete")
    assert not at.exception and len(store.all()) == filed
    assert widget(at.selectbox, "Sweep").value == view.sweep.id
    assert "Undo delete" not in [each.label for each in at.button]
    widget(at.toggle, "Keep its runs among all runs").set_value(True).run()
    at = press(at, "Delete the sweep")
    assert not at.exception and len(store.all()) == filed and SweepStore(store).all() == []


def test_a_damaged_sweep_is_deleted_and_a_running_one_is_not(app, store, started):
    sweep = SweepStore(store).create(sweep_config())
    (sweep.folder / "sweep.json").write_text("{")
    at = press(app("sweep"), "Delete the sweep")
    assert not at.exception and SweepStore(store).all() == []
    running = SweepStore(store).create(sweep_config())
    at = at.run()
    running.begin()  # on another server, since the page was drawn
    at = press(at, "Delete the sweep")
    assert "is running. Stop it first" in plain(words(at)) and not at.exception
    assert [each.id for each in SweepStore(store).all()] == [running.id]
