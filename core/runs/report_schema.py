"""The report of a run as a typed value: the scores of its network on labelled images."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from core.config.percent import percent
from core.runs.record_values import Count, NonNegative, OfClasses, Share, convert

_FEW_IMAGES = 1000
"""An accuracy on fewer images says little without its interval: of a thousand, that is up to six points wide."""


@dataclass(frozen=True)
class DigitScore:
    """The scores of one class, by its label: `accuracy` is its recall; all three scores are 0 to 1."""

    digit: Count
    count: Count
    accuracy: Share
    precision: Share
    f1: Share | None = None  # reports of early versions have none


@dataclass(frozen=True)
class ReliabilityBin:
    """One interval of confidence, from `low` to `high`: how many answers fell into it, and their means, 0 to 1."""

    low: Share
    high: Share
    count: Count
    confidence: Share
    accuracy: Share


_ConfusionRow = Annotated[tuple[Count, ...], OfClasses]


@dataclass(frozen=True)
class Report:
    """The scores of a network on labelled images.

    `interval` is the 95 % interval of `accuracy`, `loss` the mean cross-entropy in nats. `digits` are the scores of
    each class; `confusion_matrix` are counts: a row a true class, a column an answer. Reports of early versions have
    neither reliability nor calibration error.
    """

    count: Count
    correct: Count
    accuracy: Share
    interval: tuple[Share, Share]
    loss: NonNegative
    digits: Annotated[tuple[DigitScore, ...], OfClasses]
    confusion_matrix: Annotated[tuple[_ConfusionRow, ...], OfClasses]
    reliability: tuple[ReliabilityBin, ...] | None = None
    calibration_error: Share | None = None

    def __post_init__(self) -> None:
        shares_fit = self.count and math.isclose(self.accuracy, self.correct / self.count, abs_tol=1e-6)
        if not shares_fit or self.correct > self.count or self.interval[0] > self.interval[1]:
            raise ValueError("the figures of the report contradict each other")
        if [score.digit for score in self.digits] != list(range(len(self.digits))):
            raise ValueError("the report's classes are not numbered from 0")
        if {len(self.digits)} != {len(self.confusion_matrix), *map(len, self.confusion_matrix)}:
            raise ValueError("the report's confusion matrix is of other classes")

    @property
    def accuracy_text(self) -> str:
        """Return the accuracy as it stands where there is no room for more; of few images, with its 95 % interval."""
        text = percent(self.accuracy, 2)
        if self.count >= _FEW_IMAGES:
            return text
        low, high = (round(100 * end) for end in self.interval)
        return f"{text} ({low}–{high} %)"

    @property
    def is_complete(self) -> bool:
        """Return whether it has all figures that a report of this version has."""
        complete = self.reliability is not None and self.calibration_error is not None
        return complete and all(score.f1 is not None for score in self.digits)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Report | None":
        """Return the report that a JSON object holds, or None where a figure is missing or out of range."""
        return convert(values, cls)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain numbers and lists."""
        return asdict(self)
