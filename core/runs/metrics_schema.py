"""The metrics of a run as typed values: one row a line, whose damaged and retracted ones are left out."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Protocol, TypeVar

import msgspec

from core.config.dataset_spec import MAX_CLASSES
from core.runs.record_values import Count, NonNegative, OfClasses, Seconds, Share, convert, is_number, without_none

_Row = TypeVar("_Row", bound="_Stepped")


class _Stepped(Protocol):
    """A line of metrics: after how many steps it was written."""

    @property
    def step(self) -> int: ...


_Labels = Annotated[tuple[Annotated[int, msgspec.Meta(ge=0, lt=MAX_CLASSES)], ...], OfClasses]
_RoundedShare = Annotated[float, msgspec.Meta(ge=0, le=1.001)]  # a probability of a softmax may round to 1.0000001
_Shares = Annotated[tuple[_RoundedShare, ...], OfClasses]


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One line of a run's metrics: the means over the images since the line before, after `step` optimizer steps.

    `epoch` is fractional, `loss` in nats, accuracies are 0 to 1, `elapsed_s` seconds of training. `val_loss` and
    `val_accuracy` stand in a line at an epoch's end. `answers` and `confidences` are what the network reads in
    its probe images, one of each class; the file of the ten own digits had the time `drawn_ns` (nanoseconds).
    """

    epoch: Annotated[float, msgspec.Meta(ge=1e-9, le=1e9)]
    step: Count
    loss: NonNegative
    accuracy: Share
    images_per_s: NonNegative
    elapsed_s: Seconds
    val_loss: NonNegative | None = None
    val_accuracy: Share | None = None
    answers: _Labels | None = None
    confidences: _Shares | None = None
    drawn_ns: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the line as it is written: without the fields that are not known."""
        return without_none(asdict(self))


@dataclass(frozen=True)
class Metrics:
    """The rows of a run's metrics so far, and the byte offset behind them, from which to read on.

    `skipped_bytes` is how much of the file lies before the first row because it is too long to be read whole.
    """

    rows: tuple[MetricRow, ...] = ()
    offset: int = 0
    skipped_bytes: int = 0

    def extended(self, lines: Iterable[Mapping[str, Any]], offset: int) -> "Metrics":
        """Return the metrics with the lines that follow, up to byte `offset`, as `extend_rows` reads them."""
        if offset == self.offset:
            return self
        return Metrics(tuple(extend_rows(self.rows, lines, MetricRow)), offset, self.skipped_bytes)


def extend_rows(rows: Iterable[_Row], lines: Iterable[Mapping[str, Any]], record: type[_Row]) -> list[_Row]:
    """Return the rows with those of the lines that follow; damaged lines are left out.

    A line that says `resumed_at` a step retracts all rows after that step: they are trained again.
    """
    extended = list(rows)
    for line in lines:
        if is_number(line.get("resumed_at")):
            extended = [row for row in extended if row.step <= line["resumed_at"]]
        elif row := convert(line, record):
            extended.append(row)
    return extended
