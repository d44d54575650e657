"""What is read from a run's files, checked before anything is shown of it or reckoned with."""

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import psutil

LIVE_STATES = ("running", "paused", "stopping")
FINAL_STATES = ("stopped", "finished", "failed")
_STATES = ("queued", *LIVE_STATES, *FINAL_STATES)

# What every line of metrics holds; a line without is damaged.
_METRIC = ("epoch", "step", "loss", "accuracy", "images_per_s", "elapsed_s")
_VALIDATION = ("val_loss", "val_accuracy")
_CHANGES = ("extend", "rate")
_MARK = ("step", "epoch", "elapsed_s", "heard")

# The system's start time of a process is exact to a clock tick; one pid is not given out twice within this.
_SAME_PROCESS_S = 2.0
_FRESH_HEARTBEAT_S = 10.0


class RunError(RuntimeError):
    """A run folder that cannot be used; the text says what is wrong with it."""


@dataclass(frozen=True)
class Status:
    """What the trainer last said of a run. Times are seconds since 1970; `error` is a sentence, or empty.

    `note` says why a finished run ended before its last epoch, `told` how many commands a live or failed one had been
    told. `train_s` (first step's start to last step's end) and `images_per_s` are known once training has ended.
    """

    state: str = "queued"
    pid: int = 0
    process_started: float = 0.0
    heartbeat: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    error: str = ""
    parameters: int = 0
    train_s: float = 0.0
    images_per_s: float = 0.0
    note: str = ""
    told: int = 0

    @classmethod
    def of_this_process(cls, parameters: int = 0) -> "Status":
        """Return the status of a run that this process begins to train now."""
        process = psutil.Process()
        return cls("running", process.pid, process.create_time(), started=time.time(), parameters=parameters)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES


@dataclass(frozen=True)
class Metrics:
    """The rows of a run's metrics so far, and the byte behind them, from which to read on."""

    rows: tuple[dict, ...] = ()
    offset: int = 0

    def read_on(self, lines: list[dict], offset: int) -> "Metrics":
        """Return the metrics with the lines that follow, up to byte `offset`; damaged ones are passed over.

        A line that says `resumed_at` a step takes back all rows after that step: they are trained again.
        """
        if offset == self.offset:
            return self
        rows = list(self.rows)
        for line in lines:
            if is_number(line.get("resumed_at")):
                rows = [row for row in rows if row["step"] <= line["resumed_at"]]
            elif is_metric_row(line):
                rows.append(line)
        return Metrics(tuple(rows), offset)


def parse_status(values: dict, name: str) -> Status:
    """Return the status that these values hold; raises `RunError`, which names the file, where they hold none."""
    known = {each.name: each.type for each in fields(Status)}
    values = {key: value for key, value in values.items() if key in known}
    kinds = {str: lambda value: isinstance(value, str), int: lambda value: isinstance(value, int) and is_number(value)}
    sound = all(kinds.get(known[key], is_number)(value) for key, value in values.items())
    if not sound or values.get("state") not in _STATES:
        raise RunError(f"{name} does not hold a run's status.")
    return Status(**values)


def is_number(value) -> bool:
    """Return whether a figure read from a file is one that can be shown and reckoned with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max


def is_process_alive(status: Status) -> bool:
    """Return whether the trainer still runs.

    A pid alone may have gone to another process since, and a process's start time moves when the system's clock is
    set, so either the start time or a fresh heartbeat must speak for it.
    """
    try:
        process = psutil.Process(status.pid)
        same = abs(process.create_time() - status.process_started) < _SAME_PROCESS_S
        beats = abs(time.time() - status.heartbeat) < _FRESH_HEARTBEAT_S
        return (same or beats) and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError, OverflowError):
        return False


def as_crashed(status: Status) -> Status:
    """Return what has become of a run whose process is gone."""
    error = (
        "The training process is gone without a word: it was killed, ran out of memory, or the machine was switched "
        "off. Resume goes on from its newest checkpoint, as if nothing had happened."
    )
    return replace(status, state="failed", error=error, ended=status.heartbeat)


def is_metric_row(row: dict) -> bool:
    """Return whether every figure that a line of metrics must hold is there."""
    figures = [row.get(name) for name in _METRIC] + [row[name] for name in _VALIDATION if name in row]
    return all(is_number(figure) for figure in figures) and row["epoch"] > 0 and _has_sound_answers(row)


def _has_sound_answers(row):
    """What was read in the ten digits: ten answers with ten confidences, or neither."""
    answers, confidences = row.get("answers", [0] * 10), row.get("confidences", [0] * 10)
    if not all(isinstance(values, list) and len(values) == 10 for values in (answers, confidences)):
        return False
    return all(isinstance(answer, int) for answer in answers) and all(is_number(each) for each in confidences)


def is_mark(row: dict) -> bool:
    """Return whether a mark says all that one must: what, where, and by which command."""
    figures = [row.get(name) for name in _MARK] + [row[name] for name in ("value",) if name in row]
    whole = all(isinstance(row.get(name), int) for name in ("step", "heard"))
    valued = row.get("kind") not in _CHANGES or "value" in row
    return isinstance(row.get("kind"), str) and all(is_number(figure) for figure in figures) and whole and valued


def effective_marks(marks: Iterable[dict]) -> list[dict]:
    """Return the marks without those that a resumed run went back before; changes of its course it makes again."""
    kept = []
    for mark in marks:
        if mark["kind"] == "resume":
            kept = [each for each in kept if each["step"] <= mark["step"] or each["kind"] in _CHANGES]
        kept.append(mark)
    return kept


def is_report(values: dict) -> bool:
    """Return whether every figure that is shown of a report is there and a number."""
    matrix, digits, interval = (values.get(name) for name in ("confusion_matrix", "digits", "interval"))
    tables = [matrix, digits, interval]
    if not all(isinstance(table, list) for table in tables) or [len(table) for table in tables] != [10, 10, 2]:
        return False
    if not all(isinstance(row, list) and len(row) == 10 for row in matrix):
        return False
    if not all(isinstance(row, dict) for row in digits):
        return False
    figures = [values.get(name) for name in ("accuracy", "count", "correct", "loss")]
    figures += [row.get(name) for row in digits for name in ("digit", "count", "accuracy", "precision")]
    figures += [*interval, *(cell for row in matrix for cell in row)]
    return all(is_number(figure) for figure in figures) and _has_sound_reliability(values)


def _has_sound_reliability(values):
    """Older reports have none; where there is one, its figures are shown."""
    bins = values.get("reliability", [])
    if not isinstance(bins, list) or not all(isinstance(each, dict) for each in bins):
        return False
    figures = [each.get(name) for each in bins for name in ("low", "high", "count", "confidence", "accuracy")]
    return all(is_number(figure) for figure in [*figures, values.get("calibration_error", 0)])


def error_reason(error: Exception) -> str:
    """Return what an error says, as the end of a sentence."""
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{words.rstrip('.')}."
