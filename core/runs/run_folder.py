"""A training's folder: the files that every training has, whatever it trains."""

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.runs.commands import HALTS, Command, CommandName, make_command, pending_halt
from core.runs.current_status import acknowledged_by, derive_status
from core.runs.liveness import as_crashed, is_process_alive
from core.runs.own_changes import note_change
from core.runs.schema import Mark, RunError, RunState, Status, effective_marks, error_reason
from core.storage import atomic, json_files

if TYPE_CHECKING:
    import keras

MODEL_FILE = "model.keras"
LOCK_FILE = "train.lock"


class RunFolder:
    """The folder of one training. Each of its files has one writer; any number of processes may read them.

    What is trained, and what is measured meanwhile, a class of its own says: `Run` for a network that reads digits.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.id = self.folder.name
        self.model_path = self.folder / MODEL_FILE
        self.log_path = self.folder / "train.log"
        self.config_path = self.folder / "config.json"
        self._commands = self.folder / "commands.jsonl"
        self._status = self.folder / "status.json"
        self._metrics = self.folder / "metrics.jsonl"
        self._marks = self.folder / "marks.jsonl"
        self._checkpoint = self.folder / "checkpoint.npz"

    @property
    def has_model(self) -> bool:
        """Return whether there is a saved model."""
        return self.model_path.is_file()

    @property
    def has_metrics(self) -> bool:
        """Return whether a line of metrics may have been written."""
        return self._metrics.exists()

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

    def marks(self) -> list[Mark]:
        """Return what was done to the run while it trained, in that order; raises `RunError`."""
        lines, _ = self._read_lines(self._marks)
        return effective_marks(mark for mark in map(Mark.from_json, lines) if mark)

    def send(self, name: CommandName, value: float | None = None) -> bool:
        """Send the run a command (`commands.CommandName`), and return whether it was sent: it is then on the disk.

        The worker reads its commands several times a second. One that would change nothing, such as a pause of a run
        that pauses, is left out: Streamlit may handle one press twice. Raises `CommandError` for what cannot be
        followed, `RunError` and `OSError`.
        """
        if name in HALTS and self.halt() == name:
            return False
        if name == CommandName.RESUME and self.halt() is None and self.status().is_live:
            return False
        sent = replace(make_command(name, value), time=self._time_of(name))
        atomic.append_line(self._commands, sent.to_json(), durable=True)
        note_change(self.id)
        return True

    def _time_of(self, name: CommandName) -> float:
        """Return the time that a command of this name is given, in seconds since 1970."""
        return time.time()

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

    # What follows is written by the worker alone.

    def remove_leftovers(self) -> None:
        """Remove what a worker of this run that was killed left half written."""
        for path in (self._status, self._checkpoint, self.model_path):
            atomic.remove_leftovers(self.folder, f".{path.name}.*.new")
        atomic.remove_leftovers(self.folder, f".*.{MODEL_FILE}")

    def write_status(self, status: Status) -> None:
        """Replace the status, with the heartbeat set to now; raises `OSError`.

        A failure acknowledges all commands sent before it, and so does the death of a worker that writes no more: what
        fails again and again is not tried by itself.
        """
        acknowledged = len(self.commands()) if status.is_live or status.state is RunState.FAILED else 0
        written = replace(status, heartbeat=time.time(), acknowledged=acknowledged)
        atomic.replace_json(self._status, asdict(written))
        note_change(self.id)

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
        self.sync_metrics()
        atomic.replace_file(self._checkpoint, lambda file: np.savez(file, allow_pickle=False, **arrays))

    def sync_metrics(self) -> None:
        """Return once all metrics are on the disk, as they must be before a checkpoint is; raises `OSError`."""
        atomic.fsync(self._metrics)

    def checkpoint(self) -> dict[str, np.ndarray] | None:
        """Return the newest checkpoint's arrays, or None before the first; raises `RunError`.

        It is of a whole epoch, or of the step within one after which the run ended early.
        """
        return read_arrays(self._checkpoint)

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


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """Return the named arrays of an .npz file, or None where there is no file; raises `RunError`."""
    try:
        # Opened here, for NumPy leaves a damaged file open.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            return dict(archive)
    except FileNotFoundError:
        return None
    except Exception as error:  # zipfile, zlib and NumPy raise nearly anything on a damaged archive
        raise RunError(f"{path.name} is damaged: {error_reason(error)}") from error
