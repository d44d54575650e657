"""The folder of a sweep, and the folder in the runs' root that holds all of them."""

import contextlib
import secrets
import shutil
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from core.config.field_spec import ConfigError
from core.runs.liveness import is_process_alive
from core.runs.run import SWEEPS_FOLDER
from core.runs.schema import RunError, RunState, Status, error_reason
from core.runs.store import RunStore
from core.storage import atomic, json_files
from core.storage.child_folders import find_child
from core.sweeps.sweep_config import SweepConfig

_FILING_S = 600.0  # far longer than the filing of a sweep takes
_TIME_FORM = "%Y%m%d-%H%M%S-%f"


class SweepError(RuntimeError):
    """A sweep that cannot be used, or cannot do what is asked; the text says why and what to do."""


class Sweep:
    """One sweep: a folder whose files are written by the process that owns it, but for the request to stop."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.id = self.folder.name
        self.study_path = self.folder / "study.log"
        self.lock_path = self.folder / "owner.lock"
        self.log_path = self.folder / "owner.log"
        self._config = self.folder / "sweep.json"
        self._status = self.folder / "owner.json"
        self._stop = self.folder / "stop"

    @property
    def store(self) -> RunStore:
        """Return the folder of all runs, among them those of this sweep."""
        return RunStore(self.folder.parent.parent)

    @property
    def created(self) -> float:
        """Return when the sweep was filed, in seconds since 1970, as its id says; 0 for a foreign folder."""
        return sweep_created(self.id)

    @property
    def is_here(self) -> bool:
        """Return whether the sweep is still where it was: it may have been deleted since, by somebody else too."""
        return self.folder.is_dir()

    def config(self) -> SweepConfig:
        """Return what the sweep is told; raises `SweepError` where it is missing or damaged."""
        try:
            return SweepConfig.from_json(json_files.read_limited(self._config).decode())
        except (OSError, UnicodeDecodeError, json_files.TooLongError, ConfigError) as error:
            raise SweepError(
                f"The sweep {self.id} cannot be used: {self._config.name}: {error_reason(error)} Its runs are still "
                "among all runs; start a new sweep."
            ) from error

    def status(self) -> Status:
        """Return what the owning process last wrote, as failed where it is gone; queued before there was one.

        Raises `SweepError` where it is damaged.
        """
        if not self._status.exists():
            return Status()
        status = self._read_status()
        if status.is_live and not is_process_alive(status):
            status = self._read_status()  # it may have written its last status and ended since the first look
        if status.is_live and not is_process_alive(status):
            error = "The process of the sweep is gone: it was killed, or the machine was switched off. Resume goes on."
            return replace(status, state=RunState.FAILED, error=error, ended=status.heartbeat)
        return status

    def _read_status(self) -> Status:
        try:
            return Status.from_json(json_files.parse_json(json_files.read_limited(self._status)), self._status.name)
        except (OSError, ValueError, RecursionError, AttributeError, TypeError, RunError) as error:
            raise SweepError(f"{self._status.name} of sweep {self.id} is damaged: {error_reason(error)}") from error

    @property
    def is_live(self) -> bool:
        """Return whether a process is at work on the sweep; not where it is damaged."""
        with contextlib.suppress(SweepError):
            return self.status().is_live
        return False

    def is_stop_requested(self) -> bool:
        """Return whether the sweep was asked to stop since its process began."""
        return self._stop.exists()

    def request_stop(self) -> None:
        """Ask the owning process to stop, which it does within a second; raises `SweepError`, `OSError`."""
        if not self.status().is_live:
            raise SweepError(f"Sweep {self.id} is not running; there is nothing to stop.")
        self._stop.touch()

    # What follows is written by the owning process alone, which holds the lock.

    def write_status(self, status: Status) -> None:
        """Replace the status, with the heartbeat set to now; raises `OSError`."""
        atomic.replace_json(self._status, asdict(replace(status, heartbeat=time.time())))

    def begin(self) -> Status:
        """Note that this process owns the sweep from now on, and forget an old request to stop; raises `OSError`."""
        self._stop.unlink(missing_ok=True)
        atomic.remove_leftovers(self.folder, f".{self._status.name}.*.new")
        status = Status.of_this_process()
        self.write_status(status)
        return status


class SweepStore:
    """The folder that holds all sweeps, in the root of the runs."""

    def __init__(self, store: RunStore) -> None:
        self.root = store.root / SWEEPS_FOLDER

    def create(self, config: SweepConfig) -> Sweep:
        """File a new sweep and return it; no process owns it yet. Raises `OSError`."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._remove_leftovers()
        name = f"{datetime.now(UTC).strftime(_TIME_FORM)[:19]}-{secrets.token_hex(2)}"
        sweep, filing = Sweep(self.root / name), self.root / f".{name}.new"
        filing.mkdir()
        try:
            written = filing / sweep._config.name
            atomic.replace_file(written, lambda file: file.write(config.to_json().encode()))
            filing.rename(sweep.folder)
        except BaseException:
            shutil.rmtree(filing, ignore_errors=True)
            raise
        return sweep

    def _remove_leftovers(self) -> None:
        """Remove the folders of sweeps whose filing was killed; skip what cannot be removed."""
        for each in self.root.glob(".*.new"):
            with contextlib.suppress(OSError):
                if time.time() - each.stat().st_mtime > _FILING_S:
                    shutil.rmtree(each, ignore_errors=True)

    def get(self, sweep_id: str) -> Sweep:
        """Return the sweep of that id; raises `SweepError` where there is none."""
        folder = None if sweep_id.startswith(".") else find_child(self.root, sweep_id)
        if folder:
            return Sweep(folder)
        raise SweepError(f"There is no sweep {sweep_id[:80]!r} in {self.root}.")

    def all(self) -> list[Sweep]:
        """Return every sweep, newest first."""
        folders = self.root.iterdir() if self.root.is_dir() else ()
        shown = [each for each in folders if not each.name.startswith(".") and each.name.isprintable()]
        return [Sweep(each) for each in sorted(shown, reverse=True) if each.is_dir()]

    def live(self) -> list[Sweep]:
        """Return the sweeps that a process is at work on, newest first."""
        return [each for each in self.all() if each.is_live]


def sweep_created(sweep_id: str) -> float:
    """Return when the sweep of that id was filed, in seconds since 1970; 0 where the id says nothing."""
    with contextlib.suppress(ValueError):
        return datetime.strptime(sweep_id[:19], _TIME_FORM).replace(tzinfo=UTC).timestamp()
    return 0.0
