"""Temperature, refusal and calibration error."""

from dataclasses import asdict

import numpy as np
import pytest

from core.evaluation.calibration import (
    apply_temperature,
    expected_calibration_error,
    fit_temperature,
    refusal_threshold,
    reliability,
)


def overconfident(n=20000, says=0.99, right=0.9):
    """Predictions that claim `says` and are right `right` of the time."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, n)
    answers = np.where(rng.random(n) < right, labels, (labels + 1) % 10)
    probabilities = np.full((n, 10), (1 - says) / 9)
    probabilities[np.arange(n), answers] = says
    return probabilities, labels


def test_the_temperature_takes_away_overconfidence():
    probabilities, labels = overconfident()
    before = expected_calibration_error(probabilities, labels)
    temperature = fit_temperature(probabilities, labels)
    assert temperature > 1
    assert before == pytest.approx(0.09, abs=0.01)
    assert expected_calibration_error(apply_temperature(probabilities, temperature), labels) < before / 4


def test_the_answers_stay_the_same_at_any_temperature():
    probabilities = np.random.default_rng(1).dirichlet(np.ones(10), 100)
    for temperature in (0.5, 2.0):
        other = apply_temperature(probabilities, temperature)
        assert (other.argmax(axis=1) == probabilities.argmax(axis=1)).all()
        assert other.sum(axis=1) == pytest.approx(1)
    assert (
        apply_temperature(probabilities, 2.0).max() < probabilities.max() < apply_temperature(probabilities, 0.5).max()
    )


def test_the_refusal_keeps_99_digits_in_a_hundred():
    rng = np.random.default_rng(2)
    probabilities = rng.dirichlet([20] + [1] * 9, 5000)
    assert 0.99 < (probabilities.max(axis=1) >= refusal_threshold(probabilities)).mean() < 0.995


def test_the_bins_of_a_reliability_diagram_worked_out_by_hand():
    probabilities = np.full((4, 10), 0.0)
    probabilities[:, 0] = [0.52, 0.58, 1.0, 0.95]
    probabilities[:, 1] = [0.48, 0.42, 0.0, 0.05]
    low, high = reliability(probabilities, np.array([0, 1, 0, 0]), bins=10)
    assert asdict(low) == pytest.approx({"low": 0.5, "high": 0.6, "count": 2, "confidence": 0.55, "accuracy": 0.5})
    assert asdict(high) == pytest.approx({"low": 0.9, "high": 1.0, "count": 2, "confidence": 0.975, "accuracy": 1.0})
    assert expected_calibration_error(probabilities, np.array([0, 1, 0, 0]), 10) == pytest.approx(0.0375)
