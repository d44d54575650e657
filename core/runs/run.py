"""One run folder: the only module that knows the names of its files."""

import contextlib
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config.field_spec import ConfigError
from core.config.train_config import TrainConfig
from core.runs.commands import HALTS, RESUME_COMMANDS, Command, CommandError, CommandName, make_command, pending_halt
from core.runs.current_status import acknowledged_by, derive_status
from core.runs.liveness import as_crashed, is_process_alive
from core.runs.queue_order import front_timestamp, sort_queue
from core.runs.schema import (
    Mark,
    MetricRow,
    Metrics,
    Notes,
    Report,
    RunError,
    RunState,
    Status,
    effective_marks,
    error_reason,
)
from core.runs.snapshots import SnapshotStore
from core.storage import atomic, json_files

if TYPE_CHECKING:
    import keras

MODEL_FILE = "model.keras"

_NO_METRICS = Metrics()
_NEWEST_BYTES = 16 * 1024
_BLOCK_BYTES = 1024**2

MAX_METRICS_BYTES = 32 * 1024**2
"""How much is read of a run's metrics: a line is written each 0.15 s, so a training of three hours is read whole."""


class Run:
    """One run folder. Each of its files has one writer; any number of processes may read them at any time."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.id = self.folder.name
        self.model_path = self.folder / MODEL_FILE
        self.log_path = self.folder / "train.log"
        self.config_path = self.folder / "config.json"
        self._commands = self.folder / "commands.jsonl"
        self._notes = self.folder / "notes.json"
        self._status = self.folder / "status.json"
        self._metrics = self.folder / "metrics.jsonl"
        self._marks = self.folder / "marks.jsonl"
        self._checkpoint = self.folder / "checkpoint.npz"
        self._report = self.folder / "report.json"
        self._predictions = self.folder / "predictions.npz"
        self.snapshots = SnapshotStore(self.folder / "snapshots")

    @property
    def created(self) -> float:
        """Return when the run was filed, in seconds since 1970, as its id says; 0 for a foreign folder."""
        with contextlib.suppress(ValueError):
            return datetime.strptime(self.id[:19], "%Y%m%d-%H%M%S-%f").replace(tzinfo=UTC).timestamp()
        return 0.0

    @property
    def has_model(self) -> bool:
        """Return whether there is a saved model."""
        return self.model_path.is_file()

    @property
    def is_imported(self) -> bool:
        """Return whether the run came in a bundle: a model without its training state; raises `RunError`."""
        return bool(self.notes().imported)

    @property
    def has_metrics(self) -> bool:
        """Return whether a line of metrics may have been written."""
        return self._metrics.exists()

    def title(self) -> str:
        """Return the name that a person gave the run, or its network and when it was filed; raises `RunError`."""
        return self.notes().name or default_title(self.config(), self.created)

    def file_stamp(self) -> tuple[object, ...]:
        """Return a value that changes whenever config, status or commands do; costs a few microseconds."""
        return tuple(_stamp(path) for path in (self.config_path, self._status, self._commands))

    def title_stamp(self) -> tuple[object, ...]:
        """Return a value that changes whenever config or notes do, from which the title is made."""
        return tuple(_stamp(path) for path in (self.config_path, self._notes))

    def is_waiting(self) -> bool:
        """Return whether the run waits for a worker, its config sound."""
        if self._status.exists() and not self._commands.exists():
            return False
        try:
            self.config()
            return self.status().state is RunState.QUEUED
        except RunError:
            return False

    def config(self) -> TrainConfig:
        """Return the run's config; raises `RunError` where it is missing, damaged or out of range."""
        try:
            return TrainConfig.from_json(json_files.read_limited(self.config_path).decode())
        except (OSError, UnicodeDecodeError, json_files.TooLongError, ConfigError) as error:
            raise RunError(f"{self.config_path.name} cannot be used: {error_reason(error)}") from error

    def status(self) -> Status:
        """Return what the run is doing now; raises `RunError` where its status is damaged.

        A live run whose process is gone is failed, whatever its file says. A run is queued where no worker has begun
        with it, and where it has ended and was resumed since, or has finished and was extended, even in its very last
        moment; where it was then stopped, it is stopped.
        """
        last = self.last_status()
        return derive_status(last, self.commands(), self.marks() if last and self._commands.exists() else [])

    def last_status(self) -> Status | None:
        """Return the status that the worker wrote last, as failed where it is live and its process is gone.

        None before there is one. Raises `RunError`, also where the run is gone.
        """
        if not self.folder.is_dir():
            raise RunError(f"The folder of run {self.id} is gone.")
        if not self._status.exists():
            return None
        status = self._read_status()
        if status.is_live and not is_process_alive(status):
            status = self._read_status()  # it may have written its last status and ended since the first look
            if status.is_live and not is_process_alive(status):
                return as_crashed(status)
        return status

    def _read_status(self) -> Status:
        return Status.from_json(self._read_json(self._status), self._status.name)

    def was_started_by(self, pid: int) -> bool:
        """Return whether the last process that began to train the run has this pid; raises `RunError`."""
        return self._status.exists() and self._read_json(self._status).get("pid") == pid

    def metrics(self, known: Metrics = _NO_METRICS) -> Metrics:
        """Return the metrics so far, reading on behind those that are `known`; damaged lines are left out.

        Of more than `MAX_METRICS_BYTES` the newest are read, and the rows say how many bytes they leave out. Raises
        `RunError` where the file cannot be read at all.
        """
        try:
            size = self._metrics.stat().st_size
        except OSError:  # `_read_lines` says what is wrong where it is there
            size = 0
        if size - known.offset > MAX_METRICS_BYTES:
            known = Metrics(offset=size - MAX_METRICS_BYTES, skipped_bytes=size - MAX_METRICS_BYTES)
        while True:
            lines, offset = self._read_lines(self._metrics, known.offset, _BLOCK_BYTES)
            is_whole = offset in (known.offset, size)
            known = known.extended(lines, offset)
            if is_whole:
                return known

    def newest_rows(self) -> tuple[MetricRow, ...]:
        """Return the rows in the last 16 kB of the metrics: enough for an ended run's last validation figures.

        Raises `RunError` where the file cannot be read at all.
        """
        try:
            size = self._metrics.stat().st_size
        except OSError:
            size = 0
        return self.metrics(Metrics(offset=max(0, size - _NEWEST_BYTES))).rows

    def marks(self) -> list[Mark]:
        """Return what was done to the run while it trained, in that order; raises `RunError`."""
        lines, _ = self._read_lines(self._marks)
        return effective_marks(mark for mark in map(Mark.from_json, lines) if mark)

    def report(self) -> Report | None:
        """Return the test report, or None before there is one; raises `RunError`."""
        if not self._report.exists():
            return None
        report = Report.from_json(self._read_json(self._report))
        if report is None:
            raise RunError(f"{self._report.name} is not a test report.")
        return report

    def predictions(self) -> dict[str, np.ndarray] | None:
        """Return the arrays that `save_predictions` was given, or None where there are none; raises `RunError`."""
        return _read_arrays(self._predictions)

    def notes(self) -> Notes:
        """Return what was noted of the run; raises `RunError` where the file is damaged."""
        return Notes.from_json(self._read_json(self._notes)) if self._notes.exists() else Notes()

    def write_notes(self, **notes: object) -> None:
        """Replace these fields of the notes and keep the others; raises `OSError` and `RunError`."""
        kept = self._read_json(self._notes) if self._notes.exists() else {}
        atomic.replace_json(self._notes, kept | notes)

    def send(self, name: CommandName, value: float | None = None) -> bool:
        """Send the run a command (`commands.CommandName`), and return whether it was sent: it is then on the disk.

        The worker reads its commands several times a second. One that would change nothing, such as a pause of a run
        that pauses, is left out: Streamlit may handle one press twice. Raises `CommandError` for what cannot be
        followed, `RunError` and `OSError`.
        """
        if name in RESUME_COMMANDS and self.is_imported:
            raise CommandError("an imported run has no checkpoint to go on from. Train its recipe anew instead.")
        if name in HALTS and self.halt() == name:
            return False
        if name == CommandName.RESUME and self.halt() is None and self.status().is_live:
            return False
        sent_at = front_timestamp(self._siblings_in_queue()) if name == CommandName.FIRST else time.time()
        sent = replace(make_command(name, value), time=sent_at)
        atomic.append_line(self._commands, sent.to_json(), durable=True)
        return True

    def commands(self) -> list[Command]:
        """Return all that the run was sent; raises `RunError`."""
        return self.commands_from(0)[0]

    def commands_from(self, offset: int) -> tuple[list[Command], int]:
        """Return what the run was sent from byte `offset` on, and the offset behind it; raises `RunError`."""
        lines, end = self._read_lines(self._commands, offset)
        return [command for command in map(Command.from_json, lines) if command], end

    def halt(self) -> CommandName | None:
        """Return what halts the run, or will: pause, stop_after_epoch, stop, or None; raises `RunError`."""
        return pending_halt(self.commands())

    def acknowledged(self) -> int:
        """Return how many of its commands a worker of this run has followed; raises `RunError`."""
        return acknowledged_by(self.marks())

    # What follows is written by the worker alone. An ended run's report and predictions may be written by whoever
    # needs them, where its worker left none.

    def remove_leftovers(self) -> None:
        """Remove what a worker of this run that was killed left half written."""
        for path in (self._status, self._checkpoint, self.model_path, self._report, self._predictions):
            atomic.remove_leftovers(self.folder, f".{path.name}.*.new")
        atomic.remove_leftovers(self.folder, f".*.{MODEL_FILE}")
        self.snapshots.remove_leftovers()

    def write_status(self, status: Status) -> None:
        """Replace the status, with the heartbeat set to now; raises `OSError`.

        A failure acknowledges all commands sent before it, and so does the death of a worker that writes no more: what
        fails again and again is not tried by itself.
        """
        acknowledged = len(self.commands()) if status.is_live or status.state is RunState.FAILED else 0
        written = replace(status, heartbeat=time.time(), acknowledged=acknowledged)
        atomic.replace_json(self._status, asdict(written))

    def append_metrics(self, row: MetricRow) -> None:
        """Append one line of metrics; raises `OSError`."""
        atomic.append_line(self._metrics, row.to_json())

    def retract_metrics(self, step: int) -> None:
        """Write that the steps after this one are taken again, so their rows no longer count; raises `OSError`."""
        atomic.append_line(self._metrics, {"resumed_at": step})

    def append_mark(self, mark: Mark) -> None:
        """Append one mark, on the disk before this returns; raises `OSError`."""
        atomic.append_line(self._marks, mark.to_json(), durable=True)

    def save_checkpoint(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Replace the checkpoint with these named arrays; raises `OSError`.

        The metrics up to here are on the disk first: whoever resumes from the checkpoint goes on from their last line.
        """
        atomic.fsync(self._metrics)
        atomic.replace_file(self._checkpoint, lambda file: np.savez(file, allow_pickle=False, **arrays))

    def checkpoint(self) -> dict[str, np.ndarray] | None:
        """Return the newest checkpoint's arrays, or None before the first; raises `RunError`.

        It is of a whole epoch, or of the step within one after which the run ended early.
        """
        return _read_arrays(self._checkpoint)

    @atomic.as_disk_full()
    def save_model(self, model: "keras.Model") -> None:
        """Replace the saved model with this one, weights and all; raises `OSError`."""
        beside = self.folder / f".{os.getpid()}.{MODEL_FILE}"
        try:
            model.save(beside)
            with open(beside, "rb") as saved:
                atomic.replace_file(self.model_path, lambda file: shutil.copyfileobj(saved, file))
        finally:
            beside.unlink(missing_ok=True)

    def remove_report(self) -> None:
        """Remove the test report and predictions of a model that is trained further; raises `OSError`."""
        self._report.unlink(missing_ok=True)
        self._predictions.unlink(missing_ok=True)

    def write_report(self, report: Report) -> None:
        """Write the test report; raises `OSError`."""
        atomic.replace_json(self._report, report.to_json())

    def save_predictions(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Replace the model's answers to the test images (`Predictions.arrays`); raises `OSError`."""
        atomic.replace_file(self._predictions, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))

    def _siblings_in_queue(self) -> list["Run"]:
        return waiting_runs_in(self.folder.parent)

    def _read_json(self, path: Path) -> dict[str, Any]:
        try:
            value = json_files.parse_json(json_files.read_limited(path))
        except (OSError, ValueError, RecursionError) as error:
            raise RunError(f"{path.name} cannot be read: {error_reason(error)}") from error
        if not isinstance(value, dict):
            raise RunError(f"{path.name} does not hold a JSON object.")
        return value

    def _read_lines(
        self, path: Path, offset: int = 0, max_bytes: int | None = None
    ) -> tuple[list[dict[str, Any]], int]:
        """Return lines as `atomic.read_lines` does; without `max_bytes` all of a file's, of which there are few."""
        try:
            if max_bytes is None and path.exists() and path.stat().st_size > json_files.MAX_FILE_BYTES:
                json_files.read_limited(path)
            return atomic.read_lines(path, offset, max_bytes)
        except (OSError, json_files.TooLongError) as error:
            raise RunError(f"{path.name} cannot be read: {error_reason(error)}") from error


def default_title(config: TrainConfig, created: float) -> str:
    """Return what a run is called that nobody has named; `created` is when it was filed, seconds since 1970."""
    return f"{config.network} · {time.strftime('%d %b %H:%M:%S', time.localtime(created))}"


def runs_in(root: Path) -> list[Run]:
    """Return every run folder in a root, newest first, damaged and foreign ones too.

    Folders whose names cannot be shown are left out: they are nobody's runs.
    """
    if not root.is_dir():
        return []
    with os.scandir(root) as entries:
        names = (each for each in entries if not each.name.startswith(".") and each.name.isprintable())
        folders = [each.path for each in names if each.is_dir()]
    return [_run(folder) for folder in sorted(folders, reverse=True)]


def waiting_runs_in(root: Path) -> list[Run]:
    """Return the runs of a root that wait to be trained, in the order in which they are trained."""
    return sort_queue(run for run in runs_in(root) if run.is_waiting())


@lru_cache(4096)
def _run(folder: str) -> Run:
    """Return the one `Run` of a folder: it holds only paths, and runs are listed several times a second."""
    return Run(Path(folder))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
        return stat.st_ino, stat.st_mtime_ns, stat.st_size
    except OSError:
        return None


def _read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """Return the named arrays of an .npz file, or None where there is no file; raises `RunError`."""
    try:
        # Opened here, for NumPy leaves a damaged file open.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            return dict(archive)
    except FileNotFoundError:
        return None
    except Exception as error:  # zipfile, zlib and NumPy raise nearly anything on a damaged archive
        raise RunError(f"{path.name} is damaged: {error_reason(error)}") from error
