"""Which images are refused: by outlier score, by minimum confidence, alone and in a line of digits."""

import keras
import numpy as np
import pytest

from core.preprocessing.mnist_form import tta_views
from core.recognition import ConfidenceRefusal, ModelCard, OutlierRefusal, OutlierScore, Recognizer, Refusal
from core.recognition.classifier import Classifier

FEATURES = np.array([[2, 0], [0, 2], [1, 1]], np.float32)
CONFIDENCES = np.array([0.4, 0.99, 0.6], np.float32)


def test_an_outlier_score_refuses_what_scores_below_0_whatever_its_confidence():
    refusal: Refusal = OutlierRefusal(OutlierScore(np.array([1, -1], np.float32), 0.0, -0.5))
    scores = refusal.scores(FEATURES, CONFIDENCES)
    assert scores == pytest.approx([1.5, -2.5, -0.5])
    assert refusal.refused(scores).tolist() == [False, True, True]
    assert refusal.refused(np.float32([0.0])).tolist() == [False], "0 itself is kept"


def test_a_minimum_confidence_refuses_what_is_less_sure_and_needs_no_features():
    refusal: Refusal = ConfidenceRefusal(0.5)
    assert not refusal.uses_features and OutlierRefusal.uses_features
    scores = refusal.scores(None, CONFIDENCES)
    assert scores is CONFIDENCES
    assert refusal.refused(scores).tolist() == [True, False, False]
    assert refusal.refused(np.float32([0.5])).tolist() == [False], "the minimum itself is kept"


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(5, activation="relu")]
    return keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax")])


@pytest.fixture
def views():
    """Three digits of three views each, (3, 3, 28, 28) uint8."""
    ink = np.zeros((60, 40), np.uint8)
    ink[10:50, 18:22] = 255
    return [tta_views(ink), tta_views(ink.T.copy()), tta_views(np.maximum(ink, np.roll(ink, 6, axis=1)))]


@pytest.mark.parametrize(
    "refusal", [ConfidenceRefusal(0.15), OutlierRefusal(OutlierScore(np.linspace(-1, 1, 5).astype(np.float32), 1, 0))]
)
def test_of_several_views_the_first_decides_the_refusal_and_the_mean_the_label(model, views, refusal):
    classifier = Classifier(model, 1.0, refusal)
    together, first = classifier.predict_views(views), classifier.predict(np.stack([each[0] for each in views]))
    assert together.scores == pytest.approx(first.scores) and (together.refused == first.refused).all()
    each = classifier.predict(np.concatenate(views)).probabilities.reshape(3, 3, 10)
    assert together.probabilities == pytest.approx(each.mean(axis=1))


def test_no_images_have_no_predictions(model):
    classifier = Classifier(model, 1.0, ConfidenceRefusal(0.5))
    for found in (classifier.predict(np.zeros((0, 28, 28), np.uint8)), classifier.predict_views([])):
        assert (found.probabilities.shape, found.scores.shape, found.refused.shape) == ((0, 10), (0,), (0,))


@pytest.mark.parametrize(("min_confidence", "refused"), [(0.0001, False), (1.1, True)])
def test_the_recognizer_refuses_by_the_card_where_there_is_no_score(model, min_confidence, refused):
    picture = np.zeros((60, 60), np.uint8)
    picture[15:45, 28:33] = 255
    [digit] = Recognizer(model, ModelCard(min_confidence=min_confidence)).read(picture, single=True).digits
    assert digit.refused == refused
