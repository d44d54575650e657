"""The Runs page without a browser: empty, filled, damaged, with 200 runs; starred, renamed, compared, deleted."""

import errno
import json
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.datasets.mnist import load_arrays, load_mnist
from core.datasets.split import fold_images
from core.evaluation.predictions import Predictions
from core.evaluation.report import make_report
from core.export.bundle_zip import BundleError
from core.export.formats import FORMATS, ExportFormat
from core.runs import trash
from core.runs.quota import QuotaError
from core.runs.run import Run
from core.runs.schema import Mark, MarkKind, Notes, RunState, Status
from pages.widgets.runs import bundle_import, run_detail
from pages.widgets.shared import visitor
from pages.widgets.shared.durations import describe_time
from tests.support.app import DENIED, FULL_DISK, failing, plain, texts, words
from tests.support.runs import ended_run, finished_status, metric_row


@pytest.fixture
def open_runs(app):
    """Open the Runs page with a query; `chosen` are the runs that are ticked in its table."""

    def open_page(chosen=(), **query):
        at = app("runs", chosen_runs=list(chosen))
        for name, value in query.items():
            at.query_params[name] = value
        return at.run()

    return open_page


@pytest.fixture
def tested_run(store):
    """Make a finished run that reads every so many-th test image as the next digit, and kept its answers."""

    def make(every, **config):
        labels = load_mnist().test.labels
        wrong = np.arange(len(labels)) % every == 0
        probabilities = np.eye(10)[np.where(wrong, (labels + 1) % 10, labels)] * 0.9 + 0.01

        def fill(run):
            run.append_metrics(metric_row(9, 9, loss=0.1, accuracy=0.9, elapsed_s=2.0, val_loss=0.2, val_accuracy=0.94))
            run.save_predictions(Predictions.from_probabilities(probabilities).arrays())
            run.write_report(make_report(probabilities, labels))
            run.model_path.write_bytes(b"never loaded")
            run.write_status(finished_status())

        return store.create(TrainConfig(**config), fill)

    return make


def data_of(at, component):
    """What the page gave to a component of its own, newest first."""
    protos = [each.proto for each in at.get("bidi_component")]
    return [json.loads(each.json) for each in protos if each.component_name == component]


def rows(at):
    """The rows of the table, by title."""
    return {row["title"]: row for row in data_of(at, "studio_runs_table")[0]["runs"]}


def button(at, label):
    return next(each for each in at.button if each.label.startswith(label))


def test_without_a_run_the_page_says_where_they_come_from(open_runs):
    at = open_runs()
    assert not at.exception
    (table,) = data_of(at, "studio_runs_table")
    assert table["runs"] == [] and table["nothing"].startswith("No run yet")
    assert button(at, "Compare").disabled and button(at, "Delete").disabled


def test_a_row_says_what_matters(open_runs, finished_run):
    finished_run.write_notes(name="First try", star=True, remark="too short")
    row = rows(open_runs())["First try"]
    shown = dict(zip(["network", "recipe", "test", "validation", "weights", "time"], row["texts"], strict=False))
    assert shown == {
        "network": "Dense",
        "recipe": "hidden units 8, epochs 2",
        "test": "95.00 %",
        "validation": "94.00 %",
        "weights": "6,370",
        "time": "2 s",
    }
    assert row["starred"] and row["remark"] == "too short" and row["state"] == ""


def test_a_running_run_is_live_in_the_table(open_runs, store):
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process(101_770))
    run.append_metrics(metric_row(10, val_loss=1.0, val_accuracy=0.5))
    run.append_metrics(metric_row(15))
    at = open_runs()
    (shown,) = rows(at).values()
    assert shown["state"] == "running, epoch 1.5 of 5" and "50.00 %" in shown["texts"]
    run.append_metrics(metric_row(25))
    (shown,) = rows(at.run()).values()
    assert shown["state"] == "running, epoch 2.5 of 5" and "50.00 %" in shown["texts"]


def test_words_and_filters_find_runs(open_runs, finished_run, store):
    store.create(TrainConfig(architecture="convnet"))
    finished_run.write_notes(name="First try", star=True)
    at = open_runs()
    assert len(rows(at)) == 2
    at.text_input(key="filter_text").set_value("TRY units").run()
    assert list(rows(at)) == ["First try"]
    at.text_input(key="filter_text").set_value("nothing of the kind").run()
    assert rows(at) == {} and data_of(at, "studio_runs_table")[0]["nothing"] == "No run matches the search."
    at.text_input(key="filter_text").set_value("").run()
    at.multiselect(key="filter_states").set_value(["queued"]).run()
    assert [row["texts"][0] for row in rows(at).values()] == ["Convnet"]
    at.multiselect(key="filter_states").set_value([]).run()
    at.toggle(key="filter_starred").set_value(True).run()
    assert list(rows(at)) == ["First try"]


@pytest.mark.parametrize("name", ["config.json", "status.json", "report.json", "notes.json"])
def test_a_damaged_run_is_named_and_can_be_deleted(open_runs, store, finished_run, name):
    broken = store.create(TrainConfig())
    (broken.folder / name).write_bytes(b'{"state": "runn')
    at = open_runs(chosen=[broken.id], run=broken.id)
    assert not at.exception
    assert name in rows(at)[broken.id]["state"] and name in at.error[0].value.replace("\\", "")
    button(at, "Delete (1)").click().run()
    assert list(rows(at)) == [finished_run.title()]


def test_delete_and_undo(open_runs, store, finished_run):
    at = open_runs(chosen=[finished_run.id])
    button(at, "Delete (1)").click().run()
    assert store.all() == [] and rows(at) == {}
    button(at, "Undo delete").click().run()
    assert [run.id for run in store.all()] == [finished_run.id] and len(rows(at)) == 1
    assert not any(each.label == "Undo delete" for each in at.button)


def test_one_undo_brings_back_what_remove_all_has_removed(open_runs, store, finished_run, monkeypatch):
    monkeypatch.setattr(visitor, "is_at_this_machine", lambda: True)
    first = store.create(TrainConfig())
    trash.delete(store, first)
    at = open_runs(chosen=[finished_run.id])
    button(at, "Delete (1)").click().run()
    at.session_state["trash"] = True
    at.run()
    button(at, "Remove all for good").click().run()
    assert trash.deleted_runs(store) == [] and "Removed: 2 runs" in words(at)
    assert not any(each.label == "Undo delete" for each in at.button)
    button(at, "Undo remove").click().run()
    assert not at.exception
    assert {run.id for run in trash.deleted_runs(store)} == {first.id, finished_run.id}
    assert not any(each.label == "Undo remove" for each in at.button)


def test_a_running_run_is_not_deleted(open_runs, store):
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    at = open_runs(chosen=[run.id], run=run.id)
    assert at.button[-2].label == "Delete" and at.button[-2].disabled
    button(at, "Delete (1)").click().run()
    assert "Stop it first" in at.toast[0].value
    assert len(store.all()) == 1


def test_rename_and_remark(open_runs, finished_run):
    at = open_runs(run=finished_run.id)
    next(each for each in at.text_input if each.label == "Name").set_value(" Best *one* ")
    next(each for each in at.text_area if each.label == "Remark").set_value("for the thesis")
    button(at, "Save").click().run()
    assert finished_run.notes() == Notes(name="Best *one*", remark="for the thesis")
    assert "Best *one*" in rows(at)
    assert r"Best \*one\*" in words(at), "a name is shown as it is"


def test_a_deep_link_shows_the_report(open_runs, tested_run):
    run = tested_run(50)
    at = open_runs(run=run.id)
    assert not at.exception and not at.error
    metrics = {each.label: each.value for each in at.metric}
    assert metrics["Test accuracy"] == "98.00 %" and metrics["Misread"] == "200 of 10,000"
    assert "95 % interval 97.71 % to 98.26 %" in words(at)
    table = next(each.value for each in at.dataframe if "F1" in each.value)
    assert list(table.columns) == ["digit", "images", "recall", "precision", "F1"]


def test_the_cell_of_the_confusion_matrix_that_is_chosen_shows_its_pictures(open_runs, tested_run):
    run = tested_run(50)
    at = open_runs(run=run.id)
    at.selectbox(key=f"is-{run.id}").set_value(3).run()
    at.selectbox(key=f"read-{run.id}").set_value(4).run()
    matrix = run.report().confusion_matrix
    assert f"A 3 was read as 4 {matrix[3][4]} times." in words(at)
    (shown,) = data_of(at, "studio_gallery")
    assert len(shown["images"]) == matrix[3][4]
    assert all(each["lines"] == ["3 read as 4", "91.0 % sure"] for each in shown["images"])
    at.selectbox(key=f"read-{run.id}").set_value(7).run()
    assert "No 3 was read as 7." in words(at)


def test_the_fifty_worst_mistakes(open_runs, tested_run):
    at = open_runs(run=tested_run(50).id)
    at.radio(key="section").set_value("Worst mistakes").run()
    (shown,) = data_of(at, "studio_gallery")
    assert len(shown["images"]) == 50


def test_the_doubtful_labels_and_the_accuracy_without_the_known_wrong_ones(open_runs, tested_run):
    at = open_runs(run=tested_run(50).id)
    at.radio(key="section").set_value("Doubtful labels").run()
    assert not at.exception
    shown, known = data_of(at, "studio_gallery")
    assert "Check the training labels · 5 runs" in next(each.label for each in at.button if "Check" in each.label)
    assert len(shown["images"]) == 50 and shown["images"][0]["lines"][1] == "8: 91.0 %"
    assert known["images"][0]["lines"] == ["label 8, read 8", "8: 91.0 %", "people: a 9"]
    assert "200 of the 10,000 test labels are doubtful" in words(at)
    assert "98.00 % with MNIST's labels" in words(at) and "without the 15 that people found wrong" in words(at)


def test_the_training_labels_are_checked_by_five_runs_that_each_keep_a_fold_back(open_runs, tested_run, store):
    run = tested_run(50, hidden_units=8)
    at = open_runs(run=run.id)
    at.radio(key="section").set_value("Doubtful labels").run()
    at.button(key=f"folds-{run.id}").click().run()
    assert not at.exception
    folds = [each for each in store.all() if each.config().fold]
    assert len(folds) == 5 and "0 of 5 runs are over" in texts(at)
    assert at.button(key=f"cancel-folds-{run.id}").label == "Cancel · 5 runs"
    for each in folds:
        labels = load_arrays()["y_train"][fold_images(each.config(), load_arrays()["y_train"])]
        read = np.where(np.arange(12000) == 5, (labels + 1) % 10, labels)
        probabilities = np.eye(10)[read] * 0.9 + 0.01
        each.save_fold_predictions(Predictions.from_probabilities(probabilities).arrays())
        each.write_report(make_report(probabilities, labels))
        each.write_status(finished_status())
    at.run()
    assert not at.exception and "5 of the 60,000 training labels are doubtful" in words(at)
    assert len(data_of(at, "studio_gallery")[2]["images"]) == 5


def test_a_run_without_kept_answers_is_measured_when_it_is_asked_for(open_runs, finished_run):
    finished_run.write_report(replace(finished_run.report(), reliability=None))
    at = open_runs(run=finished_run.id)
    assert not at.exception and not at.error
    assert "of 10,000" in {each.label: each.value for each in at.metric}["Misread"]


def test_a_run_whose_model_is_damaged_says_so(open_runs, finished_run):
    finished_run.model_path.write_bytes(b"no model")
    at = open_runs(run=finished_run.id)
    assert not at.exception
    assert "is damaged" in at.error[0].value.replace("\\", "")


def test_a_link_to_a_run_that_is_gone(open_runs, finished_run):
    at = open_runs(run="20200101-000000-000-mlp-0000")
    assert not at.exception and "There is no run" in at.warning[0].value


def test_two_runs_side_by_side(open_runs, tested_run):
    worse, better = tested_run(20, epochs=3), tested_run(50, learning_rate=0.003)
    at = open_runs(chosen=[worse.id, better.id])
    button(at, "Compare (2)").click().run()
    assert not at.exception and not at.error
    assert at.query_params["compare"] == f"{better.id},{worse.id}"
    settings = next(each.value for each in at.table if "setting" in each.value)
    assert settings.to_numpy().tolist() == [["Epochs", "5", "3"], ["Learning rate", "0.003", "0.001"]]
    reports = next(each.value for each in at.dataframe if "" in each.value).set_index("")
    assert reports.loc["test accuracy"].tolist() == ["98.00 %", "95.00 %"]
    # Every 50th is wrong in one, every 20th in the other, every 100th in both and alike.
    assert "500 of the 10,000 test images" in words(at)
    assert "A alone reads 400 right; B alone reads 100 right" in words(at)
    assert len(data_of(at, "studio_gallery")[0]["images"]) == 50


@pytest.fixture
def stopped_run(tested_run):
    """A run that was extended, given another rate and stopped in its second epoch, as a worker of before left it."""
    run = tested_run(20)
    run.append_mark(Mark(MarkKind.EXTEND, step=5, epoch=0.5, elapsed_s=1.0, acknowledged=1, value=2))
    run.append_mark(Mark(MarkKind.RATE, step=9, epoch=1.0, elapsed_s=2.0, acknowledged=2, value=0.01))
    run.append_metrics(metric_row(12, 9, elapsed_s=3.25))
    run.write_status(replace(run.status(), state="stopped", train_s=0.0, images_per_s=0.0))
    return run


def test_the_comparison_has_the_time_of_a_stopped_run_and_what_was_changed_while_it_trained(
    open_runs, tested_run, stopped_run
):
    at = open_runs(compare=f"{stopped_run.id},{tested_run(50).id}")
    assert not at.exception
    settings = next(each.value for each in at.table if "setting" in each.value)
    assert settings.to_numpy().tolist() == [
        ["Epochs", "5 extended to 7", "5"],
        ["Learning rate", "0.001 then 0.01 from epoch 1.0", "0.001"],
    ]
    reports = next(each.value for each in at.dataframe if "" in each.value).set_index("")
    assert reports.loc["training"].tolist() == ["3.2 s", "2.0 s"]
    assert reports.loc["epochs trained"].tolist() == ["1.3", "1.0"]


def test_a_stopped_run_s_own_page_has_its_time_its_network_and_what_was_changed(open_runs, stopped_run):
    at = open_runs(run=stopped_run.id)
    training = next(each for each in at.metric if each.label == "Training")
    assert training.value == "3 s" and not training.help
    at.radio(key="section").set_value("Curves and recipe").run()
    recipe = next(each.value for each in at.dataframe if "setting" in each.value).set_index("setting")["value"]
    assert recipe["Epochs"] == "5 extended to 7" and recipe["Learning rate"] == "0.001 then 0.01 from epoch 1.0"
    assert rows(at)[stopped_run.title()]["texts"][1].startswith("epochs 5 extended to 7, learning rate 0.001 then")


def test_a_run_of_own_layers_has_its_own_network_in_the_recipe(open_runs, tested_run):
    at = open_runs(run=tested_run(50, layers=[{"class_name": "Flatten"}]).id)
    at.radio(key="section").set_value("Curves and recipe").run()
    recipe = next(each.value for each in at.dataframe if "setting" in each.value).set_index("setting")["value"]
    assert recipe["Network"] == "Linear"


def test_a_run_that_is_deleted_while_its_pictures_are_shown_is_an_error_in_words(open_runs, tested_run, monkeypatch):
    first, second = tested_run(20), tested_run(50)

    def gone(run):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(run.model_path))

    monkeypatch.setattr("pages.widgets.shared.model_predictions.predictions_of", gone)
    at = open_runs(compare=f"{first.id},{second.id}")
    sentence = f"The pictures cannot be shown: {first.model_path} does not exist. Check the path."
    assert not at.exception and sentence in words(at).replace("\\", "")


def test_a_run_is_starred_on_its_own_page_too(open_runs, finished_run):
    at = open_runs(run=finished_run.id)
    at.button(key="star").click().run()
    assert finished_run.notes().star and at.button(key="star").label == "Unstar"
    at.button(key="star").click().run()
    assert not finished_run.notes().star and not at.exception


def test_runs_of_the_same_recipe_say_so(open_runs, tested_run):
    first, second = tested_run(20), tested_run(20)
    at = open_runs(compare=f"{first.id},{second.id},gone")
    assert "the recipes are the same" in words(at) and "0 of the 10,000" in words(at)


def test_a_damaged_run_in_a_link_does_not_break_the_comparison(open_runs, tested_run, store):
    first, second, broken = tested_run(20), tested_run(50), store.create(TrainConfig())
    (broken.folder / "config.json").write_text("{")
    at = open_runs(compare=f"{first.id},{broken.id},{second.id}")
    assert not at.exception and "500 of the 10,000" in words(at)


def test_two_hundred_runs_are_listed_without_reading_their_models(open_runs, store):
    config, status = TrainConfig().to_json(), finished_status()
    test = make_report(np.eye(10), np.arange(10))
    for number in range(200):
        run = Run(store.root / f"20260101-000000-{number:03}-mlp-0000")
        run.folder.mkdir(parents=True)
        (run.folder / "config.json").write_text(config)
        run.write_report(test)
        run.write_status(status)
        run.model_path.write_bytes(b"never loaded")
    at = open_runs()
    assert not at.exception
    assert len(data_of(at, "studio_runs_table")[0]["runs"]) == 200


def test_the_years_of_old_runs_are_said():
    assert describe_time(0) == "" and "2020" in describe_time(1.6e9)
    assert str(time.localtime().tm_year) not in describe_time(time.time())


def test_what_can_be_taken_away(open_runs, finished_run, monkeypatch, tmp_path):
    from core.export import verified

    exported = tmp_path / "digits.tflite"
    exported.write_bytes(b"a model")
    monkeypatch.setattr(verified, "verified_export", lambda run, kind: verified.ExportedModel(exported, 2.5e-7))
    monkeypatch.setattr(
        "pages.widgets.runs.exports.missing_packages", lambda kind: "Needs onnx: pip install" if kind == "onnx" else ""
    )
    at = open_runs(run=finished_run.id)
    at.radio(key="section").set_value("Download").run()
    assert not at.exception
    assert "Needs onnx: pip install" in words(at).replace("\\", "")
    button(at, "Export LiteRT").click().run()
    assert not at.exception
    assert "Largest difference on 100 test images: 2.5e-07" in words(at)
    assert any(each.label == "Download digits.tflite" for each in at.get("download_button"))


def test_the_documents_of_a_run_are_downloaded_or_a_sentence_says_why_not(open_runs, finished_run, store):
    at = open_runs(run=finished_run.id)
    at.radio(key="section").set_value("Download").run()
    labels = [each.label for each in at.get("download_button")]
    assert {"Download the script", "Download the notebook", "Download the report"} <= set(labels)
    other = ended_run(store, TrainConfig(other_hands=True))
    at = open_runs(run=other.id)
    at.radio(key="section").set_value("Download").run()
    assert words(at).count("trained with Other hands") == 2
    assert [each.label for each in at.get("download_button")][1:] == ["Download the report"]


def test_a_run_that_still_trains_says_when_it_can_be_exported(open_runs, store):
    at = open_runs(run=ended_run(store, TrainConfig(), state=RunState.RUNNING).id)
    at.radio(key="section").set_value("Download").run()
    assert not at.exception and not at.get("download_button")
    assert [plain(each.value) for each in at.info] == [
        "This run has not ended, it is running. It can be exported once it has."
    ]


def test_a_format_that_is_added_is_offered(open_runs, finished_run, monkeypatch):
    write, predict = lambda model, path: None, lambda path, images: images
    added = ExportFormat("csv", "CSV", "for spreadsheets", ".csv", write, predict)
    monkeypatch.setitem(FORMATS, "csv", added)
    at = open_runs(run=finished_run.id)
    at.radio(key="section").set_value("Download").run()
    assert not at.exception
    assert "for spreadsheets" in words(at) and button(at, "Export CSV")


@pytest.mark.parametrize("error", [BundleError("It is damaged."), RuntimeError("Nobody thought of this.")])
def test_a_bundle_is_tried_once_for_each_press(open_runs, monkeypatch, error):
    tried = []

    def fails(store, data):
        tried.append(data)
        raise error

    monkeypatch.setattr(bundle_import, "import_bundle", fails)
    at = open_runs()
    at.file_uploader(key="bundle-0").set_value(("almond.zip", b"PK", "application/zip")).run()
    next(each for each in at.button if each.label == "Import this bundle").click().run()
    at.run()
    assert tried == [b"PK"]


@pytest.mark.parametrize(("sentence", "error"), [DENIED, FULL_DISK])
def test_a_bundle_that_cannot_be_filed_is_an_error_in_words(open_runs, monkeypatch, sentence, error):
    monkeypatch.setattr(bundle_import, "import_bundle", failing(error))
    at = open_runs()
    at.file_uploader(key="bundle-0").set_value(("almond.zip", b"PK", "application/zip")).run()
    button(at, "Import this bundle").click().run()
    assert not at.exception and [plain(each.value) for each in at.error] == [sentence]


@pytest.mark.parametrize(("sentence", "error"), [DENIED, FULL_DISK])
def test_a_run_that_cannot_be_moved_to_the_trash_or_back_is_an_error_in_words(
    open_runs, finished_run, monkeypatch, sentence, error
):
    at = open_runs(chosen=[finished_run.id])
    with monkeypatch.context() as broken:
        broken.setattr(trash, "delete", failing(error))
        button(at, "Delete (1)").click().run()
    assert not at.exception and [plain(each.value) for each in at.toast] == [sentence]
    button(at, "Delete (1)").click().run()
    monkeypatch.setattr(trash, "restore", failing(error))
    button(at, "Undo delete").click().run()
    assert not at.exception and [plain(each.value) for each in at.toast] == [sentence]


@pytest.mark.parametrize(("sentence", "error"), [DENIED, FULL_DISK])
def test_reports_that_cannot_be_read_are_an_error_in_words(open_runs, tested_run, monkeypatch, sentence, error):
    first, second = tested_run(20), tested_run(50)
    monkeypatch.setattr("pages.widgets.shared.model_predictions.report_of", failing(error))
    at = open_runs(compare=f"{first.id},{second.id}")
    assert not at.exception
    assert [plain(each.value) for each in at.error] == [f"Not all reports can be shown: {sentence}"]


@pytest.mark.parametrize(("sentence", "error"), [DENIED, FULL_DISK])
def test_pictures_behind_a_cell_that_cannot_be_shown_are_an_error_in_words(
    open_runs, tested_run, monkeypatch, sentence, error
):
    run = tested_run(50)
    monkeypatch.setattr("pages.widgets.shared.model_predictions.predictions_of", failing(error))
    at = open_runs(run=run.id)
    assert not at.exception
    assert f"There are no pictures to show: {sentence}" in [plain(each.value) for each in at.error]


@pytest.mark.parametrize("at_the_machine", [True, False])
def test_runs_are_removed_for_good_only_at_the_machine_itself(store, app, finished_run, monkeypatch, at_the_machine):
    monkeypatch.setattr(visitor, "is_at_this_machine", lambda: at_the_machine)
    trash.delete(store, finished_run)
    at = app("runs", trash=True)
    assert ("Remove all for good" in [each.label for each in at.button]) is at_the_machine
    assert ("only in a browser on the machine that serves this page" in words(at)) is not at_the_machine
    assert ("only at that machine are they removed for good" in words(at)) is not at_the_machine


@pytest.mark.parametrize(
    ("address", "host", "here"),
    [
        (None, "localhost:8501", True),
        (None, "[::1]:8501", True),
        ("192.168.1.9", "localhost:8501", False),
        (None, "digits.example.org", False),
        (None, "192.168.1.5:8501", False),
    ],
)
def test_who_is_at_the_machine_itself(monkeypatch, address, host, here):
    monkeypatch.setattr(visitor.st, "context", SimpleNamespace(ip_address=address, headers={"Host": host}))
    assert visitor.is_at_this_machine() is here


def test_a_run_is_trained_again_with_its_recipe(open_runs, store, tested_run):
    run = tested_run(50, hidden_units=16)
    at = open_runs(run=run.id)
    button(at, "Train again").click().run()
    assert not at.exception
    assert [each.config() for each in store.queue()] == [run.config()]


def test_a_run_that_cannot_be_trained_again_gets_a_sentence(open_runs, tested_run, monkeypatch):
    monkeypatch.setattr(run_detail, "file_run", failing(QuotaError("20 runs wait.")))
    at = open_runs(run=tested_run(50).id)
    button(at, "Train again").click().run()
    assert not at.exception and "20 runs wait." in plain(words(at))


def test_a_runs_recipe_is_changed_and_trained(open_runs, tested_run):
    at = open_runs(run=tested_run(50, hidden_units=16, epochs=3).id)
    button(at, "Change and train").click().run()
    at.switch_page("pages/train.py").run()
    assert not at.exception
    assert at.session_state["recipe_start"].config == TrainConfig(hidden_units=16, epochs=3)


def test_the_runs_of_one_test_are_a_group_and_left_out_of_the_model_picker(open_runs, tested_run):
    runs = [tested_run(50, seed=seed) for seed in range(3)]
    for place, run in enumerate(runs[:2]):
        run.write_notes(name=f"relu: {place}", claim="relu")
    at = open_runs()
    groups = {title: row["group"] for title, row in rows(at).items()}
    assert groups["relu: 0"] == groups["relu: 1"] == "Test: ReLU converges faster than sigmoid or tanh."
    assert groups[runs[2].title()] == ""

    def offered():
        return at.switch_page("pages/recognize.py").run().selectbox(key="model").options

    assert len(offered()) == 2
    runs[0].write_notes(star=True)
    assert any(name.startswith("relu: 0") for name in offered()) and len(offered()) == 3
