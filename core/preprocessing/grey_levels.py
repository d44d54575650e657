"""Histograms of greys: medians, percentiles and spreads of pictures in a fraction of the time that sorting takes."""

import cv2
import numpy as np

_GREYS = np.arange(256, dtype=float)


class GreyLevels:
    """The histogram of a picture's greys, or of those of its greys within limits."""

    def __init__(self, counts: np.ndarray) -> None:
        """Take how many pixels have each grey, (256,) int64."""
        self._counts, self._up_to = counts, np.cumsum(counts)
        self.count = int(self._up_to[-1])

    @classmethod
    def of(cls, grey: np.ndarray) -> "GreyLevels":
        """Return the levels of a picture (h, w) uint8."""
        return cls(cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel().astype(np.int64))

    def above(self, threshold: float) -> "GreyLevels":
        """Return the levels of the pixels with a grey above a threshold."""
        return GreyLevels(np.where(threshold < _GREYS, self._counts, 0))

    def up_to(self, threshold: float) -> "GreyLevels":
        """Return the levels of the pixels with a grey of at most a threshold."""
        return GreyLevels(np.where(threshold >= _GREYS, self._counts, 0))

    def percentile(self, percent: float) -> float:
        """Return a percentile, as NumPy's with linear interpolation, of at least one pixel."""
        place = percent / 100 * (self.count - 1)
        first = int(place)
        low, high = np.searchsorted(self._up_to, (first, min(first + 1, self.count - 1)), side="right").tolist()
        return low + (high - low) * (place - first)

    def median(self) -> float:
        """Return the median of at least one pixel."""
        return self.percentile(50)

    def mean(self) -> float:
        """Return the mean of at least one pixel."""
        return float(self._counts @ _GREYS) / self.count

    def deviation(self) -> float:
        """Return the standard deviation of at least one pixel."""
        return float(self._counts @ (_GREYS - self.mean()) ** 2 / self.count) ** 0.5

    def median_deviation(self) -> float:
        """Return the median of the absolute deviations from the median of at least one pixel."""
        deviations = np.abs(_GREYS - self.median())
        order = np.argsort(deviations, kind="stable")
        up_to = np.cumsum(self._counts[order])
        middles = np.searchsorted(up_to, ((self.count - 1) // 2, self.count // 2), side="right")
        return float(deviations[order[middles]].mean())
