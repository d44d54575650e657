"""The pages with a data set of letters beside MNIST: chosen, trained on, looked at, compared and read with."""

import io
import json
import shutil

import numpy as np
import pytest
from PIL import Image

from core.config.dataset_spec import DIGITS, MNIST
from core.config.train_config import TrainConfig
from core.corrections import CorrectionStore, NewCorrection, Source
from core.datasets import dataset_trash
from core.datasets.split import split_for
from core.datasets.store import DatasetStore
from core.evaluation.predictions import Predictions
from core.evaluation.report import make_report
from core.networks.builder import build
from core.runs import teaching
from core.runs.snapshots import Snapshot
from core.runs.teaching import Measures, TeachingResult
from core.training.teaching_filing import file_teaching
from pages.widgets.inside import networks
from tests.support.app import words
from tests.support.letters import add_letters, letter_images
from tests.support.runs import finished_status, metric_row

STROKE = {"objects": [{"path": [["M", 80, 70], ["L", 200, 70], ["L", 130, 230]]}]}


@pytest.fixture
def letters(store):
    return add_letters(store.root)


@pytest.fixture
def letters_run(store, letters):
    """A finished run on letters that misreads one of the twelve test images."""
    config = TrainConfig(dataset=letters, hidden_units=8)
    labels = np.repeat(np.arange(3), 4).astype(np.uint8)
    answers = labels.copy()
    answers[0] = 2
    probabilities = np.eye(3)[answers] * 0.9 + 0.03

    def fill(run):
        run.append_metrics(metric_row(9, 9, loss=0.1, accuracy=0.9, elapsed_s=2.0, val_loss=0.2, val_accuracy=0.94))
        run.save_predictions(Predictions.from_probabilities(probabilities).arrays())
        run.write_report(make_report(probabilities, labels))
        run.save_model(build(config))
        run.write_status(finished_status())

    return store.create(config, fill)


def selectbox(at, label):
    return next(each for each in at.selectbox if each.label == label)


def test_without_another_data_set_there_is_nothing_to_choose(app):
    at = app("train")
    assert "Data set" not in [each.label for each in at.selectbox]


def test_a_data_set_is_chosen_and_trained_on(app, store, letters):
    at = app("train")
    selectbox(at, "Data set").set_value(letters).run()
    assert not at.exception
    at.button(key=next(each.key for each in at.button if each.label == "Train")).click().run()
    assert not at.exception
    assert store.all()[0].config().dataset == letters


def test_a_preset_keeps_the_data_set_and_small_set_starts_from_the_reader(app, store, letters):
    at = app("train")
    selectbox(at, "Data set").set_value(letters).run()
    selectbox(at, "Recipe").set_value("small-set").run()
    assert selectbox(at, "Data set").value == letters
    assert selectbox(at, "Start from").value == "reader"
    assert selectbox(at, "Layers trained").value == "all"
    next(each for each in at.button if each.label == "Train").click().run()
    config = store.all()[0].config()
    assert config.start_from == "reader" and config.dataset == letters


def test_few_images_offer_the_recipe_for_them(app, store, letters):
    at = app("train")
    assert "are few" not in words(at)
    selectbox(at, "Data set").set_value(letters).run()
    assert "48 images are few: the recipe Small set starts from the shipped reader" in words(at)
    at.button(key="use-small-set").click().run()
    assert selectbox(at, "Recipe").value == "small-set" and selectbox(at, "Data set").value == letters
    assert "are few" not in words(at)


def test_a_link_names_the_data_set(app, store, letters):
    at = app("train")
    at.query_params["dataset"] = letters.reference
    at.run()
    assert selectbox(at, "Data set").value == letters
    at.query_params["dataset"] = "nowhere@1"
    at.run()
    assert "There is no data set 'nowhere@1' here." in words(at).replace("\\", "")


def test_a_data_set_that_was_renamed_since_stays_chosen_until_another_is(app, store, letters):
    at = app("train")
    selectbox(at, "Data set").set_value(letters).run()
    selectbox(at, "Optimizer").set_value("sgd").run()
    at.switch_page("pages/data.py").run()
    renamed = DatasetStore(store.root).rename(letters, "*Signs*", ["A", "K", "Zed"])
    at.switch_page("pages/train.py").run()
    assert selectbox(at, "Data set").value == letters
    assert r"there is a version 2 of it, which is called \*Signs\*. This recipe trains on version 1." in words(at)
    at.button(key="use-newest-version").click().run()
    assert not at.exception and "there is a version 2" not in words(at)
    assert selectbox(at, "Data set").value == renamed and selectbox(at, "Optimizer").value == "sgd"
    next(each for each in at.button if each.label == "Train").click().run()
    assert [run.config().dataset for run in store.all()] == [renamed]


def test_a_data_set_that_was_deleted_since_is_not_replaced_unasked(app, store, letters):
    at = app("train")
    selectbox(at, "Data set").set_value(letters).run()
    at.switch_page("pages/data.py").run()
    dataset_trash.delete(DatasetStore(store.root), letters.id)
    at.switch_page("pages/train.py").run()
    assert not at.exception and selectbox(at, "Data set").value == letters
    assert "The data set Letters is not here any more" in words(at)
    selectbox(at, "Data set").set_value(MNIST).run()
    assert "is not here any more" not in words(at)


def test_the_train_page_shows_a_run_of_letters(app, letters_run):
    images = letter_images(1, seed=2)[0]
    snapshot = Snapshot(
        step=np.asarray(9, np.int64),
        epoch=np.asarray(1.0),
        digits=images,
        probabilities=np.eye(3, dtype=np.float32),
        weights=np.zeros((0, 0, 0), np.uint8),
        confusion=np.eye(3, dtype=np.int64),
    )
    letters_run.snapshots.save(snapshot)
    at = app("train")
    assert not at.exception
    assert "Dense on Letters" in words(at) and "Each class" in words(at)


def test_the_runs_page_shows_its_report_with_the_names_and_its_pictures(app, letters_run):
    at = app("runs")
    at.query_params["run"] = letters_run.id
    at.run()
    for section in ("Test report", "Worst mistakes", "Doubtful labels", "Curves and recipe", "Download"):
        at.radio(key="section").set_value(section).run()
        assert not at.exception, section
        assert "cannot be shown" not in words(at), section
    at.radio(key="section").set_value("Test report").run()
    assert selectbox(at, "Is").options == ["A", "K", "Z"]
    assert "A was read as Z once." in words(at)
    assert "95 % interval" in words(at)


def test_a_deleted_data_set_is_said_and_nothing_is_lost(app, store, letters_run):
    shutil.rmtree(store.root / "datasets")
    at = app("runs")
    at.query_params["run"] = letters_run.id
    at.run()
    at.radio(key="section").set_value("Worst mistakes").run()
    assert not at.exception
    assert "is not here any more" in words(at)
    at.radio(key="section").set_value("Curves and recipe").run()
    assert not at.exception and "Letters" in str([each.value.to_dict() for each in at.dataframe])
    assert store.all()[0].config().dataset.class_names == ("A", "K", "Z")


def test_runs_of_different_sets_are_not_compared_image_by_image(app, store, letters_run):
    probabilities = np.eye(10)[np.arange(10)] * 0.9 + 0.01
    labels = np.arange(10)

    def fill(run):
        run.append_metrics(metric_row(9, 9, loss=0.1, accuracy=0.9, elapsed_s=2.0))
        run.write_report(make_report(probabilities, labels))
        run.save_model(build(run_config))
        run.write_status(finished_status())

    run_config = TrainConfig(hidden_units=8)
    digits_run = store.create(run_config, fill)
    at = app("runs")
    at.query_params["compare"] = f"{letters_run.id},{digits_run.id}"
    at.run()
    assert not at.exception
    assert "These runs were tested on different images" in words(at)


def test_runs_that_were_tested_on_different_parts_of_a_set_are_not_compared_image_by_image(app, store):
    letters = add_letters(store.root, has_test=False)

    def fill(run):
        run.write_report(make_report(np.eye(3)[[0, 1, 2]], np.arange(3)))
        run.save_model(build(run.config()))
        run.write_status(finished_status())

    folds = [store.create(TrainConfig(dataset=letters, hidden_units=8, fold=fold), fill) for fold in (1, 2)]
    at = app("runs")
    at.query_params["compare"] = ",".join(run.id for run in folds)
    at.run()
    assert not at.exception
    assert "These runs were tested on different images" in words(at)


@pytest.fixture
def run_without_z(store):
    """A finished run on letters of which no Z is among the test images; half of its K are misread."""
    images, labels = letter_images(20, seed=0)
    is_test = (np.arange(len(labels)) % 5 == 4) & (labels < 2)
    parts = {"train": ~is_test, "test": is_test}
    arrays = {f"{kind}_{part}": (images if kind == "x" else labels)[parts[part]] for kind in "xy" for part in parts}
    config = TrainConfig(dataset=DatasetStore(store.root).add("Letters", list("AKZ"), arrays), hidden_units=8)
    probabilities = np.eye(3)[[0, 0, 0, 0, 1, 1, 0, 0]]

    def fill(run):
        run.save_predictions(Predictions.from_probabilities(probabilities).arrays())
        run.write_report(make_report(probabilities, labels[is_test]))
        run.save_model(build(config))
        run.write_status(finished_status())

    return store.create(config, fill)


def test_a_class_without_test_images_has_no_share(app, run_without_z, figures):
    at = app("runs")
    at.query_params["run"] = run_without_z.id
    at.run()
    at.radio(key="section").set_value("Test report").run()
    assert not at.exception
    table = next(each.value for each in at.dataframe if "recall" in each.value)
    assert table["recall"].tolist()[:2] == [100, 50] and table.iloc[2][["recall", "precision", "F1"]].isna().all()
    at = app("train")
    assert list(figures[f"digits-{run_without_z.id}"].layout.xaxis.ticktext) == ["A", "K"]
    alt = next(each.proto.json for each in at.get("bidi_component") if "accuracy of each class" in each.proto.json)
    assert "from 50.0 % for K to 100.0 % for A" in alt


def test_a_class_without_test_images_has_no_recall_beside_others(app, run_without_z, letters_run):
    at = app("runs")
    at.query_params["compare"] = f"{run_without_z.id},{run_without_z.id}"
    at.run()
    assert not at.exception
    table = next(each.value for each in at.dataframe if "recall of Z" in each.value[""].tolist())
    assert table.set_index("").loc["recall of Z"].tolist() == ["–", "–"]


def test_recognize_reads_with_it_one_at_a_time(app, letters_run):
    at = app("recognize")
    at.query_params["model"] = letters_run.id
    at.run()
    assert not at.exception
    assert "This network reads one of A, K, Z at a time." in words(at)
    assert "What to read" not in [each.label for each in at.radio]
    at = app("recognize", single=False)
    assert not at.multiselect, "a number is read by one model"
    at.query_params["model"] = letters_run.id
    at.run()
    assert len(at.multiselect) == 1, "one letter by several"
    at = app("inside")
    at.query_params["model"] = letters_run.id
    at.run()
    assert not at.exception and "This network reads Letters." in words(at)
    assert [each.label for each in at.button if each.key and each.key.startswith("example-")] == ["A", "K", "Z"]
    for view in ("Why this answer", "The network at work"):
        at.radio(key="inside_view").set_value(view).run()
        assert not at.exception and not at.warning, view
    assert "Map of digits" not in at.radio(key="inside_view").options


def test_what_excites_a_unit_is_looked_for_among_the_images_that_a_run_was_tested_on(store):
    config = TrainConfig(dataset=add_letters(store.root, has_test=False), validation_images=6, hidden_units=8)
    run = store.create(config)
    run.save_model(build(config))
    run.write_status(finished_status())
    assert networks.exciting_images(run.id).images == len(split_for(config, store.root).validation) == 6


def test_the_names_of_data_sets_are_text_on_the_pages(app, store):
    images, labels = letter_images(20, seed=0)
    nothing = {"x_test": images[:0], "y_test": labels[:0]}
    arrays = {"x_train": images, "y_train": labels} | nothing
    letters = DatasetStore(store.root).add("*L* :red[x] ]", list("AKZ"), arrays)
    probabilities = np.eye(3)[[0, 1, 2] * 4]

    def fill(run):
        run.append_metrics(metric_row(9, 9, loss=0.1, accuracy=0.9, elapsed_s=2.0))
        run.save_predictions(Predictions.from_probabilities(probabilities).arrays())
        run.write_report(make_report(probabilities, np.arange(12) % 3))
        run.save_model(build(run.config()))
        run.write_status(finished_status())

    run = store.create(TrainConfig(dataset=letters, hidden_units=8), fill)
    for page, query in (("runs", {"run": run.id}), ("train", {}), ("inside", {"model": run.id})):
        at = app(page)
        at.query_params.update(query)
        at.run()
        shown = [each.value for kind in (at.markdown, at.warning, at.error, at.info) for each in kind]
        assert not at.exception and not [text for text in shown if "*L*" in text], page
    at = app("runs")
    at.query_params["run"] = run.id
    at.run()
    at.radio(key="section").set_value("Test report").run()
    assert r":small[On the validation images: \*L\* \:red\[x\] \] has no test images.]" in words(at)
    assert "Accuracy on the validation images" in [each.label for each in at.metric]


def label_keys(at):
    return next(
        json.loads(each.proto.json)
        for each in at.get("bidi_component")
        if each.proto.component_name == "studio_label_keys"
    )


def correct_letters(run, *labels):
    """Keep a correction of each label, of the run's first test images."""
    images = letter_images(len(labels), seed=3)[0]
    CorrectionStore(run.folder.parent).add_many(
        [
            NewCorrection(images[k], label, Source.DRAWN, f"{k}", run.id, "Letters", "A", 0.6, classes=("A", "K", "Z"))
            for k, label in enumerate(labels)
        ]
    )


def test_an_answer_of_a_network_of_letters_is_labelled_by_its_names(app, letters_run):
    at = app("recognize", canvas={"drawing": STROKE})
    assert [each["label"] for each in label_keys(at)["choices"]] == list("0123456789")
    at.query_params["model"] = letters_run.id
    at.run()
    data = label_keys(at)
    assert [(each["label"], each["key"]) for each in data["choices"]] == [("A", "1"), ("K", "2"), ("Z", "3")]
    assert data["enabled"] and not CorrectionStore(letters_run.folder.parent).kept_classes()


def test_letters_are_taught_to_networks_of_letters_alone(app, store, letters_run):
    assert "What is taught" not in [each.label for each in app("teach").selectbox]
    correct_letters(letters_run, "K", "Z", "Z")
    at = app("teach")
    assert selectbox(at, "What is taught").value == ("A", "K", "Z")
    assert "3 examples are kept" in words(at)
    learner = selectbox(at, "Which model learns")
    assert len(learner.options) == 1 and "Letters" in learner.options[0]
    at.button(key="teach-learn").click().run()
    assert not at.exception and ", taught 3 examples" in store.all()[0].title()
    selectbox(at, "What is taught").set_value(DIGITS).run()
    assert not at.exception and "Nothing is kept yet" in words(at)
    assert selectbox(at, "Which model learns").options[0] == "Shipped with the app"


def test_the_table_after_learning_names_the_test_images_of_its_set(app, store, letters_run):
    correct_letters(letters_run, "K")
    run = file_teaching(store, letters_run.id)
    measures = Measures(11, 12, 0, 0, 1, 1, None, 1.0, 0.05, 1.0)
    teaching.write_result(run, TeachingResult(measures, measures, 0.7, None, "test images of Letters"))
    run.write_report(make_report(np.eye(3), np.arange(3)))
    run.write_status(finished_status())
    rows = at_table(app("teach"))
    assert "Test images of Letters, read right" in rows and "Your pictures that were learned" in rows
    assert not [row for row in rows if "no digit" in row or "MNIST" in row]


def at_table(at):
    return at.table[0].value.iloc[:, 0].tolist()


def test_without_a_network_that_reads_them_corrections_stay_and_that_is_said(app, store, letters_run):
    correct_letters(letters_run, "K")
    shutil.rmtree(letters_run.folder)
    at = app("teach")
    assert not at.exception and "No model here reads A, K, Z any more" in words(at)
    assert "1 example is kept" in words(at)


def test_many_letters_are_labelled_by_their_keys(app, letters_run):
    correct_letters(letters_run, "K")
    file = io.BytesIO()
    Image.fromarray(255 - letter_images(1, seed=4)[0][0].repeat(6, 0).repeat(6, 1)).save(file, "PNG")
    at = app("teach")
    at.session_state["teach_view"] = "Label many"
    at.run()
    at.file_uploader(key="teach_pictures").set_value([("a.png", file.getvalue(), "image/png")]).run()
    assert not at.exception
    data = next(
        json.loads(each.proto.json)
        for each in at.get("bidi_component")
        if each.proto.component_name == "studio_label_queue"
    )
    assert data["total"] == 1 and data["hint"].startswith("Press 1 to 3") and len(data["choices"]) == 3
    assert data["items"][0]["guess"][8] in "AKZ"
