"""What is recorded of a network while it trains: the ten probe digits again and again, and snapshots."""

import errno

import numpy as np
import pytest

from core.config.dataset_spec import MNIST
from core.config.train_config import TrainConfig
from core.datasets import probe_digits
from core.datasets.mnist import Images, load_arrays
from core.networks.builder import build
from core.runs.first_layer import first_layer_images, first_layer_use
from core.runs.snapshots import SnapshotStore
from core.training.evaluator import Evaluator
from core.training.metrics_writer import ProbeAnswers
from core.training.snapshot_recorder import SnapshotRecorder

FEW = Images(load_arrays()["x_train"][-700:], load_arrays()["y_train"][-700:])


@pytest.fixture
def run(store):
    return store.create(TrainConfig(hidden_units=8))


def make_recorder(run, step=0):
    return SnapshotRecorder(run, MNIST, build(run.config()), FEW, step)


def classifier(model):
    return Evaluator(model, lambda: None).classify


def sure_of(label):
    """A classifier that answers one digit for every image."""
    answer = np.eye(10, dtype=np.float32)[label]
    return lambda images: np.tile(answer, (len(images), 1))


def test_a_snapshot_holds_answers_weights_and_confusions(run):
    recorder = make_recorder(run)
    recorder.record_snapshot(0, 0.0, classifier(recorder.model))
    seen = run.snapshots.load(0)
    assert (int(seen.step), float(seen.epoch)) == (0, 0.0)
    assert seen.weights.shape == (8, 28, 28)
    np.testing.assert_allclose(seen.probabilities.sum(axis=1), 1, atol=1e-5)
    assert seen.confusion.sum() == 100, "within an epoch only some of the images are measured"
    assert recorder.next_step == 1


def test_a_snapshot_before_the_classifier_is_traced_is_of_the_weights_as_they_were(run):
    """The first point of the curve does not wait for it."""
    recorder = make_recorder(run)
    first = [weights.copy() for weights in recorder.model.get_weights()]
    recorder.record_snapshot(0, 0.0)
    assert run.snapshots.steps() == [] and recorder.next_step == 1
    later = [weights + 1 for weights in first]
    recorder.model.set_weights(later)
    classify = classifier(recorder.model)
    recorder.record_snapshot(8, 0.1, classify)
    for kept, now in zip(recorder.model.get_weights(), later, strict=True):
        np.testing.assert_array_equal(kept, now)
    assert run.snapshots.steps() == [0, 8]
    early, late = run.snapshots.load(0), run.snapshots.load(8)
    recorder.model.set_weights(first)
    np.testing.assert_array_equal(early.weights, first_layer_images(recorder.model))
    np.testing.assert_array_equal(early.use, first_layer_use(recorder.model))
    for kept, then in zip(run.snapshots.load_weights(0), first, strict=True):
        np.testing.assert_allclose(kept, then, atol=1e-3)
    np.testing.assert_allclose(early.probabilities, classify(early.digits), atol=1e-6)
    assert not np.allclose(early.probabilities, late.probabilities) and float(early.epoch) == 0.0


def test_at_an_epochs_end_all_that_was_validated_counts(run):
    validated = np.eye(10, dtype=np.float32)[FEW.labels]
    make_recorder(run).record_snapshot(7, 1.0, sure_of(3), validated)
    confusion = run.snapshots.load(7).confusion
    assert confusion.sum() == np.trace(confusion) == len(FEW)


def test_a_resumed_run_takes_the_next_snapshot_of_the_scale(run):
    assert make_recorder(run, 0).next_step == 0
    assert make_recorder(run, 430).next_step == 512


def test_the_probe_digits_are_read_as_they_are_now(run):
    recorder = make_recorder(run)
    read = recorder.read_probe_digits(sure_of(3))
    assert read == ProbeAnswers(answers=(3,) * 10, confidences=(1.0,) * 10, drawn_ns=0)
    before = recorder.probe_images()
    probe_digits.save_digit(run.folder.parent, 3, np.full((28, 28), 9, np.uint8))
    assert (recorder.probe_images()[3] == 9).all()
    recorder.record_snapshot(0, 0.0, sure_of(3))
    assert probe_digits.from_snapshot(run.snapshots.load(0).digits).own.tolist() == [label == 3 for label in range(10)]
    np.testing.assert_array_equal(recorder.probe_images()[4], before[4])


def test_probe_digits_that_were_just_read_are_not_read_again_at_once(run):
    recorder, calls = make_recorder(run), []

    def slow(images):
        calls.append(len(images))
        until = np.float64(0)
        for _ in range(200):
            until += np.linalg.norm(np.ones((100, 100)))
        return sure_of(1)(images)

    assert recorder.read_probe_digits(slow)
    assert recorder.read_probe_digits(slow) is None
    assert calls == [10]


def test_a_full_disk_costs_the_snapshot_and_not_the_run(run, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SnapshotStore, "save", full)
    make_recorder(run).record_snapshot(0, 0.0, sure_of(3))
    assert run.snapshots.steps() == []
