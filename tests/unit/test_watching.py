"""What is taken down of a network while it learns: ten digits again and again, and snapshots to go back to."""

import errno
from types import SimpleNamespace

import numpy as np
import pytest

from core import my_digits
from core.config import TrainConfig
from core.dataset import Images, load_arrays
from core.networks import build
from core.snapshots import Album
from core.steps import make_classifier
from core.watching import Watcher

FEW = Images(load_arrays()["x_train"][-700:], load_arrays()["y_train"][-700:])


@pytest.fixture
def run(store):
    return store.create(TrainConfig(hidden_units=8))


def watcher(run, step=0):
    return Watcher(run, build(run.config()), FEW, step)


def sure_of(label):
    """A classifier that takes everything for one digit."""
    answer = np.tile(np.eye(10, dtype=np.float32)[label], (10, 1))
    return lambda images: SimpleNamespace(numpy=lambda: answer)


def test_a_snapshot_holds_what_is_seen_of_the_network(run):
    watching = watcher(run)
    watching.look(0, 0.0)
    seen = run.snapshots.load(0)
    assert (int(seen.step), float(seen.epoch)) == (0, 0.0)
    assert seen.weights.shape == (8, 28, 28)
    np.testing.assert_allclose(seen.probabilities.sum(axis=1), 1, atol=1e-5)
    assert not seen.confusion.any(), "the first point of the curve waits"
    assert watching.next_step == 1


def test_within_an_epoch_only_some_of_the_images_are_measured(run):
    watching = watcher(run)
    classify = make_classifier(watching.model)
    watching.look(8, 0.1, classify)
    watching.look(16, 0.2)
    traced, plain = run.snapshots.load(8), run.snapshots.load(16)
    assert traced.confusion.sum() == 100
    np.testing.assert_allclose(traced.probabilities, plain.probabilities, atol=1e-5)


def test_at_an_epochs_end_all_that_was_validated_counts(run):
    validated = np.eye(10, dtype=np.float32)[FEW.labels]
    watcher(run).look(7, 1.0, sure_of(3), validated)
    confusion = run.snapshots.load(7).confusion
    assert confusion.sum() == np.trace(confusion) == len(FEW)


def test_snapshots_go_on_where_a_resumed_run_goes_on(run):
    assert watcher(run, 0).next_step == 0
    assert watcher(run, 430).next_step == 512


def test_the_answers_name_each_digit_and_follow_a_new_drawing(run):
    watching = watcher(run)
    told = watching.answers(sure_of(3))
    assert told == {"answers": [3] * 10, "confidences": [1.0] * 10, "drawn_ns": 0}
    before = watching.ten_digits()
    my_digits.keep(run.folder.parent, 3, np.full((28, 28), 9, np.uint8))
    assert (watching.ten_digits()[3] == 9).all()
    watching.look(0, 0.0)
    assert my_digits.shown_then(run.snapshots.load(0).digits).own.tolist() == [label == 3 for label in range(10)]
    np.testing.assert_array_equal(watching.ten_digits()[4], before[4])


def test_ten_digits_that_were_just_read_are_not_read_again_at_once(run):
    watching, calls = watcher(run), []

    def slow(images):
        calls.append(len(images))
        until = np.float64(0)
        for _ in range(200):
            until += np.linalg.norm(np.ones((100, 100)))
        return sure_of(1)(images)

    assert watching.answers(slow)
    assert watching.answers(slow) == {}
    assert calls == [10]


def test_a_full_disk_costs_the_look_back_and_not_the_run(run, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Album, "save", full)
    watcher(run).look(0, 0.0)
    assert run.snapshots.steps() == []
