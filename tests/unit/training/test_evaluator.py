"""What a network answers to labelled images while it trains: traced late, in batches, and refused where not finite."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.networks import batching
from core.networks.builder import build
from core.training import train_step
from core.training.evaluator import Evaluator
from core.training.metrics_writer import TrainingError

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)


@pytest.fixture
def model():
    return build(TrainConfig(hidden_units=8, dropout=0.5))


def test_the_probabilities_are_those_of_the_network_without_dropout(model):
    found = Evaluator(model, lambda: None).probabilities(IMAGES, step=3)
    assert isinstance(found, np.ndarray) and (found.shape, found.dtype) == ((5, 10), np.float32)
    np.testing.assert_allclose(found, model(IMAGES / np.float32(255), training=False).numpy(), atol=1e-5)


def test_the_classifier_is_traced_when_it_is_first_needed_and_once(model, monkeypatch):
    traced, real = [], train_step.make_classifier
    monkeypatch.setattr(train_step, "make_classifier", lambda model, parts: traced.append(model) or real(model, parts))
    evaluator = Evaluator(model, lambda: None)
    assert traced == []
    evaluator.probabilities(IMAGES, step=1)
    evaluator.classify(IMAGES)
    assert traced == [model]


def test_a_run_stays_responsive_between_batches(model, monkeypatch):
    monkeypatch.setattr(batching, "BATCH_IMAGES", 2)
    polls = []
    Evaluator(model, lambda: polls.append(1)).probabilities(IMAGES, step=1)
    assert len(polls) == 3


def test_probabilities_that_are_not_finite_are_refused_with_the_step(model):
    model.weights[-1].assign(np.full(10, np.nan, np.float32))
    with pytest.raises(TrainingError, match="after step 1,234"):
        Evaluator(model, lambda: None).probabilities(IMAGES, step=1234)
