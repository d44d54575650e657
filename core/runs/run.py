"""The folder of a run that trains a network to read digits."""

import contextlib
import os
import time
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from core.config.cluster_address import check_address
from core.config.field_spec import ConfigError
from core.config.presets import recipe_title
from core.config.train_config import TrainConfig, parse_config
from core.runs.commands import RESUME_COMMANDS, CommandError, CommandName
from core.runs.measured_folder import MeasuredFolder
from core.runs.metrics_schema import MetricRow, Metrics
from core.runs.own_changes import note_change
from core.runs.queue_order import front_timestamp, sort_queue
from core.runs.schema import Notes, RunError, RunState, error_reason
from core.runs.snapshots import SnapshotStore
from core.runs.workspaces import PEOPLE_FOLDER
from core.storage import atomic, json_files
from core.storage.file_stamp import file_stamp
from core.storage.folder_listing import list_shown

DATASETS_FOLDER = "datasets"
"""The folder in the root that holds data sets."""

SWEEPS_FOLDER = "sweeps"
"""The folder in the root that holds sweeps; all others, but that of the people, are runs."""

_NO_METRICS = Metrics()
_NEWEST_BYTES = 16 * 1024
_BLOCK_BYTES = 1024**2

MAX_METRICS_BYTES = 32 * 1024**2
"""How much is read of a run's metrics: a line is written each 0.15 s, so a training of three hours is read whole."""


class Run(MeasuredFolder):
    """One run: the folder of a training, with what is known of a network that reads digits."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._notes = self.folder / "notes.json"
        self._cluster = self.folder / "cluster.json"
        self.follower_lock_path = self.folder / "follower.lock"
        self.snapshots = SnapshotStore(self.folder / "snapshots")

    @property
    def created(self) -> float:
        """Return when the run was filed, in seconds since 1970, as its id says; 0 for a foreign folder."""
        with contextlib.suppress(ValueError):
            return datetime.strptime(self.id[:19], "%Y%m%d-%H%M%S-%f").replace(tzinfo=UTC).timestamp()
        return 0.0

    @property
    def is_imported(self) -> bool:
        """Return whether the run came in a bundle: a model without its training state; raises `RunError`."""
        return bool(self.notes().imported)

    def title(self) -> str:
        """Return the name that a person gave the run, or its recipe and when it was filed; raises `RunError`."""
        return self.notes().name or default_title(self.config(), self.created)

    def file_stamp(self) -> tuple[object, ...]:
        """Return a value that changes whenever config, status or commands do; costs a few microseconds."""
        return tuple(file_stamp(path) for path in (self.config_path, self._status, self._commands))

    def title_stamp(self) -> tuple[object, ...]:
        """Return a value that changes whenever config or notes do, from which the title is made."""
        return tuple(file_stamp(path) for path in (self.config_path, self._notes))

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
            return parse_config(json_files.read_limited(self.config_path).decode())
        except (OSError, UnicodeDecodeError, json_files.TooLongError, ConfigError) as error:
            raise RunError(f"{self.config_path.name} cannot be used: {error_reason(error)}") from error

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

    def notes(self) -> Notes:
        """Return what was noted of the run; raises `RunError` where the file is damaged."""
        return Notes.from_json(self._read_json(self._notes)) if self._notes.exists() else Notes()

    def write_notes(self, **notes: object) -> None:
        """Replace these fields of the notes and keep the others; raises `OSError` and `RunError`."""
        kept = self._read_json(self._notes) if self._notes.exists() else {}
        atomic.replace_json(self._notes, kept | notes)
        note_change(self.id)

    @property
    def cluster(self) -> str | None:
        """Return the address of the cluster that the run is trained on; None where it is this machine."""
        try:
            address = json_files.parse_json(json_files.read_limited(self._cluster))["address"]
            return check_address(address)
        except (
            OSError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            RecursionError,
        ):  # no file, or a damaged one
            return None

    def set_cluster(self, address: str | None) -> None:
        """Have the run be trained on the cluster of this address from now on, or here; raises `OSError`.

        Written by whoever files the run, or resumes it.
        """
        if address is None:
            self._cluster.unlink(missing_ok=True)
        else:
            atomic.replace_json(self._cluster, {"address": address})

    def send(self, name: CommandName, value: float | None = None) -> bool:
        """Send the run a command as `RunFolder.send` does; an imported run cannot go on."""
        if name in RESUME_COMMANDS and self.is_imported:
            raise CommandError("an imported run has no checkpoint to go on from. Train its recipe anew instead.")
        return super().send(name, value)

    def _time_of(self, name: CommandName) -> float:
        is_first = name == CommandName.FIRST
        return front_timestamp(waiting_runs_in(self.folder.parent)) if is_first else super()._time_of(name)

    # What follows is written by the worker alone.

    def remove_leftovers(self) -> None:
        """Remove what a worker of this run that was killed left half written."""
        super().remove_leftovers()
        self.snapshots.remove_leftovers()

    def append_metrics(self, row: MetricRow) -> None:
        """Append one line of metrics; raises `OSError`."""
        atomic.append_line(self._metrics, row.to_json())


def default_title(config: TrainConfig, created: float) -> str:
    """Return what a run is called that nobody has named; `created` is when it was filed, seconds since 1970."""
    return f"{recipe_title(config)} · {time.strftime('%d %b %H:%M:%S', time.localtime(created))}"


def runs_in(root: Path) -> list[Run]:
    """Return every run folder in a root, newest first, damaged and foreign ones too.

    Folders whose names cannot be shown are left out, for they are nobody's runs, and so are those of the data sets,
    the sweeps and the people.
    """
    return list(_runs_at(root, list_shown(root)))


@lru_cache(64)
def _runs_at(root: Path, folders: tuple[str, ...]) -> tuple[Run, ...]:
    """Return the runs among the folders of a root, newest first; these are hardly ever others than a moment ago."""
    others = {os.path.join(root, name) for name in (DATASETS_FOLDER, SWEEPS_FOLDER, PEOPLE_FOLDER)}  # noqa: PTH118
    return tuple(_run(folder) for folder in reversed(folders) if folder not in others)


def waiting_runs_in(root: Path) -> list[Run]:
    """Return the runs of a root that wait to be trained, in the order in which they are trained."""
    return sort_queue(run for run in runs_in(root) if run.is_waiting())


@lru_cache(4096)
def _run(folder: str) -> Run:
    """Return the one `Run` of a folder: it holds only paths, and runs are listed several times a second."""
    return Run(Path(folder))
