"""One version of a data set, as it is written: beside the others, and complete before it appears among them."""

import contextlib
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.config.dataset_spec import DatasetSpec
from core.datasets.dataset_files import CARD
from core.datasets.mnist import DatasetError
from core.runs.quota import QuotaError, check_disk
from core.storage import atomic

_WRITING_S = 600.0  # far longer than the writing of a set takes


def write_version(datasets: Path, spec: DatasetSpec, details: dict[str, Any], fill: Callable[[Path], None]) -> None:
    """Write a version into the folder of all data sets: its card and what `fill` writes into the folder it is given.

    It appears in one rename. Raises `DatasetError` where another process added the same version or deleted the set,
    `OSError`; nothing is left then.
    """
    datasets.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(datasets)
    target = datasets / spec.id / str(spec.version)
    staged = datasets / f".{secrets.token_hex(4)}.new"
    staged.mkdir()
    try:
        fill(staged)
        atomic.replace_json(staged / CARD, details | spec.to_json())
        if spec.version == 1:  # a further one is not written where the set was deleted: it could not be restored
            target.parent.mkdir(exist_ok=True)
        staged.rename(target)
    except BaseException as error:
        shutil.rmtree(staged, ignore_errors=True)
        with contextlib.suppress(OSError):
            target.parent.rmdir()  # only where it is empty
        if isinstance(error, OSError) and target.exists():
            raise DatasetError(f"{spec.reference} was added at the same moment elsewhere. Try again.") from error
        if isinstance(error, FileNotFoundError) and spec.version > 1 and not target.parent.exists():
            raise deleted_meanwhile(spec.id) from error
        raise


def deleted_meanwhile(set_id: str) -> DatasetError:
    """Return the error of a version of a set that is not there any more."""
    return DatasetError(f"The data set {set_id} was deleted meanwhile. Bring it back, or add the images as a new one.")


def check_space(root: Path) -> None:
    """Raise `DatasetError` where less of the disk is free than the settings of the server ask for."""
    try:
        check_disk(root, "a data set")
    except QuotaError as error:
        raise DatasetError(str(error)) from error


def _remove_leftovers(datasets: Path) -> None:
    """Remove what a writer that was killed has left; skip what cannot be removed."""
    for each in datasets.glob(".*.new"):
        with contextlib.suppress(OSError):
            if time.time() - each.stat().st_mtime > _WRITING_S:
                shutil.rmtree(each, ignore_errors=True)
