"""A run that learns from corrections: what it ends with, cut off or not, and what it says where it cannot."""

import shutil

import numpy as np
import pytest

from core.config.dataset_spec import ImageForm
from core.config.train_config import READER, TrainConfig
from core.corrections import CorrectionError, CorrectionStore, NewCorrection, Source
from core.datasets.mnist import Images, Split, load_arrays
from core.datasets.split import split_for
from core.evaluation import model_calibration
from core.recognition import Recognizer
from core.runs import teaching as teaching_folder
from core.runs.schema import RunError
from core.training import loop, metrics_writer, teaching, teaching_filing, teaching_step
from core.training.teaching import teach
from core.training.teaching_filing import file_teaching
from tests.support.letters import add_letters
from tests.support.scripted_run import CutOff, Scripted


@pytest.fixture(autouse=True)
def few_images(monkeypatch):
    """400 images and two short epochs, so that a run takes seconds; a line of metrics an epoch."""
    arrays = load_arrays()
    part = lambda name, first, last: Images(arrays[f"x_{name}"][first:last], arrays[f"y_{name}"][first:last])  # noqa: E731
    data = Split(part("train", 0, 400), part("train", 1000, 1200), part("test", 0, 300))
    monkeypatch.setattr(teaching, "split_for", lambda config, root: data)
    monkeypatch.setattr(teaching, "STEPS_PER_EPOCH", 4)
    monkeypatch.setattr(model_calibration, "_DIGITS", 200)
    monkeypatch.setattr(model_calibration, "_OUTLIERS", 200)
    monkeypatch.setattr(metrics_writer, "_LINE_INTERVAL_S", 1000.0)
    monkeypatch.setitem(teaching_filing._RECIPE, "epochs", 3)
    monkeypatch.setitem(teaching_filing._RECIPE, "learning_rate", 0.01)
    monkeypatch.setitem(teaching_filing._RECIPE, "batch_size", 128)
    monkeypatch.setattr(teaching_step, "_AS_BEFORE", 1.0)  # with more, it takes more steps than these


@pytest.fixture
def corrected(store):
    """Twelve corrected 7s: ten to learn from, two kept out; some with a pen path."""
    path = (np.array([[10, 10], [60, 10], [30, 90]], np.float32),)
    digits = load_arrays()["x_test"][load_arrays()["y_test"] == 7]
    CorrectionStore(store.root).add_many(
        [
            NewCorrection(digits[k], "7", Source.DRAWN, str(k), READER, "", "1", 0.5, strokes=path if k % 2 else ())
            for k in range(12)
        ]
    )
    return store


def taught(store, parent, *scripts):
    """The run after each script was played in a worker of its own, and one more that is left in peace."""
    run = file_teaching(store, parent.id)
    for script in scripts:
        try:
            teach(run.config(), Scripted(run.folder, script))
        except CutOff:
            pass
        else:
            run.send("resume")
    teach(run.config(), run)
    return run


def test_a_run_learns_and_keeps_what_it_reads_before_and_after(corrected, finished_run):
    run = taught(corrected, finished_run)
    assert run.status().state == "finished" and run.config().start_from == finished_run.id
    result = teaching_folder.read_result(run)
    assert (result.before.learned_count, result.before.kept_out_count) == (10, 2)
    assert result.after.learned_correct > result.before.learned_correct
    assert result.before.test_count == result.after.test_count == 300
    assert 0 < result.share <= 1 and 0 <= result.after.refused <= 1
    rows = run.metrics().rows
    assert [row.step for row in rows if row.val_loss is not None] == [4, 8, 12]
    assert run.report().count == 300 and run.title().startswith("Dense, taught 10 digits")
    reader = Recognizer.load(run.folder)
    assert reader.temperature == result.after.temperature
    assert run.model_path.with_suffix(".npz").is_file()


@pytest.mark.parametrize(
    "scripts",
    [
        [{3: "cut off"}],
        [{7: "cut off"}],
        [{6: "cut off"}, {8: "cut off"}],
        [{7: [("pause",)], 9: [("resume",)]}],
        [{7: [("stop",)]}],
        [{14: "cut off"}],
    ],
    ids=str,
)
def test_a_run_that_is_cut_off_ends_with_the_same_bits(corrected, finished_run, scripts):
    whole, cut = taught(corrected, finished_run), taught(corrected, finished_run, *scripts)
    assert cut.status().state == "finished"
    first, second = whole.checkpoint(), cut.checkpoint()
    assert [name for name in first if first[name].tobytes() != second[name].tobytes()] == []
    assert teaching_folder.read_result(cut) == teaching_folder.read_result(whole)
    assert [row.step for row in cut.metrics().rows if row.val_loss is not None] == [4, 8, 12]


@pytest.mark.parametrize(("poll", "is_newer"), [(1, False), (7, True)], ids=["at once", "after an epoch"])
def test_a_finished_run_that_learns_further_and_is_stopped_is_read_with_its_own_card(
    corrected, finished_run, poll, is_newer
):
    run = taught(corrected, finished_run)
    finished = {path.name: path.read_bytes() for path in run.folder.glob("model.*")}
    run.send("extend", 2)
    teach(run.config(), Scripted(run.folder, {poll: [("stop",)]}))
    assert run.status().state == "stopped" and set(finished) == {"model.keras", "model.json", "model.npz"}
    left = {path.name: path.read_bytes() for path in run.folder.glob("model.*")}
    measured = (run.report(), run.predictions(), teaching_folder.read_result(run))
    if is_newer:
        assert set(left) == {"model.keras"} and left["model.keras"] != finished["model.keras"]
        assert measured == (None, None, None)
    else:
        assert left == finished and None not in measured


def test_a_run_learns_the_corrections_of_the_moment_when_it_was_filed(corrected, finished_run):
    run = file_teaching(corrected, finished_run.id)
    CorrectionStore(corrected.root).delete(range(1, 13))
    teach(run.config(), run)
    assert teaching_folder.read_result(run).after.learned_count == 10


def test_what_cannot_learn_is_said(store, finished_run, corrected):
    CorrectionStore(store.root).delete(range(1, 13))
    with pytest.raises(CorrectionError, match="nothing to learn from"):
        file_teaching(store)
    CorrectionStore(store.root).restore(range(1, 13))
    with pytest.raises(RunError, match="has no model yet"):
        file_teaching(store, store.create(TrainConfig()).id)
    with pytest.raises(RunError, match="There is no run"):
        file_teaching(store, "none")


def test_a_run_learns_with_the_model_of_the_moment_when_it_was_filed(corrected, finished_run):
    whole, run = taught(corrected, finished_run), file_teaching(corrected, finished_run.id)
    with pytest.raises(CutOff):
        teach(run.config(), Scripted(run.folder, {7: "cut off"}))
    shutil.rmtree(finished_run.folder)
    teach(run.config(), run)
    first, second = whole.checkpoint(), run.checkpoint()
    assert [name for name in first if first[name].tobytes() != second[name].tobytes()] == []
    assert teaching_folder.read_result(run) == teaching_folder.read_result(whole)


def test_a_taught_model_that_learns_again_is_measured_with_its_card(corrected, finished_run):
    first = taught(corrected, finished_run)
    again = file_teaching(corrected, first.id)
    before = Recognizer.load(teaching_folder.start_path(again))
    assert before.temperature == Recognizer.load(first.model_path).temperature != 1
    assert (teaching_folder.start_path(again).with_suffix(".npz")).is_file()


def test_a_run_whose_model_is_gone_fails_in_words(corrected, finished_run):
    run = file_teaching(corrected, finished_run.id)
    teaching_folder.start_path(run).unlink()
    with pytest.raises(RunError):
        teach(run.config(), run)
    assert run.status().state == "failed"
    assert "is gone. Start to learn anew" in run.status().error


def test_the_shipped_reader_is_filed_with_its_own_recipe(corrected):
    config = file_teaching(corrected).config()
    assert (config.architecture, config.start_from, config.other_hands) == ("reader", READER, True)
    assert config.validation_images == 5000


# other classes than digits


def letters_run(store, form=ImageForm.MNIST):
    """Return a finished run that learned three letters."""
    run = store.create(TrainConfig(dataset=add_letters(store.root, form=form), epochs=2, hidden_units=16))
    loop.train(run.config(), run)
    return run


def correct_rings(store, run):
    """Keep five rings that a person calls K."""
    arrays, names = load_arrays(), run.config().dataset.class_names
    rings = arrays["x_test"][arrays["y_test"] == 0][:5]
    CorrectionStore(store.root).add_many(
        [
            NewCorrection(ring, "K", Source.DRAWN, f"ring {number}", run.id, "", "A", 0.9, classes=names)
            for number, ring in enumerate(rings)
        ]
    )


@pytest.mark.parametrize("form", ImageForm)
def test_a_network_of_letters_learns_and_is_measured_by_its_own_test_images(store, monkeypatch, form):
    monkeypatch.setattr(teaching, "split_for", split_for)
    run = letters_run(store, form)
    correct_rings(store, run)
    taught_run = taught(store, run)
    assert taught_run.status().state == "finished" and ", taught 4 examples" in taught_run.title()
    result, dataset = teaching_folder.read_result(taught_run), run.config().dataset
    assert result.tested_on == "test images of Letters" and result.shipped_accuracy is None
    assert result.after.test_count == dataset.test_images == 12
    assert (result.after.learned_correct, result.after.learned_count, result.after.kept_out_count) == (4, 4, 1)
    assert result.after.refused is None
    again = file_teaching(store, taught_run.id)
    for path in (taught_run.folder, teaching_folder.start_path(again)):
        reader = Recognizer.load(path)
        assert reader.dataset == dataset and reader.classify(np.zeros((1, 28, 28), np.uint8)).shape == (1, 3)


def test_digits_and_letters_are_learned_apart(corrected):
    run = letters_run(corrected)
    with pytest.raises(CorrectionError, match="none of A, K, Z was corrected"):
        file_teaching(corrected, run.id)
    correct_rings(corrected, run)
    assert ", taught 4 examples" in file_teaching(corrected, run.id).title()
    assert "taught 10 digits" in file_teaching(corrected).title()
