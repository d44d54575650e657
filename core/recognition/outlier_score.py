"""How much a mark looks like a digit: a line drawn between digits and marks in what a network's last layer sees.

The probabilities alone are often sure of what is far from every digit, for they only tell digits from one another.
The last layer's inputs know more: one linear score of them, fitted on digits and on the marks of `core.datasets.outliers`,
parts the two (a linear probe: Alain and Bengio, 2016, "Understanding intermediate layers using linear classifier
probes").
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.storage import atomic

_RIDGE = 0.01  # of the variance: keeps the weights of what rarely varies small


@dataclass(frozen=True, eq=False)
class OutlierScore:
    """A score, features @ weights + confidence × `confidence` + bias: what is below 0 does not look like a digit."""

    weights: np.ndarray  # (d,) float32
    confidence: float
    bias: float

    def of(self, features, confidences):
        """(n, d) features and (n,) confidences → (n,) scores; arrays or tensors."""
        return (features @ self.weights[:, None])[:, 0] + confidences * self.confidence + self.bias

    def save(self, path: Path) -> None:
        """Write the score to an .npz file at `path`."""
        values = {"weights": self.weights, "confidence": self.confidence, "bias": self.bias}
        atomic.replace_file(path, lambda file: np.savez(file, **values))

    @classmethod
    def load(cls, path: Path) -> "OutlierScore | None":
        """Return the score that was saved at `path`; None where there is none that can be read."""
        try:
            with open(path, "rb") as file, np.load(file) as saved:
                score = cls(saved["weights"].astype(np.float32), float(saved["confidence"]), float(saved["bias"]))
        except Exception:  # none there; and zipfile, zlib and NumPy raise nearly anything on a damaged archive
            return None
        return score if score.weights.ndim == 1 else None


def fit_outlier_score(digits: np.ndarray, marks: np.ndarray) -> OutlierScore:
    """Return the score that best tells `digits` (n, d + 1) from `marks` (m, d + 1), both of equal weight in all.

    A row is a picture's d features and the confidence of its answer. Least squares with a ridge.
    """
    rows = np.concatenate([digits, marks]).astype(np.float64)
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    rows = np.hstack([(rows - middle) / spread, np.ones((len(rows), 1))])
    wanted = np.repeat([1.0, -1.0], [len(digits), len(marks)])
    shares = np.repeat([0.5 / len(digits), 0.5 / len(marks)], [len(digits), len(marks)])
    square = (rows * shares[:, None]).T @ rows + _RIDGE * np.eye(rows.shape[1])
    slopes = np.linalg.solve(square, rows.T @ (shares * wanted))
    weights = slopes[:-1] / spread
    return OutlierScore(weights[:-1].astype(np.float32), float(weights[-1]), float(slopes[-1] - weights @ middle))


def with_recall(score: OutlierScore, digits: np.ndarray, kept: float) -> OutlierScore:
    """Return the score moved so that the share `kept` of `digits` (n, d + 1) is above 0."""
    found = score.of(digits[:, :-1], digits[:, -1])
    return OutlierScore(score.weights, score.confidence, score.bias - float(np.quantile(found, 1 - kept)))
