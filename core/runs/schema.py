"""The status, the marks and the notes of a run as typed values: a damaged record is refused before it is used."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import psutil

from core.runs.metrics_schema import MetricRow
from core.runs.record_values import Count, NonNegative, Seconds, convert, is_number, without_none
from core.storage.os_errors import error_text


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

    def training_time_s(self, rows: Sequence[MetricRow]) -> float:
        """Return how long the run has trained, 0 before its first step; `rows` are its metrics, or the newest of them.

        A run that trains, that was killed, or that an early version stopped, has the time in its newest row alone.
        """
        return self.train_s or (rows[-1].elapsed_s if rows else 0.0)


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


def error_reason(error: Exception) -> str:
    """Return what an error says, as the end of a sentence."""
    return f"{error_text(error).rstrip('.')}."
