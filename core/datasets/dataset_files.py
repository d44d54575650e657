"""The files of one version of a data set, as they are read: its card and its arrays, neither of them trusted."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.config.dataset_spec import DatasetSpec, parse_dataset
from core.config.field_spec import ConfigError
from core.datasets.dataset_arrays import PARTS, check_arrays, checksum
from core.datasets.dataset_ids import versions
from core.datasets.dataset_summary import DatasetSummary
from core.datasets.mnist import DatasetError
from core.storage import atomic, json_files
from core.storage.os_errors import error_text

CARD, ARRAYS, SUMMARY = "card.json", "arrays.npz", "summary.npz"

_SPEC_KEYS = frozenset(DatasetSpec.__dataclass_fields__)


def read_card(folder: Path) -> dict[str, Any]:
    """Return all that the card in a version's folder holds; raises `DatasetError`."""
    try:
        card = json_files.parse_json(json_files.read_limited(folder / CARD))
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetError(
            f"The data set in {folder} has no readable card ({error_text(error)}). Delete it and add it again."
        ) from error
    if not isinstance(card, dict):
        raise DatasetError(f"The card of the data set in {folder} is damaged. Delete it and add it again.")
    return card


def read_spec(folder: Path) -> DatasetSpec:
    """Return the spec on the card in a version's folder; raises `DatasetError`."""
    card = read_card(folder)
    try:
        spec = parse_dataset({key: value for key, value in card.items() if key in _SPEC_KEYS})
    except (ConfigError, TypeError) as error:
        raise DatasetError(f"The card of the data set in {folder} is damaged: {error} Add the set again.") from error
    if (spec.id, str(spec.version)) != (folder.parent.name, folder.name):
        raise DatasetError(f"The card in {folder} is that of {spec.reference}. Delete the set and add it again.")
    return spec


def read_newest(folder: Path) -> DatasetSpec:
    """Return the spec of the newest version in a data set's folder whose card can be read.

    Raises `DatasetError` on the newest one where there is none.
    """
    problem = DatasetError(f"There is no data set in {folder} any more.")
    for place, version in enumerate(reversed(versions(folder))):
        try:
            return read_spec(folder / str(version))
        except DatasetError as error:
            problem = problem if place else error
    raise problem


def read_arrays(path: Path, spec: DatasetSpec) -> dict[str, np.ndarray]:
    """Return the arrays of a version, read-only, checked against its spec; raises `DatasetError`."""
    finding = f"The data set {spec.reference} ({spec.name}) is damaged"
    try:
        # Opened here, because NumPy leaves a damaged file open.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {part: archive[part] for part in PARTS}
    except Exception as error:  # zipfile, zlib and NumPy raise nearly anything on a damaged archive
        raise DatasetError(f"{finding} ({error_text(error)}). Delete it and add it again.") from error
    try:
        check_arrays(arrays, spec.class_names)
    except DatasetError as error:
        raise DatasetError(f"{finding}: {error} Delete it and add it again.") from error
    if checksum(arrays) != spec.sha256:
        raise DatasetError(
            f"The data set {spec.reference} here is another one than the {spec.name} that is asked for: its images "
            "have another SHA-256 sum. Add the right one again, or choose another."
        )
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def read_summary(path: Path, spec: DatasetSpec) -> DatasetSummary | None:
    """Return the summary that was written with a version; None where it is missing or damaged: it can be made anew."""
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            return DatasetSummary.from_arrays(dict(archive), spec.num_classes)
    except Exception:  # zipfile, zlib and NumPy raise nearly anything on a damaged archive
        return None


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name as an .npz file; raises `OSError`."""
    atomic.replace_file(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def link_or_copy(source: Path, target: Path) -> None:
    """Make a file that never changes appear under a second path too, without its bytes where the disk can."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
