"""How sure a trained network may say it is: a temperature for its confidence and the least confidence of a digit."""

import numpy as np

_TEMPERATURES = np.geomspace(0.4, 3, 81)
_KEPT = 0.993  # a little more than the 99 % of digits that must not be refused, for other digits differ


def calibrate(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return `temperature` and `refusal` for a network that gave (n, 10) `probabilities` to digits of (n,) `labels`.

    The temperature is the one whose probabilities make the labels likeliest (Guo et al., 2017, "On Calibration of
    Modern Neural Networks"); below the confidence `refusal` lie 0.7 % of the digits.
    """
    losses = [_loss(warmed(probabilities, temperature), labels) for temperature in _TEMPERATURES]
    temperature = float(_TEMPERATURES[int(np.argmin(losses))])
    confidences = warmed(probabilities, temperature).max(axis=1)
    return {"temperature": round(temperature, 3), "refusal": round(float(np.quantile(confidences, 1 - _KEPT)), 3)}


def warmed(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return (n, 10) probabilities at another temperature: above 1 they are less sure of themselves."""
    powers = (probabilities.astype(np.float64) + 1e-12) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Return how far confidence lies from accuracy on average, over `bins` equal intervals of confidence."""
    confidences, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    places = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = np.bincount(places, confidences - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def _loss(probabilities, labels):
    return -np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean()
