"""The reader of the app's model that NumPy computes: the same answers as with TensorFlow."""

import numpy as np
import pytest

from core.datasets.mnist import load_arrays
from core.networks.array_network import ArrayNetwork
from core.recognition import picture_reader
from core.recognition.classifier import Classifier
from core.recognition.model_files import RELEASED_MODEL
from core.recognition.picture_reader import quick_reader
from core.recognition.recognizer import Recognizer
from core.recognition.refusal import ConfidenceRefusal


@pytest.fixture(scope="module")
def images():
    """Digits, and as many images of noise and of parts of digits, (n, 28, 28) uint8."""
    digits = load_arrays()["x_test"][:60]
    noise = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    return np.concatenate([digits, noise, np.where(np.arange(28) < 12, digits[:40], 0)])


def test_the_answers_and_refusals_are_those_of_the_recognizer(images):
    quick, reader = quick_reader(), Recognizer.load()
    found, expected = quick.predict_with_outlier_score(images), reader.predict_with_outlier_score(images)
    assert np.abs(found.probabilities - expected.probabilities).max() < 1e-5
    assert np.abs(found.scores - expected.scores).max() < 1e-4
    assert np.array_equal(found.refused, expected.refused) and 30 < found.refused.sum() < 100
    assert (quick.temperature, quick.dataset) == (reader.temperature, reader.dataset)


def test_a_temperature_makes_answers_less_sure_as_with_keras(images):
    network, refusal = ArrayNetwork.load(RELEASED_MODEL), ConfidenceRefusal(0.5)
    found = Classifier(network, 2.5, refusal).predict(images)
    expected = Classifier(Recognizer.load().model, 2.5, refusal).predict(images)
    assert found.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
    assert found.probabilities.dtype == found.scores.dtype == np.float32


def test_a_released_model_that_only_keras_computes_has_no_quick_reader(tmp_path, monkeypatch):
    monkeypatch.setattr(picture_reader, "RELEASED_MODEL", tmp_path / "missing.keras")
    assert quick_reader() is None
    (tmp_path / "damaged.keras").write_bytes(b"no archive")
    monkeypatch.setattr(picture_reader, "RELEASED_MODEL", tmp_path / "damaged.keras")
    assert quick_reader() is None
