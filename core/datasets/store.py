"""The data sets of an installation: each version of one is a folder that is written once and never changes."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.config.dataset_spec import MNIST, DatasetSpec, ImageForm, check_class_names
from core.datasets.dataset_arrays import PARTS, check_arrays, checksum
from core.datasets.dataset_files import (
    ARRAYS,
    SUMMARY,
    link_or_copy,
    read_arrays,
    read_card,
    read_newest,
    read_spec,
    read_summary,
    write_arrays,
)
from core.datasets.dataset_ids import REFERENCE, free_id, newest_version, versions
from core.datasets.dataset_summary import DatasetSummary
from core.datasets.mnist import DatasetError, load_arrays
from core.datasets.mnist_summary import mnist_summary
from core.datasets.version_writing import check_space, deleted_meanwhile, write_version
from core.storage.recent_slots import RecentSlots

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
        """Return the newest readable version of each data set: MNIST, then the others by name."""
        found = []
        for folder in self.folders():
            with contextlib.suppress(DatasetError):
                found.append(read_newest(folder))
        return [MNIST, *sorted(found, key=lambda spec: (spec.name.casefold(), spec.id))]

    def folders(self) -> list[Path]:
        """Return the folder of each data set that is not built in, damaged ones too."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if path.is_dir() and REFERENCE.fullmatch(path.name))

    def spec(self, reference: str) -> DatasetSpec:
        """Return the data set of a reference: 'letters@2', or 'letters' for its newest version; 'mnist'.

        Raises `DatasetError` where there is none, or its card is damaged.
        """
        if reference == MNIST.reference:
            return MNIST
        match = REFERENCE.fullmatch(reference)
        if not match or not versions(self.folder / match[1]):
            raise DatasetError(f"There is no data set {reference[:80]!r} here. Add it, or choose another one.")
        folder = self.folder / match[1]
        if match[2] is None:
            return read_newest(folder)
        if int(match[2]) not in versions(folder):
            raise DatasetError(
                f"The data set {match[1]} has no version {match[2]}; its newest is {newest_version(folder)}."
            )
        return read_spec(folder / match[2])

    def card(self, spec: DatasetSpec) -> dict[str, Any]:
        """Return all that the card of a version holds; raises `DatasetError`."""
        return read_card(self._version_folder(spec))

    def files(self, spec: DatasetSpec) -> list[Path]:
        """Return the files of a version, which any other root can hold in the same place; none of what is built in."""
        folder = self._version_folder(spec)
        return [] if spec.id == MNIST.id or not folder.is_dir() else sorted(each for each in folder.iterdir())

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
        Raises `DatasetError` where the arrays are no data set or less of the disk is free than the server's limit,
        `ConfigError` where a text or the number of classes is out of range, `OSError`; nothing is left then.
        """
        check_space(self.folder.parent)
        names = _clean_names(class_names)
        check_arrays(arrays, names)
        made_id = set_id or free_id(self.folder, name)
        version = self._next_version(set_id) if set_id else 1
        counts = len(arrays["y_train"]), len(arrays["y_test"])
        spec = DatasetSpec(made_id, version, name.strip(), names, *counts, checksum(arrays), form, source, licence)
        _check_is_own(spec)

        def fill(folder: Path) -> None:
            write_arrays(folder / ARRAYS, {part: arrays[part] for part in PARTS})
            write_arrays(folder / SUMMARY, DatasetSummary.of(arrays, len(names)).to_arrays())

        write_version(self.folder, spec, dict(details or {}), fill)
        return spec

    def rename(self, spec: DatasetSpec, name: str, class_names: Sequence[str]) -> DatasetSpec:
        """Return a new version of a data set: the same images under another name, or with other names of classes.

        Runs that name the version before keep it. Raises as `add` does, and `DatasetError` where `spec` is not the
        newest version any more, whose images would be hidden by its own.
        """
        _check_is_own(spec)
        if len(class_names) != spec.num_classes:
            raise DatasetError(f"{spec.name} has {spec.num_classes} classes; {len(class_names)} names are given.")
        version = newest_version(self.folder / spec.id) + 1  # before the look at it: who adds one now has this number
        _check_is_newest(spec, self.folder / spec.id)
        before, card = self._version_folder(spec), self.card(spec)
        renamed = replace(spec, version=version, name=name.strip(), class_names=_clean_names(class_names))

        def fill(folder: Path) -> None:
            for file in (ARRAYS, SUMMARY):
                if (before / file).exists():
                    link_or_copy(before / file, folder / file)

        write_version(self.folder, renamed, card, fill)
        return renamed

    def summary(self, spec: DatasetSpec) -> DatasetSummary:
        """Return the counts, mean images and some images of each class; of a large set too it takes no time.

        Raises `DatasetError` as `load` does.
        """
        if spec.id == MNIST.id:
            return mnist_summary(self.folder.parent)
        kept = read_summary(self._version_folder(spec) / SUMMARY, spec)
        return kept or DatasetSummary.of(self.load(spec), spec.num_classes)

    def _next_version(self, set_id: str) -> int:
        if not (newest := newest_version(self.folder / set_id)):
            raise deleted_meanwhile(set_id)
        return newest + 1

    def _version_folder(self, spec: DatasetSpec) -> Path:
        return self.folder / spec.id / str(spec.version)


def _clean_names(class_names: Sequence[str]) -> tuple[str, ...]:
    """Return names of classes with single spaces within them and none around: no two look the same."""
    return check_class_names([" ".join(name.split()) for name in class_names])


def _check_is_newest(spec: DatasetSpec, folder: Path) -> None:
    newest = read_newest(folder)
    if newest.version != spec.version:
        raise DatasetError(
            f"{spec.reference} was changed meanwhile: {newest.reference} is the newest version. Change the names of "
            "that one."
        )


def _check_is_own(spec: DatasetSpec) -> None:
    if spec.id == MNIST.id:
        raise DatasetError("MNIST is built in and cannot be changed.")
