"""A network learns any data set, from random weights or from a network that has learned before."""

import shutil

import numpy as np
import pytest

from core.config.presets import PRESETS
from core.config.train_config import TrainConfig
from core.datasets.mnist import DatasetError
from core.evaluation.predictions import load_predictions
from core.networks.builder import build
from core.networks.safe_loading import load_model
from core.recognition import Recognizer
from core.recognition.model_files import RELEASED_MODEL
from core.runs.store import RunStore
from core.training.loop import train
from core.training.metrics_writer import TrainingError
from core.training.warm_start import frozen_layers, take_over_weights
from tests.support.letters import LETTERS, add_letters, letter_images


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def letters(root):
    return add_letters(root)


@pytest.fixture(scope="module")
def small_set_run(root, letters):
    """The run that `Small set` trains on 20 drawings of each letter, sixteen of them for training."""
    run = RunStore(root).create(PRESETS["small-set"].changed({"dataset": letters}))
    train(run.config(), run)
    return run


def test_twenty_drawings_of_each_letter_suffice_to_read_others(small_set_run):
    images, labels = letter_images(100, seed=99)
    probabilities = Recognizer.load(small_set_run.model_path).classify(images)
    assert probabilities.shape == (300, 3)
    assert (probabilities.argmax(axis=1) == labels).mean() >= 0.95


def test_the_run_has_a_report_predictions_and_snapshots_of_its_classes(small_set_run):
    report = small_set_run.report()
    assert report.count == 12 and len(report.confusion_matrix) == 3
    assert report.interval[0] < report.accuracy, "of twelve images the interval is wide"
    assert load_predictions(small_set_run).probabilities.shape == (12, 3)
    snapshot = small_set_run.snapshots.load(small_set_run.snapshots.steps()[-1])
    assert snapshot.digits.shape == (3, 28, 28) and snapshot.confusion.shape == (3, 3)
    assert any(row.answers and len(row.answers) == 3 for row in small_set_run.metrics().rows)
    assert small_set_run.title().startswith("Small set on Letters")


def test_a_drawing_is_read_by_the_name_of_its_class(small_set_run):
    reader = Recognizer.load(small_set_run.folder)
    assert reader.dataset.class_names == tuple(LETTERS)
    strokes = [np.array([[10, 6], [88, 6], [10, 94], [92, 94]], float)]
    reading = reader.read_strokes(strokes)
    assert reading.text == "Z" and reading.digits[0].name == "Z"
    assert reader.read(np.full((60, 60), 255, np.uint8)).text == "", "an empty picture has nothing to read"


@pytest.mark.parametrize("layers", ["all", "last"])
def test_the_reader_features_are_taken_over_and_the_last_layer_is_new(root, letters, layers):
    config = TrainConfig(architecture="reader", dataset=letters, start_from="reader", trained_layers=layers)
    model, reader = build(config), load_model(RELEASED_MODEL)
    take_over_weights(model, config, root)
    ours, theirs = ([each for each in network.layers if each.weights] for network in (model, reader))
    for our, their in zip(ours[:-1], theirs[:-1], strict=True):
        for mine, shipped in zip(our.get_weights(), their.get_weights(), strict=True):
            np.testing.assert_array_equal(mine, shipped)
    assert ours[-1].get_weights()[0].shape[1] == 3
    frozen = frozen_layers(model, config)
    assert [each for each in model.layers[frozen:] if each.weights] == (ours if layers == "all" else ours[-1:])


def test_only_the_last_layer_changes_where_only_it_is_trained(root, small_set_run, letters):
    config = TrainConfig(
        architecture="reader", dataset=letters, start_from=small_set_run.id, trained_layers="last", epochs=1
    )
    run = RunStore(root).create(config)
    train(config, run)
    before, after = (load_model(each.model_path, 3).get_weights() for each in (small_set_run, run))
    same = [np.array_equal(one, other) for one, other in zip(before, after, strict=True)]
    assert all(same[:-2]) and not any(same[-2:])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"start_from": "20200101-000000-000-mlp-0000"}, "There is no run"),
        ({"start_from": "reader", "architecture": "reader", "dropout": 0.0}, ""),
    ],
)
def test_a_network_that_cannot_be_started_from_is_said(root, letters, values, words):
    config = TrainConfig(dataset=letters, **values)
    model = build(config)
    if not words:
        take_over_weights(model, config, root)  # dropout has no weights
        return
    with pytest.raises(TrainingError, match=words):
        take_over_weights(model, config, root)


def test_other_layers_cannot_be_started_from(root, small_set_run, letters):
    config = TrainConfig(dataset=letters, start_from=small_set_run.id)
    with pytest.raises(TrainingError, match="has other layers than the one that it is to start from"):
        take_over_weights(build(config), config, root)


def test_a_run_whose_data_set_was_deleted_fails_with_a_sentence(tmp_path):
    config = TrainConfig(dataset=add_letters(tmp_path))
    run = RunStore(tmp_path).create(config)
    shutil.rmtree(tmp_path / "datasets")
    with pytest.raises(DatasetError):
        train(config, run)
    assert "Letters) is not here any more" in run.status().error
    assert run.config() == config, "its classes are known all the same"
