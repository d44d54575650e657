"""The data sets of an installation: each version of one is a folder that is written once and never changes."""

import contextlib
import re
import secrets
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.config.dataset_spec import MNIST, DatasetSpec, ImageForm, check_class_names
from core.datasets.dataset_arrays import PARTS, check_arrays, checksum
from core.datasets.dataset_files import ARRAYS, CARD, read_arrays, read_card, read_spec
from core.datasets.mnist import DatasetError, load_arrays
from core.storage import atomic
from core.storage.recent_slots import RecentSlots

_REFERENCE = re.compile(r"([a-z0-9][a-z0-9-]{0,47})(?:@([1-9][0-9]{0,6}))?")
_MAX_ID = 40
_HELD_SETS = 2  # in memory, each with up to hundreds of megabytes
_loaded: RecentSlots[tuple[Path, str, str], dict[str, np.ndarray]] = RecentSlots(_HELD_SETS)


class DatasetStore:
    """The data sets in a root: MNIST, which is built in, and those in its folder `datasets`.

    A version is the folder `datasets/<id>/<version>/` with its card, JSON, and its arrays. It appears in one rename,
    complete, so that readers of any process need no lock.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / "datasets"

    def specs(self) -> list[DatasetSpec]:
        """Return the newest version of each data set: MNIST, then the others by name. Damaged ones are left out."""
        found = []
        for folder in self.folders():
            with contextlib.suppress(DatasetError):
                found.append(self._newest(folder))
        return [MNIST, *sorted(found, key=lambda spec: (spec.name.casefold(), spec.id))]

    def folders(self) -> list[Path]:
        """Return the folder of each data set that is not built in, damaged ones too."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if path.is_dir() and _REFERENCE.fullmatch(path.name))

    def spec(self, reference: str) -> DatasetSpec:
        """Return the data set of a reference: 'letters@2', or 'letters' for its newest version; 'mnist'.

        Raises `DatasetError` where there is none, or its card is damaged.
        """
        if reference == MNIST.reference:
            return MNIST
        match = _REFERENCE.fullmatch(reference)
        if not match or not _versions(self.folder / match[1]):
            raise DatasetError(f"There is no data set {reference[:80]!r} here. Add it, or choose another one.")
        folder = self.folder / match[1]
        if match[2] is None:
            return self._newest(folder)
        if int(match[2]) not in _versions(folder):
            raise DatasetError(f"The data set {match[1]} has no version {match[2]}; its newest is {_newest(folder)}.")
        return read_spec(folder / match[2])

    def card(self, spec: DatasetSpec) -> dict[str, Any]:
        """Return all that the card of a version holds; raises `DatasetError`."""
        return read_card(self._version_folder(spec))

    def load(self, spec: DatasetSpec) -> dict[str, np.ndarray]:
        """Return the arrays of a version, read-only, checked once per process against shapes and SHA-256 sum.

        `x_train` (n, 28, 28), `y_train` (n,), `x_test` (m, 28, 28), `y_test` (m,), all uint8; n and m are the spec's
        counts. Raises `DatasetError` where the set was deleted, is damaged, or is another one than the spec's.
        """
        if spec.id == MNIST.id:
            return load_arrays()
        folder = self._version_folder(spec)
        if not (folder / ARRAYS).is_file():
            raise DatasetError(
                f"The data set {spec.reference} ({spec.name}) is not here any more: it was deleted, or this run comes "
                "from another machine. Add it again, or choose another one."
            )
        slot = _loaded.slot((self.folder, spec.reference, spec.sha256))
        with slot.lock:
            if slot.value is None:
                slot.value = read_arrays(folder / ARRAYS, spec)
            return slot.value

    def add(
        self,
        name: str,
        class_names: Sequence[str],
        arrays: Mapping[str, np.ndarray],
        *,
        set_id: str = "",
        form: ImageForm = ImageForm.MNIST,
        source: str = "",
        licence: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> DatasetSpec:
        """Add a data set and return its spec.

        arrays: as `load` returns them. `set_id`: of a data set of which this is a new version; a new one where it is
        empty, whose id is made of the name. `details`: what else its card is to hold, as plain data.
        Raises `DatasetError` where the arrays are no data set, `ConfigError` where a text or the number of classes is
        out of range, `OSError` where there is no space; nothing is left then.
        """
        names = check_class_names(list(class_names))
        check_arrays(arrays, names)
        made_id = set_id or self._free_id(name)
        version = (_newest(self.folder / made_id) + 1) if set_id else 1
        counts = len(arrays["y_train"]), len(arrays["y_test"])
        spec = DatasetSpec(made_id, version, name.strip(), names, *counts, checksum(arrays), form, source, licence)
        if spec.id == MNIST.id:
            raise DatasetError("MNIST is built in and cannot be changed. Give the data set another name.")
        self._write(spec, arrays, dict(details or {}))
        return spec

    def _free_id(self, name: str) -> str:
        """Return an id that no data set has, not even a deleted one: runs may name it."""
        base = slug(name)
        taken = {MNIST.id, *(path.name for path in self.folder.glob("*")), *deleted_ids(self.folder)}
        candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
        return next(each for each in candidates if each not in taken)

    def _write(self, spec: DatasetSpec, arrays: Mapping[str, np.ndarray], details: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        staged = self.folder / f".{secrets.token_hex(4)}.new"
        staged.mkdir()
        try:
            ordered = {part: arrays[part] for part in PARTS}
            atomic.replace_file(staged / ARRAYS, lambda file: np.savez(file, allow_pickle=False, **ordered))
            atomic.replace_json(staged / CARD, details | spec.to_json())
            (self.folder / spec.id).mkdir(exist_ok=True)
            staged.rename(self.folder / spec.id / str(spec.version))
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            with contextlib.suppress(OSError):
                (self.folder / spec.id).rmdir()  # only where it is empty
            raise

    def _version_folder(self, spec: DatasetSpec) -> Path:
        return self.folder / spec.id / str(spec.version)

    def _newest(self, folder: Path) -> DatasetSpec:
        return read_spec(folder / str(_newest(folder)))


def _versions(folder: Path) -> list[int]:
    there = folder.iterdir() if folder.is_dir() else ()
    return sorted(int(path.name) for path in there if re.fullmatch("[1-9][0-9]{0,6}", path.name))


def _newest(folder: Path) -> int:
    """Return the newest version in a data set's folder, 0 where there is none."""
    return max(_versions(folder), default=0)


def deleted_ids(folder: Path) -> list[str]:
    """Return the ids of the data sets in the trash of the folder of all data sets."""
    return [path.name for path in (folder / ".trash").glob("*") if path.is_dir()]


def slug(name: str) -> str:
    """Return an id made of a name: its Latin letters and digits in lower case, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain)[:_MAX_ID].strip("-") or "set"
