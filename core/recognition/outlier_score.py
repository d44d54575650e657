"""A score of how much an image looks like a digit: linear in the features that a network's last layer receives.

Probabilities alone are often high for images that are far from every digit, since they only separate digits from one
another. The features of the last layer know more: one linear score of them, fitted on digits and on the outliers of
`core.datasets.outliers`, separates the two (a linear probe: Alain and Bengio, 2016, "Understanding intermediate layers
using linear classifier probes").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.storage import atomic

_OWN_SPREADS = 5.0  # standard deviations below the mean of copies of a person's own digits: others differ more
_MIN_REFUSED = 0.96  # of the outliers, whatever a person's own digits are
_RIDGE = 0.01  # of the variance: keeps the weights of features that rarely vary small


@dataclass(frozen=True, eq=False)
class OutlierScore:
    """A linear score, features @ weights + confidence × `confidence` + bias; outliers have negative scores.

    The sign is that of scikit-learn's `decision_function` of outlier detectors.
    """

    weights: np.ndarray  # (d,) float32
    confidence: float
    bias: float

    def scores(self, features: Any, confidences: Any) -> Any:
        """Return (n,) scores of (n, d) features and (n,) confidences; arrays or tensors."""
        return (features @ self.weights[:, None])[:, 0] + confidences * self.confidence + self.bias

    def save(self, path: Path) -> None:
        """Write the score to an .npz file at `path`."""
        weights, confidence, bias = self.weights, self.confidence, self.bias
        atomic.replace_file(path, lambda file: np.savez(file, weights=weights, confidence=confidence, bias=bias))

    @classmethod
    def load(cls, path: Path) -> "OutlierScore | None":
        """Return the score that was saved at `path`; None where there is none that can be read."""
        try:
            with open(path, "rb") as file, np.load(file) as saved:
                score = cls(saved["weights"].astype(np.float32), float(saved["confidence"]), float(saved["bias"]))
        except Exception:  # none there; and zipfile, zlib and NumPy raise nearly anything on a damaged archive
            return None
        return score if score.weights.ndim == 1 else None


def fit_outlier_score(digits: np.ndarray, outliers: np.ndarray) -> OutlierScore:
    """Return the score that best separates `digits` (n, d + 1) from `outliers` (m, d + 1), both of equal total weight.

    A row holds an image's d features and its confidence. Fitted by least squares with a ridge.
    """
    rows = np.concatenate([digits, outliers]).astype(np.float64)
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    rows = np.hstack([(rows - middle) / spread, np.ones((len(rows), 1))])
    wanted = np.repeat([1.0, -1.0], [len(digits), len(outliers)])
    shares = np.repeat([0.5 / len(digits), 0.5 / len(outliers)], [len(digits), len(outliers)])
    square = (rows * shares[:, None]).T @ rows + _RIDGE * np.eye(rows.shape[1])
    slopes = np.linalg.solve(square, rows.T @ (shares * wanted))
    weights = slopes[:-1] / spread
    return OutlierScore(weights[:-1].astype(np.float32), float(weights[-1]), float(slopes[-1] - weights @ middle))


def with_recall(score: OutlierScore, digits: np.ndarray, recall: float) -> OutlierScore:
    """Return the score shifted so that the share `recall` of `digits` (n, d + 1) scores above 0."""
    found = score.scores(digits[:, :-1], digits[:, -1])
    return OutlierScore(score.weights, score.confidence, score.bias - float(np.quantile(found, 1 - recall)))


def with_own_kept(score: OutlierScore, own: Sequence[np.ndarray], outliers: np.ndarray) -> OutlierScore:
    """Return the score shifted so that hardly any of a person's own digits is refused, but most outliers still are.

    own: those of each label, (n, d + 1) each, as `fit_outlier_score` takes them. outliers: (m, d + 1).
    """
    own_scores = [score.scores(each[:, :-1], each[:, -1]) for each in own]
    outlier_scores = score.scores(outliers[:, :-1], outliers[:, -1])
    wanted = max(0.0, *(float(_OWN_SPREADS * each.std() - each.mean()) for each in own_scores))
    allowed = max(0.0, -float(np.quantile(outlier_scores, _MIN_REFUSED)))
    return OutlierScore(score.weights, score.confidence, score.bias + min(wanted, allowed))
