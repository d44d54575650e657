"""The folder that holds all runs: filing a run, finding it, listing them, and the queue."""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from core.config.train_config import TrainConfig
from core.runs.run import Run, runs_in, waiting_runs_in
from core.runs.run_folder import LOCK_FILE
from core.runs.schema import RunError
from core.runs.workspaces import machine_root
from core.storage import atomic, folder_listing
from core.storage.child_folders import find_child

_FILING_S = 600.0  # far longer than the filing of a run takes


def _leave_empty(run: Run) -> None:
    """Write nothing more into a new run."""


class RunStore:
    """The folder that holds all runs: `DIGIT_STUDIO_HOME`, or `runs/` in the working folder."""

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = Path(root or os.environ.get("DIGIT_STUDIO_HOME") or "runs").absolute()

    @property
    def lock_path(self) -> Path:
        """Return the lock that lets one run train on the machine, whoever it belongs to."""
        return machine_root(self.root) / LOCK_FILE

    def create(self, config: TrainConfig, fill: Callable[[Run], None] = _leave_empty) -> Run:
        """File a new, queued run and return it; raises `OSError`. Its id begins with the time, so ids sort by age.

        `fill` may write more into the run's folder before anybody sees it; where it raises, there is no new run.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        self.remove_leftovers()
        run = Run(self.root / f"{self._free_timestamp()}-{config.network}-{secrets.token_hex(2)}")
        # The config is what makes a folder a run, so the folder appears with it, in one rename.
        filing = Run(self.root / f".{run.id}.new")
        filing.folder.mkdir()
        try:
            atomic.replace_file(filing.config_path, lambda file: file.write(config.to_json().encode()))
            fill(filing)
            filing.folder.rename(run.folder)
            folder_listing.forget(self.root)
        except BaseException:
            shutil.rmtree(filing.folder, ignore_errors=True)
            raise
        return run

    def remove_leftovers(self) -> None:
        """Remove the folders of runs whose filing was killed; skip what cannot be removed."""
        for each in self.root.glob(".*.new"):
            with contextlib.suppress(OSError):
                if each.is_dir() and time.time() - each.stat().st_mtime > _FILING_S:
                    shutil.rmtree(each, ignore_errors=True)

    def _free_timestamp(self) -> str:
        """Return now, to a millisecond in which no run was filed yet: runs filed in a row wait in that order."""
        while True:
            now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")[:19]
            if not any(self.root.glob(f"{now}-*")):
                return now
            time.sleep(0.001)

    def get(self, run_id: str) -> Run:
        """Return the run of that id; raises `RunError` where there is none."""
        if folder := find_child(self.root, run_id):
            return Run(folder)
        raise RunError(f"There is no run {run_id!r} in {self.root}.")

    def all(self) -> list[Run]:
        """Return every run folder, newest first, damaged and foreign ones too."""
        return runs_in(self.root)

    def queue(self) -> list[Run]:
        """Return the runs that wait to be trained, in the order in which they are trained."""
        return waiting_runs_in(self.root)
