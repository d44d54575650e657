"""The score that separates digits from outliers: fitted, kept on disk, used by the recognizer."""

import keras
import numpy as np
import pytest

from core.networks.inference_pass import feature_model
from core.recognition import ModelCard, OutlierScore, Recognizer
from core.recognition.outlier_score import fit_outlier_score, with_own_kept, with_recall


@pytest.fixture
def rows():
    """Digits (400, 7) and outliers (200, 7): 6 features and a confidence, apart along the second feature alone."""
    rng = np.random.default_rng(0)
    digits, outliers = rng.normal(0, 1, (400, 7)), rng.normal(0, 1, (200, 7))
    digits[:, 1] += 4
    return digits, outliers


def scored(score, rows):
    return score.scores(rows[:, :-1], rows[:, -1])


def test_the_score_separates_what_can_be_separated(rows):
    digits, outliers = rows
    score = fit_outlier_score(digits, outliers)
    assert np.mean(scored(score, digits) > 0) > 0.95 and np.mean(scored(score, outliers) < 0) > 0.95
    assert np.argmax(np.abs(score.weights)) == 1


def test_a_feature_that_never_varies_does_no_harm(rows):
    digits, outliers = (np.insert(each, 3, 5.0, axis=1) for each in rows)
    score = fit_outlier_score(digits, outliers)
    assert np.isfinite(score.weights).all() and np.mean(scored(score, digits) > 0) > 0.95


@pytest.mark.parametrize("kept", [0.9, 0.99])
def test_so_many_digits_are_kept_as_were_asked_for(rows, kept):
    digits, outliers = rows
    score = with_recall(fit_outlier_score(digits, outliers), digits, kept)
    assert np.mean(scored(score, digits) >= 0) == pytest.approx(kept, abs=0.005)


def test_what_is_saved_is_loaded(rows, tmp_path):
    score = fit_outlier_score(*rows)
    score.save(tmp_path / "reader.npz")
    again = OutlierScore.load(tmp_path / "reader.npz")
    assert np.array_equal(again.weights, score.weights)
    assert (again.confidence, again.bias) == (score.confidence, score.bias)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no archive"])
def test_what_cannot_be_loaded_is_none(tmp_path, content):
    path = tmp_path / "reader.npz"
    if content is not None:
        path.write_bytes(content)
    assert OutlierScore.load(path) is None


def test_what_is_no_score_is_none(rows, tmp_path):
    path = tmp_path / "reader.npz"
    with open(path, "wb") as file:
        np.save(file, np.zeros(3))
    assert OutlierScore.load(path) is None
    OutlierScore(np.zeros((3, 3), np.float32), 0.0, 0.0).save(path)
    assert OutlierScore.load(path) is None


def test_a_damaged_score_is_none_or_still_one(rows, tmp_path):
    """Every byte of a packed file, wrong in one bit."""
    path, score = tmp_path / "reader.npz", fit_outlier_score(*rows)
    np.savez_compressed(path, weights=score.weights, confidence=score.confidence, bias=score.bias)
    data = path.read_bytes()
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        assert isinstance(OutlierScore.load(path), OutlierScore | None)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(5, activation="relu")]
    return keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax")])


def test_the_recognizer_refuses_by_the_score_and_answers_as_without_it(model):
    images = np.random.default_rng(1).integers(0, 256, (20, 28, 28), dtype=np.uint8)
    features, probabilities = feature_model(model).predict(images / np.float32(255), verbose=0)
    score = OutlierScore(np.linspace(-1, 1, 5, dtype=np.float32), 2.0, 0.1)
    found = Recognizer(model, outlier_score=score).predict_with_outlier_score(images)
    assert found.probabilities == pytest.approx(probabilities, abs=1e-5)
    assert found.scores == pytest.approx(features @ score.weights + 2 * probabilities.max(axis=1) + 0.1, abs=1e-4)
    assert (found.refused == (found.scores < 0)).all()


def test_without_a_score_the_confidence_decides(model):
    images = np.random.default_rng(2).integers(0, 256, (20, 28, 28), dtype=np.uint8)
    found = Recognizer(model, ModelCard(min_confidence=0.12)).predict_with_outlier_score(images)
    assert found.scores == pytest.approx(found.probabilities.max(axis=1), abs=1e-6)
    assert (found.refused == (found.probabilities.max(axis=1) < 0.12)).all() and 0 < found.refused.sum() < 20


@pytest.mark.parametrize(("bias", "refused"), [(-9.0, True), (9.0, False)])
def test_a_digit_alone_is_refused_by_the_score(model, bias, refused):
    picture = np.zeros((60, 60), np.uint8)
    picture[15:45, 28:33] = 255
    reader = Recognizer(model, ModelCard(min_confidence=0.5), OutlierScore(np.zeros(5, np.float32), 0.0, bias))
    assert reader.read(picture, single=True).digits[0].refused == refused


def test_a_score_of_another_network_is_passed_over(model, tmp_path):
    model.save(tmp_path / "reader.keras")
    for count, decides in ((5, True), (6, False)):
        OutlierScore(np.zeros(count, np.float32), 0.0, -1.0).save(tmp_path / "reader.npz")
        reader = Recognizer.load(tmp_path / "reader.keras")
        found = reader.predict_with_outlier_score(np.zeros((1, 28, 28), np.uint8))
        assert (found.scores == -1).all() == decides


def test_a_persons_own_digits_are_kept_as_far_as_outliers_are_still_refused(rows):
    digits, outliers = rows
    score = fit_outlier_score(digits, outliers)
    own = digits.copy()
    own[:, 1] -= 2.5  # nearer to the outliers than other digits are
    kept = with_own_kept(score, [own], outliers)
    assert np.mean(scored(kept, own) > 0) > np.mean(scored(score, own) > 0)
    assert np.mean(scored(kept, outliers) < 0) >= 0.9
    assert np.array_equal(
        scored(with_own_kept(score, [digits + [0, 20, 0, 0, 0, 0, 0]], outliers), own), scored(score, own)
    )
    nothing_to_gain = with_own_kept(score, [digits, outliers], outliers)
    assert np.mean(scored(nothing_to_gain, outliers) < 0) >= 0.955
