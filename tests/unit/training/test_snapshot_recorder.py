"""What is taken down of a network while it learns: ten digits again and again, and snapshots to go back to."""

import errno
from types import SimpleNamespace

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.datasets import probe_digits
from core.datasets.mnist import Images, load_arrays
from core.networks.builder import build
from core.runs.snapshots import SnapshotStore, first_layer_images
from core.training.snapshot_recorder import SnapshotRecorder
from core.training.train_step import make_classifier

FEW = Images(load_arrays()["x_train"][-700:], load_arrays()["y_train"][-700:])


@pytest.fixture
def run(store):
    return store.create(TrainConfig(hidden_units=8))


def watcher(run, step=0):
    return SnapshotRecorder(run, build(run.config()), FEW, step)


def sure_of(label):
    """A classifier that takes everything for one digit."""
    answer = np.eye(10, dtype=np.float32)[label]
    return lambda images: SimpleNamespace(numpy=lambda: np.tile(answer, (len(images), 1)))


def test_a_snapshot_holds_what_is_seen_of_the_network(run):
    watching = watcher(run)
    watching.record_snapshot(0, 0.0, make_classifier(watching.model))
    seen = run.snapshots.load(0)
    assert (int(seen.step), float(seen.epoch)) == (0, 0.0)
    assert seen.weights.shape == (8, 28, 28)
    np.testing.assert_allclose(seen.probabilities.sum(axis=1), 1, atol=1e-5)
    assert seen.confusion.sum() == 100, "within an epoch only some of the images are measured"
    assert watching.next_step == 1


def test_a_snapshot_before_the_classifier_is_traced_is_of_the_weights_as_they_were(run):
    """The first point of the curve does not wait for it."""
    watching = watcher(run)
    first = [weights.copy() for weights in watching.model.get_weights()]
    watching.record_snapshot(0, 0.0)
    assert run.snapshots.steps() == [] and watching.next_step == 1
    later = [weights + 1 for weights in first]
    watching.model.set_weights(later)
    classify = make_classifier(watching.model)
    watching.record_snapshot(8, 0.1, classify)
    for kept, now in zip(watching.model.get_weights(), later, strict=True):
        np.testing.assert_array_equal(kept, now)
    assert run.snapshots.steps() == [0, 8]
    early, late = run.snapshots.load(0), run.snapshots.load(8)
    watching.model.set_weights(first)
    np.testing.assert_array_equal(early.weights, first_layer_images(watching.model))
    np.testing.assert_allclose(early.probabilities, classify(early.digits).numpy(), atol=1e-6)
    assert not np.allclose(early.probabilities, late.probabilities) and float(early.epoch) == 0.0


def test_at_an_epochs_end_all_that_was_validated_counts(run):
    validated = np.eye(10, dtype=np.float32)[FEW.labels]
    watcher(run).record_snapshot(7, 1.0, sure_of(3), validated)
    confusion = run.snapshots.load(7).confusion
    assert confusion.sum() == np.trace(confusion) == len(FEW)


def test_snapshots_go_on_where_a_resumed_run_goes_on(run):
    assert watcher(run, 0).next_step == 0
    assert watcher(run, 430).next_step == 512


def test_the_answers_name_each_digit_and_follow_a_new_drawing(run):
    watching = watcher(run)
    told = watching.read_probe_digits(sure_of(3))
    assert told == {"answers": [3] * 10, "confidences": [1.0] * 10, "drawn_ns": 0}
    before = watching.ten_digits()
    probe_digits.save_digit(run.folder.parent, 3, np.full((28, 28), 9, np.uint8))
    assert (watching.ten_digits()[3] == 9).all()
    watching.record_snapshot(0, 0.0, sure_of(3))
    assert probe_digits.from_snapshot(run.snapshots.load(0).digits).own.tolist() == [label == 3 for label in range(10)]
    np.testing.assert_array_equal(watching.ten_digits()[4], before[4])


def test_ten_digits_that_were_just_read_are_not_read_again_at_once(run):
    watching, calls = watcher(run), []

    def slow(images):
        calls.append(len(images))
        until = np.float64(0)
        for _ in range(200):
            until += np.linalg.norm(np.ones((100, 100)))
        return sure_of(1)(images)

    assert watching.read_probe_digits(slow)
    assert watching.read_probe_digits(slow) == {}
    assert calls == [10]


def test_a_full_disk_costs_the_look_back_and_not_the_run(run, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SnapshotStore, "save", full)
    watcher(run).record_snapshot(0, 0.0, sure_of(3))
    assert run.snapshots.steps() == []
