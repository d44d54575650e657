"""What a network answered is kept small and comes back as it was."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.datasets.mnist import load_mnist
from core.evaluation.predictions import Predictions, load_predictions, predict_test_images, save_if_missing
from core.evaluation.report import make_report
from core.runs.schema import RunError, Status


def some(count=10_000):
    """The predictions of a network that is usually very sure."""
    logits = 8 * np.random.default_rng(0).standard_normal((count, 10))
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def test_they_come_back_and_take_little_room(store):
    run = store.create(TrainConfig())
    assert load_predictions(run) is None
    probabilities = some()
    run.save_predictions(Predictions.from_probabilities(probabilities).arrays())
    back = load_predictions(run)
    assert (back.answers == probabilities.argmax(axis=1)).all()
    assert back.confidences == pytest.approx(probabilities.max(axis=1), abs=1e-3)
    assert (run.folder / "predictions.npz").stat().st_size < 250_000


def test_the_answer_outlives_sixteen_bits():
    probabilities = np.full((1, 10), 0.2 / 8)
    probabilities[0, [3, 8]] = 0.39999, 0.40001
    found = Predictions.from_probabilities(probabilities)
    assert found.probabilities[0, 3] == found.probabilities[0, 8]
    assert found.answers.tolist() == [8]


@pytest.mark.parametrize(
    "arrays",
    [
        Predictions.from_probabilities(some(300)).arrays(),
        {"answers": np.zeros(10_000, np.uint8)},
        {"answers": np.zeros(10_000), "probabilities": np.zeros((10_000, 10), np.float16)},
        {"answers": np.full(10_000, 10, np.uint8), "probabilities": np.zeros((10_000, 10), np.float16)},
        {"answers": np.zeros(10_000, np.uint8), "probabilities": np.full((10_000, 10), np.nan, np.float16)},
    ],
)
def test_what_is_not_ten_thousand_answers_is_refused_in_words(store, arrays):
    run = store.create(TrainConfig())
    run.save_predictions(arrays)
    with pytest.raises(RunError, match="not those of MNIST's 10,000 test images"):
        load_predictions(run)


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_what_was_measured_of_an_ended_run_is_kept(store, state):
    run = store.create(TrainConfig())
    run.write_status(Status(state))
    probabilities = some()
    save_if_missing(run, probabilities)
    assert (load_predictions(run).answers == probabilities.argmax(axis=1)).all()
    assert run.report() == make_report(probabilities, load_mnist().test.labels)
    save_if_missing(run, probabilities[::-1])
    assert (load_predictions(run).answers == probabilities.argmax(axis=1)).all(), "what is there stays"


def test_what_was_measured_of_a_run_that_learns_is_not_kept(store):
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    save_if_missing(run, some())
    assert load_predictions(run) is None and run.report() is None


def test_a_network_is_measured_on_the_test_images(tmp_path):
    asked = []
    predict_test_images(lambda images: asked.append(images.shape), TrainConfig(), tmp_path)
    assert asked == [(10_000, 28, 28)]
