"""Limits on what is filed in a runs folder: how many runs wait, and how much of the disk stays free."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from core.config.cluster_address import cluster_address
from core.config.server_settings import ServerSettings, variable
from core.config.train_config import TrainConfig
from core.runs.class_settings import ClassSettings
from core.runs.run import Run
from core.runs.state_cache import waiting_runs
from core.runs.store import RunStore
from core.runs.workspaces import is_workspace, machine_root, size_bytes
from core.storage.printable import to_printable

_Filed = TypeVar("_Filed")

_filing = threading.Lock()
_OF_THE_CLASS = "a limit of this class"
_MAKE_ROOM = (
    "Delete some, and remove for good what was deleted: runs on the Runs page, whose space is free five minutes later, "
    "and data sets on the Data page."
)


class QuotaError(RuntimeError):
    """A run that is not filed now; the text says which limit is reached, and what to do."""


def file_run(store: RunStore, config: TrainConfig, cluster: str | None = None) -> Run:
    """File a new, queued run as `RunStore.create` does, where the limits allow it.

    It is trained on the cluster of that address, without one on that of the environment (`cluster_address`), else
    here. Raises `QuotaError`, `ConfigError` for a limit that is no number or an address that is none, and `OSError`.
    """
    address = cluster_address(cluster)
    return file_runs(store, 1, lambda: store.create(config, lambda run: run.set_cluster(address)))


def file_runs(store: RunStore, count: int, file: Callable[[], _Filed]) -> _Filed:
    """Return what `file` returns, which files so many runs; beyond a limit it is not called. Raises as `file_run`."""
    with _filing:
        check_queue(store, count)
        check_disk(store.root)
        return file()


def check_resume(store: RunStore) -> None:
    """Raise `QuotaError` where a run that has ended may not be trained further now, as one more is not filed."""
    check_queue(store)
    check_disk(store.root, "more training")


def check_queue(store: RunStore, count: int = 1) -> None:
    """Raise `QuotaError` where more than the limit would wait if so many runs were added.

    In a class the limit is each person's own.
    """
    most, setting = ServerSettings.from_environment().max_waiting_runs, variable("max_waiting_runs")
    if is_workspace(store.root):
        most, setting = ClassSettings.read(machine_root(store.root)).waiting_runs, _OF_THE_CLASS
    waiting = len(waiting_runs(store))
    if waiting + count > most:
        wait = "run waits" if waiting == 1 else "runs wait"
        more = "" if count == 1 else f", and these would be {count} more"
        raise QuotaError(
            f"{waiting} {wait} in the queue already{more}; at most {most} may ({setting}). Wait "
            "until one has been trained, or cancel one."
        )


def check_disk(root: Path, what: str = "a run") -> None:
    """Raise `QuotaError` where less than the limit is free for `what` on the disk of the runs folder.

    In a class it is raised, too, where a person's workspace has all that it may take.
    """
    if is_workspace(root):
        _check_workspace(root, what)
    least = ServerSettings.from_environment().min_free_mb
    there = next((folder for folder in (root, *root.parents) if folder.exists()), root)
    free_mb = shutil.disk_usage(there).free // 1024**2
    if free_mb < least:
        raise QuotaError(
            f"Only {free_mb:,} MB are free on the disk of {to_printable(str(root))}; {what} needs at least {least:,} "
            f"({variable('min_free_mb')}). {_MAKE_ROOM} Or make room otherwise."
        )


def _check_workspace(root: Path, what: str) -> None:
    most, used_mb = ClassSettings.read(machine_root(root)).disk_mb, size_bytes(root) // 1024**2
    if used_mb >= most:
        raise QuotaError(
            f"Your runs and data sets take {used_mb:,} MB; at most {most:,} may ({_OF_THE_CLASS}), so there is no room "
            f"for {what}. {_MAKE_ROOM}"
        )
