"""The records of a run folder as typed values: a damaged one is refused before anything is shown of it or computed."""

import math
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Annotated, Any, Protocol, TypeVar

import msgspec
import psutil

from core.config.dataset_spec import MAX_CLASSES, MIN_CLASSES
from core.config.percent import percent
from core.storage.os_errors import error_text

_Record = TypeVar("_Record")
_Row = TypeVar("_Row", bound="_Stepped")


class _Stepped(Protocol):
    """A line of metrics: after how many steps it was written."""

    @property
    def step(self) -> int: ...


NonNegative = Annotated[float, msgspec.Meta(ge=0, le=sys.float_info.max)]
"""A finite number of at least 0."""
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e11)]
"""A duration, or a time since 1970, of at most three thousand years."""

_FEW_IMAGES = 1000
"""An accuracy on fewer images says little without its interval: of a thousand, that is up to six points wide."""


class RunError(RuntimeError):
    """A run folder that cannot be used; the text says what is wrong with it."""


class RunState(StrEnum):
    """The state of a run; `DAMAGED` stands in no file: it is what readers see where the folder cannot be used."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"
    DAMAGED = "damaged"

    @property
    def is_live(self) -> bool:
        """Return whether a process is at work on a run in this state."""
        return self in (RunState.RUNNING, RunState.PAUSED, RunState.STOPPING)

    @property
    def is_final(self) -> bool:
        """Return whether a run in this state has ended."""
        return self in (RunState.STOPPED, RunState.FINISHED, RunState.FAILED)


@dataclass(frozen=True)
class Status:
    """The status that the worker last wrote of a run. Times are seconds since 1970; `error` is a sentence, or empty.

    `note` says why a finished run ended before its last epoch, `acknowledged` how many commands a live or failed run
    had received. `train_s` (from the first step's start to the last step's end) and `images_per_s` are known once
    training has ended.
    """

    state: RunState = RunState.QUEUED
    pid: Annotated[int, msgspec.Meta(ge=0)] = 0
    process_started: Seconds = 0.0
    heartbeat: Seconds = 0.0
    started: Seconds = 0.0
    ended: Seconds = 0.0
    error: str = ""
    parameters: Count = 0
    train_s: Seconds = 0.0
    images_per_s: NonNegative = 0.0
    note: str = ""
    acknowledged: Count = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", RunState(self.state))  # a plain string of the same value is taken too

    @classmethod
    def of_this_process(cls, parameters: int = 0) -> "Status":
        """Return the status of a run that this process begins to train now."""
        process = psutil.Process()
        return cls(RunState.RUNNING, process.pid, process.create_time(), started=time.time(), parameters=parameters)

    @classmethod
    def from_json(cls, values: Mapping[str, Any], file_name: str) -> "Status":
        """Return the status that a JSON object holds; raises `RunError`, which names the file, where it holds none."""
        values = {"acknowledged": values.get("told", 0), **values}  # "told": earlier versions
        status = convert(values, cls)
        if status is None or "state" not in values or status.state is RunState.DAMAGED:
            raise RunError(f"{file_name} does not hold a run's status.")
        return status

    @property
    def is_live(self) -> bool:
        """Return whether a process is at work on the run."""
        return self.state.is_live

    @property
    def is_final(self) -> bool:
        """Return whether the run has ended."""
        return self.state.is_final

    def training_time_s(self, rows: "Sequence[MetricRow]") -> float:
        """Return how long the run has trained, 0 before its first step; `rows` are its metrics, or the newest of them.

        A run that trains, that was killed, or that an early version stopped, has the time in its newest row alone.
        """
        return self.train_s or (rows[-1].elapsed_s if rows else 0.0)


_OfClasses = msgspec.Meta(min_length=MIN_CLASSES, max_length=MAX_CLASSES)
_Labels = Annotated[tuple[Annotated[int, msgspec.Meta(ge=0, lt=MAX_CLASSES)], ...], _OfClasses]
_RoundedShare = Annotated[float, msgspec.Meta(ge=0, le=1.001)]  # a probability of a softmax may round to 1.0000001
_Shares = Annotated[tuple[_RoundedShare, ...], _OfClasses]


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


class MarkKind(StrEnum):
    """The kind of a mark: a command that took effect, or its early end."""

    PAUSE = "pause"
    STOP_AFTER_EPOCH = "stop_after_epoch"
    STOP = "stop"
    RESUME = "resume"
    FIRST = "first"
    EXTEND = "extend"
    RATE = "rate"
    ENDED_EARLY = "ended early"

    @property
    def changes_plan(self) -> bool:
        """Return whether it changes how many epochs are trained or at which learning rate."""
        return self in (MarkKind.EXTEND, MarkKind.RATE)


@dataclass(frozen=True)
class Mark:
    """A command that took effect on a run after `step` steps, when `acknowledged` commands had been received.

    `epoch` is fractional, `elapsed_s` seconds of training, `time` seconds since 1970; `value` is the number of epochs
    of an extension, or a learning rate.
    """

    kind: MarkKind
    step: Count
    epoch: NonNegative
    elapsed_s: Seconds
    acknowledged: Count
    value: int | float | None = None
    time: float = 0.0

    def __post_init__(self) -> None:
        if self.kind.changes_plan and not (is_number(self.value) and (self.value or 0) <= _MAX_PLAN_VALUE):
            raise ValueError(f"a mark of kind {self.kind} needs a value")

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> "Mark | None":
        """Return the mark that a line holds, or None where it is damaged."""
        return convert({"acknowledged": line.get("heard"), **line}, cls)  # "heard": earlier versions

    def to_json(self) -> dict[str, Any]:
        """Return the mark as it is written: without the value where it has none."""
        return without_none(asdict(self))


_MAX_PLAN_VALUE = 1e6
"""More than any number of epochs or learning rate that a run can be given."""


def effective_marks(marks: Iterable[Mark]) -> list[Mark]:
    """Return the marks without those of steps that a resumed run takes again.

    Changes of its plan stay: the resumed run follows them at the same steps.
    """
    effective: list[Mark] = []
    for mark in marks:
        if mark.kind is MarkKind.RESUME:
            effective = [each for each in effective if each.step <= mark.step or each.kind.changes_plan]
        effective.append(mark)
    return effective


@dataclass(frozen=True)
class Notes:
    """Notes on a run, by people and this app.

    `imported` is when it came in a bundle; `claim`, `lesson` and `sweep` name what it was trained for, if not for
    itself. `trial` is the number of the sweep's trial that it is of, -1 where it is of none. `shared` says whether the
    others of a class see it.
    """

    name: str = ""
    star: bool = False
    remark: str = ""
    imported: float = 0.0
    claim: str = ""
    lesson: str = ""
    sweep: str = ""
    trial: int = -1
    shared: bool = False

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Notes":
        """Return the notes in a JSON object; a field of the wrong type counts as not there."""
        kept = {}
        for field in fields(cls):
            value = values.get(field.name)
            is_usable = is_number(value) if isinstance(field.default, float) else type(value) is type(field.default)
            if is_usable:
                kept[field.name] = value
        return cls(**kept)


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


_ConfusionRow = Annotated[tuple[Count, ...], _OfClasses]


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
    digits: Annotated[tuple[DigitScore, ...], _OfClasses]
    confusion_matrix: Annotated[tuple[_ConfusionRow, ...], _OfClasses]
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


def convert(values: Any, record: type[_Record]) -> _Record | None:
    """Return plain JSON values as a record, or None where one is missing, of the wrong type or out of range."""
    try:
        return msgspec.convert(values, record)
    except (msgspec.ValidationError, ValueError, OverflowError):
        return None


def without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def is_number(value: object) -> bool:
    """Return whether a value from a file is a finite number of at least 0, and no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max


def error_reason(error: Exception) -> str:
    """Return what an error says, as the end of a sentence."""
    return f"{error_text(error).rstrip('.')}."
