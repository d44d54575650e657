"""Calibration of a trained network: a temperature for its confidence, and the minimum confidence of a digit."""

import numpy as np

from core.runs.report_schema import ReliabilityBin

_TEMPERATURES = np.geomspace(0.4, 3, 81)
TARGET_RECALL = 0.992  # a little more than the 99 % of digits that must not be refused, for other digits differ


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature at which (n, classes) `probabilities` make the (n,) `labels` likeliest.

    After Guo et al., 2017, "On Calibration of Modern Neural Networks".
    """
    losses = [_loss(apply_temperature(probabilities, temperature), labels) for temperature in _TEMPERATURES]
    return round(float(_TEMPERATURES[int(np.argmin(losses))]), 3)


def refusal_threshold(probabilities: np.ndarray) -> float:
    """Return the confidence below which 0.8 % of digits lie, to which a network gave (n, classes) `probabilities`."""
    return round(float(np.quantile(probabilities.max(axis=1), 1 - TARGET_RECALL)), 4)


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return (n, classes) float64 probabilities at another temperature: above 1 they are less sure."""
    powers = (probabilities.astype(np.float64) + 1e-12) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> list[ReliabilityBin]:
    """Return how often predictions are right in each of `bins` equal intervals of confidence, without empty ones.

    probabilities: (n, classes); labels: (n,). In order of confidence: a perfectly calibrated network has the same mean
    confidence and accuracy in each.
    """
    confidences, right = probabilities.max(axis=1).astype(np.float64), probabilities.argmax(axis=1) == labels
    numbers = np.minimum((confidences * bins).astype(int), bins - 1)
    counts = np.bincount(numbers, minlength=bins)
    sums, rights = np.bincount(numbers, confidences, bins), np.bincount(numbers, right, bins)
    return [
        ReliabilityBin(
            low=number / bins,
            high=(number + 1) / bins,
            count=int(counts[number]),
            confidence=min(1.0, float(sums[number] / counts[number])),
            accuracy=float(rights[number] / counts[number]),
        )
        for number in np.flatnonzero(counts).tolist()
    ]


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Return how far confidence lies from accuracy on average, over `bins` equal intervals of confidence."""
    found = reliability(probabilities, labels, bins)
    return sum(each.count * abs(each.confidence - each.accuracy) for each in found) / len(labels)


def _loss(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return -np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean()
