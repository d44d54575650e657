"""The refusal of images that do not look like a digit: two ways to decide it."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from core.recognition.outlier_score import OutlierScore


class Refusal(Protocol):
    """A refusal of images whose score is too low."""

    uses_features: ClassVar[bool]
    """Whether the score needs the inputs of the network's last layer."""

    def scores(self, features: Any, confidences: Any) -> Any:
        """Return (n,) scores of (n, d) features, None if unused, and (n,) confidences; arrays or tensors."""
        ...

    def refused(self, scores: np.ndarray) -> np.ndarray:
        """Return (n,) bool of (n,) scores: True where an image does not look like a digit."""
        ...


@dataclass(frozen=True, eq=False)
class OutlierRefusal:
    """The refusal of images that an outlier score takes for outliers, which score below 0."""

    outlier_score: OutlierScore
    uses_features: ClassVar[bool] = True

    def scores(self, features: Any, confidences: Any) -> Any:
        """Return (n,) outlier scores of (n, d) features and (n,) confidences; arrays or tensors."""
        return self.outlier_score.scores(features, confidences)

    def refused(self, scores: np.ndarray) -> np.ndarray:
        """Return (n,) bool: where the outlier score is negative."""
        return scores < 0


@dataclass(frozen=True)
class ConfidenceRefusal:
    """The refusal of answers of less than a minimum confidence; the confidence is the score."""

    min_confidence: float
    uses_features: ClassVar[bool] = False

    def scores(self, features: Any, confidences: Any) -> Any:
        """Return the (n,) confidences; the features are not used."""
        return confidences

    def refused(self, scores: np.ndarray) -> np.ndarray:
        """Return (n,) bool: where the confidence is below the minimum."""
        return scores < self.min_confidence
