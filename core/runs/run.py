"""Runs on disk: the only room that knows the names of the files in a run folder, and what their states mean."""

import contextlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.storage import atomic
from core.runs import schema
from core.runs.commands import RESUME_COMMANDS, CommandError, make_command, pending_halt, is_command
from core.config.train_config import ConfigError, TrainConfig
from core.runs.schema import Metrics, RunError, Status
from core.runs.snapshots import SnapshotStore
from core.runs.queue_order import sort_queue, front_timestamp

_NO_METRICS = Metrics()

MODEL_FILE = "model.keras"
LOCK_FILE = "train.lock"

_NEWEST_BYTES = 16 * 1024


class Run:
    """One run folder. Its files have one writer each; any number of processes may read them at any time."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.id = self.folder.name
        self.model_path = self.folder / MODEL_FILE
        self.log_path = self.folder / "train.log"
        self._config = self.folder / "config.json"
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
        """When the run was filed, in seconds since 1970, as its id says; 0 for a foreign folder."""
        with contextlib.suppress(ValueError):
            return datetime.strptime(self.id[:19], "%Y%m%d-%H%M%S-%f").replace(tzinfo=UTC).timestamp()
        return 0.0

    @property
    def has_model(self) -> bool:
        return self.model_path.is_file()

    @property
    def is_imported(self) -> bool:
        """Whether it came in a bundle: a model without the state in which it was trained; raises `RunError`."""
        return bool(self.notes().get("imported"))

    @property
    def has_metrics(self) -> bool:
        return self._metrics.exists()

    def title(self) -> str:
        """Return what a person calls the run: the name they gave it, or its network and when it was filed."""
        filed = time.strftime("%d %b %H:%M:%S", time.localtime(self.created))
        return str(self.notes().get("name") or f"{self.config().network} · {filed}")

    def file_stamp(self) -> tuple:
        """Return what changes whenever a file does that says what the run is doing; a few microseconds' work."""
        return tuple(_stamp(path) for path in (self._config, self._status, self._commands))

    def is_waiting(self) -> bool:
        """Return whether the run waits for a trainer, its config sound."""
        if self._status.exists() and not self._commands.exists():
            return False
        try:
            self.config()
            return self.status().state == "queued"
        except RunError:
            return False

    def config(self) -> TrainConfig:
        """Return the run's config; raises `RunError` where it is missing, damaged or out of range."""
        try:
            return TrainConfig.from_json(self._config.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, ConfigError) as error:
            raise RunError(f"{self._config.name} cannot be used: {schema.error_reason(error)}") from error

    def status(self) -> Status:
        """Return what the run is doing now; raises `RunError` where its status is damaged.

        A live run whose process is gone is failed, whatever its file says. Queued is a run whose trainer has not begun,
        and one that has ended and was told to go on since, or has finished and was told to train further, be it in its
        very last moment; if it was then told to stop, it is stopped.
        """
        if not self.folder.is_dir():
            raise RunError(f"The folder of run {self.id} is gone.")
        if not self._status.exists():
            return Status("stopped" if self.halt() == "stop" else "queued")
        status = schema.parse_status(self._read_json(self._status), self._status.name)
        if status.is_live and not schema.is_process_alive(status):
            status = schema.as_crashed(status)
        if status.is_final and self._goes_on(status):
            return Status("queued", parameters=status.parameters)
        return replace(status, state="stopping") if status.is_live and self.halt() == "stop" else status

    def was_started_by(self, pid: int) -> bool:
        """Return whether the last process that began to train the run is this one; raises `RunError`."""
        return self._status.exists() and self._read_json(self._status).get("pid") == pid

    def _goes_on(self, status):
        """Whether the newest word that no trainer has heard yet, nor failed on before it heard it, is to go on."""
        unheard = self.commands()[0][max(self.acknowledged(), status.told) :] if self._commands.exists() else []
        going_on = RESUME_COMMANDS if status.state == "finished" else RESUME_COMMANDS[:1]
        return pending_halt(unheard) == "" and any(each["command"] in going_on for each in unheard)

    def metrics(self, known: Metrics = _NO_METRICS) -> Metrics:
        """Return the metrics so far; what is `known` already is not read again. Damaged lines are passed over.

        Raises `RunError` where the file cannot be read at all.
        """
        return known.read_on(*self._read_lines(self._metrics, known.offset))

    def marks(self) -> list[dict]:
        """Return what was done to the run while it learned, in that order; raises `RunError`.

        A mark has `kind` (a command's name), `step` and `epoch` where it took effect, `elapsed_s`, `heard` (how many
        commands the trainer had heard by then) and, where the command has one, `value`.
        """
        return schema.effective_marks(mark for mark in self._read_lines(self._marks)[0] if schema.is_mark(mark))

    def newest_rows(self) -> tuple[dict, ...]:
        """Return the rows in the last 16 kB of the metrics: enough for an ended run's last validation figures.

        Raises `RunError` where the file cannot be read at all.
        """
        try:
            size = self._metrics.stat().st_size
        except OSError:
            size = 0
        return self.metrics(Metrics(offset=max(0, size - _NEWEST_BYTES))).rows

    def report(self) -> dict | None:
        """Return the test report (`evaluation.report`), or None before there is one; raises `RunError`."""
        if not self._report.exists():
            return None
        report = self._read_json(self._report)
        if not schema.is_report(report):
            raise RunError(f"{self._report.name} is not a test report.")
        return report

    def predictions(self) -> dict[str, np.ndarray] | None:
        """Return the arrays that `save_predictions` was given, or None where there are none; raises `RunError`."""
        return _read_arrays(self._predictions)

    def notes(self) -> dict:
        """Return what a person said of the run: name, star, remark."""
        return self._read_json(self._notes) if self._notes.exists() else {}

    def write_notes(self, **notes) -> None:
        """Replace the given notes and keep the others; raises `OSError`."""
        atomic.replace_json(self._notes, self.notes() | notes)

    def send(self, name: str, value: float | None = None) -> None:
        """Tell the trainer something (`commands.COMMANDS`), on the disk before this returns, as what counts them is.

        The trainer looks several times a second.
        Raises `CommandError` for what cannot be followed, `RunError` and `OSError`.
        """
        if name in RESUME_COMMANDS and self.is_imported:
            raise CommandError("an imported run has no checkpoint to go on from. Train its recipe anew instead.")
        moment = front_timestamp(RunStore(self.folder.parent).queue()) if name == "first" else time.time()
        atomic.append_line(self._commands, make_command(name, value) | {"time": moment}, durable=True)

    def commands(self, offset: int = 0) -> tuple[list[dict], int]:
        """Return what the run was told from byte `offset` on, and the offset behind it; raises `RunError`."""
        rows, offset = self._read_lines(self._commands, offset)
        return [row for row in rows if is_command(row)], offset

    def halt(self) -> str:
        """Return what halts the run, or will: '', `pause`, `stop_after_epoch` or `stop`; raises `RunError`."""
        return pending_halt(self.commands()[0])

    def acknowledged(self) -> int:
        """Return how many of its commands a trainer of this run has followed; raises `RunError`."""
        return max((mark["heard"] for mark in self.marks()), default=0)

    # What follows is written by the trainer alone; an ended run's report and answers, where it left none, by who asks.

    def remove_leftovers(self) -> None:
        """Remove what a trainer of this run that was killed left half written."""
        for path in (self._status, self._checkpoint, self.model_path, self._report, self._predictions):
            atomic.remove_leftovers(self.folder, f".{path.name}.*.new")
        atomic.remove_leftovers(self.folder, f".*.{MODEL_FILE}")
        self.snapshots.remove_leftovers()

    def write_status(self, status: Status) -> None:
        """Replace the status, with the heartbeat set to now; raises `OSError`.

        A failure answers all that the run was told before it, and so does the death of a trainer that says no more:
        what fails again and again is not tried by itself.
        """
        told = len(self.commands()[0]) if status.is_live or status.state == "failed" else 0
        atomic.replace_json(self._status, asdict(status) | {"heartbeat": time.time(), "told": told})

    def append_metrics(self, row: dict) -> None:
        """Append one progress block (DESIGN: epoch, step, loss, accuracy, …); raises `OSError`."""
        atomic.append_line(self._metrics, row)

    def retract_metrics(self, step: int) -> None:
        """Say that the steps after this one are taken again, so that their rows no longer count; raises `OSError`."""
        atomic.append_line(self._metrics, {"resumed_at": step})

    def append_mark(self, mark: dict) -> None:
        """Append one mark (see `marks`), on the disk before this returns; raises `OSError`."""
        atomic.append_line(self._marks, mark, durable=True)

    def save_checkpoint(self, arrays: dict[str, np.ndarray]) -> None:
        """Replace the checkpoint with these named arrays; raises `OSError`.

        The metrics up to here are on the disk first: who goes on from the checkpoint goes on from their last line.
        """
        atomic.fsync(self._metrics)
        atomic.replace_file(self._checkpoint, lambda file: np.savez(file, **arrays))

    def checkpoint(self) -> dict[str, np.ndarray] | None:
        """Return the newest checkpoint's arrays, or None before the first; raises `RunError`.

        It is of a whole epoch, or of the step within one after which the run ended early.
        """
        return _read_arrays(self._checkpoint)

    @atomic.as_disk_full()
    def save_model(self, model) -> None:
        """Replace the saved model with this `keras.Model`, weights and all; raises `OSError`."""
        beside = self.folder / f".{os.getpid()}.{MODEL_FILE}"
        try:
            model.save(beside)
            with open(beside, "rb") as saved:
                atomic.replace_file(self.model_path, lambda file: shutil.copyfileobj(saved, file))
        finally:
            beside.unlink(missing_ok=True)

    def remove_report(self) -> None:
        """Remove the test report and answers of a model that is trained further; raises `OSError`."""
        self._report.unlink(missing_ok=True)
        self._predictions.unlink(missing_ok=True)

    def write_report(self, report: dict) -> None:
        """Write the test report, a dict of plain numbers and lists; raises `OSError`."""
        atomic.replace_json(self._report, report)

    def save_predictions(self, arrays: dict[str, np.ndarray]) -> None:
        """Replace what the model answered to the test images (`predictions.Predictions.arrays`); raises `OSError`."""
        atomic.replace_file(self._predictions, lambda file: np.savez_compressed(file, **arrays))

    def _read_json(self, path):
        try:
            value = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise RunError(f"{path.name} cannot be read: {schema.error_reason(error)}") from error
        if not isinstance(value, dict):
            raise RunError(f"{path.name} does not hold a JSON object.")
        return value

    def _read_lines(self, path, offset=0):
        try:
            return atomic.read_lines(path, offset)
        except OSError as error:
            raise RunError(f"{path.name} cannot be read: {schema.error_reason(error)}") from error


class RunStore:
    """The folder that holds all runs: `DIGIT_STUDIO_HOME`, or `runs/` in the working folder."""

    def __init__(self, root: Path | str | None = None):
        self.root = Path(root or os.environ.get("DIGIT_STUDIO_HOME") or "runs").absolute()
        self.lock_path = self.root / LOCK_FILE

    def create(self, config: TrainConfig, fill: Callable[[Run], None] = lambda run: None) -> Run:
        """File a new, queued run and return it; raises `OSError`. Its id begins with the time, so ids sort by age.

        `fill` may write more into the run's folder before anybody sees it; where it raises, there is no new run.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        run = Run(self.root / f"{self._free_moment()}-{config.network}-{secrets.token_hex(2)}")
        # The config is what makes a folder a run, so the folder appears with it, in one rename.
        filing = self.root / f".{run.id}.new"
        filing.mkdir()
        try:
            atomic.replace_file(filing / run._config.name, lambda file: file.write(config.to_json().encode()))
            fill(Run(filing))
            filing.rename(run.folder)
        except BaseException:
            shutil.rmtree(filing, ignore_errors=True)
            raise
        return run

    def _free_moment(self):
        """Now, to a millisecond in which no run was filed yet: runs filed in a row wait in that order."""
        while any(self.root.glob(f"{(now := datetime.now(UTC).strftime('%Y%m%d-%H%M%S-%f')[:19])}-*")):
            time.sleep(0.001)
        return now

    def get(self, run_id: str) -> Run:
        """Return the run of that id; raises `RunError` where there is none."""
        run = Run(self.root / run_id)
        if run_id not in ("", ".", "..") and Path(run_id).name == run_id:
            with contextlib.suppress(OSError):  # an id too long for any folder
                if run.folder.is_dir():
                    return run
        raise RunError(f"There is no run {run_id!r} in {self.root}.")

    def all(self) -> list[Run]:
        """Return every run folder, newest first, damaged and foreign ones too."""
        if not self.root.is_dir():
            return []
        with os.scandir(self.root) as entries:
            folders = [each.path for each in entries if each.is_dir() and not each.name.startswith(".")]
        return [_run(folder) for folder in sorted(folders, reverse=True)]

    def queue(self) -> list[Run]:
        """Return the runs that wait to be trained, in their turn (`in_turn`)."""
        return sort_queue(run for run in self.all() if run.is_waiting())


@lru_cache(4096)
def _run(folder):
    """One `Run` for each folder: it holds nothing but paths, and they are asked for several times a second."""
    return Run(folder)


def _stamp(path):
    try:
        stat = path.stat()
        return stat.st_ino, stat.st_mtime_ns, stat.st_size
    except OSError:
        return None


def run_state(run: Run) -> str:
    """Return the run's state, or `damaged` where its folder cannot be used."""
    return "damaged" if find_damage(run) else run.status().state


def find_damage(run: Run) -> str:
    """Return what is wrong with the run's folder as a sentence, or '' for a sound one."""
    try:
        run.config()
        run.notes()
        if run.status().state == "finished" and run.report() is None:
            return "The run is finished, but its report.json is missing."
        run.report()
    except RunError as error:
        return str(error)
    return ""


def _read_arrays(path):
    """The named arrays of an .npz file, or None where there is no file."""
    try:
        # Opened here, for NumPy leaves a damaged file open.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            return dict(archive)
    except FileNotFoundError:
        return None
    except Exception as error:  # zipfile, zlib and NumPy raise nearly anything on a damaged archive
        raise RunError(f"{path.name} is damaged: {schema.error_reason(error)}") from error
