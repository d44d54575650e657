"""A data set before it is kept: what was found in the files, what is suggested, and what a person chooses of it."""

from dataclasses import dataclass

import numpy as np

from core.config.dataset_spec import DatasetSpec, ImageForm, check_class_names
from core.datasets import image_forms, orientation
from core.datasets.dataset_arrays import PARTS
from core.datasets.duplicates import Duplicates
from core.datasets.image_forms import StrokeForm
from core.datasets.importing.raw_set import Progress, RawSet
from core.datasets.store import DatasetStore

_CHUNK = 5000  # images that are brought into another form at a time


@dataclass(frozen=True)
class Choices:
    """The things that a person may change of a draft. `without_duplicates`: each picture is kept but once."""

    name: str
    class_names: tuple[str, ...]
    form: ImageForm
    is_swapped: bool = False
    without_duplicates: bool = False
    source: str = ""
    licence: str = ""


@dataclass(frozen=True, eq=False)
class Draft:
    """Images that may become a data set; `suggested` are the choices that fit them, `remarks` sentences on them.

    `is_test` (n,) bool is the test part, `format_name` how the files were read.
    """

    raw: RawSet
    is_test: np.ndarray
    suggested: Choices
    duplicates: Duplicates
    format_name: str
    remarks: tuple[str, ...]

    @property
    def counts(self) -> list[tuple[int, int]]:
        """Return the number of training and test images of each class."""
        parts = (self.raw.labels[~self.is_test], self.raw.labels[self.is_test])
        train, test = (np.bincount(part, minlength=len(self.raw.class_names)).tolist() for part in parts)
        return list(zip(train, test, strict=True))

    def samples(self, form: ImageForm, is_swapped: bool, per_class: int) -> list[np.ndarray]:
        """Return some images of each class in a form, (k, 28, 28) uint8 each, k at most `per_class`."""
        chosen = [np.flatnonzero(self.raw.labels == label)[:per_class] for label in range(len(self.raw.class_names))]
        images = self._images(np.concatenate(chosen), form, is_swapped)
        return np.split(images, np.cumsum([len(each) for each in chosen])[:-1])

    def _images(
        self, places: np.ndarray, form: ImageForm, is_swapped: bool, report: Progress = lambda share: None
    ) -> np.ndarray:
        """Return the images at those places in a form, some at a time: there may be a million of them."""
        raw, is_mnist_form = self.raw, form is ImageForm.MNIST
        source = raw.strokes if is_mnist_form and raw.strokes is not None else raw.plain
        to_strokes = _stroke_form(raw) if is_mnist_form and raw.strokes is None else None
        images = np.empty((len(places), 28, 28), np.uint8)
        for first in range(0, len(places), _CHUNK):
            part = source[places[first : first + _CHUNK]]
            part = orientation.swapped(part) if is_swapped else part
            images[first : first + _CHUNK] = to_strokes.apply(part) if to_strokes else part
            report(min(1.0, (first + _CHUNK) / len(places)))
        return images

    def _part(self, places: np.ndarray, choices: Choices, report: Progress) -> tuple[np.ndarray, np.ndarray]:
        """Return the images and labels of a part of the set, without those that have no ink if strokes are wanted."""
        images, labels = self._images(places, choices.form, choices.is_swapped, report), self.raw.labels[places]
        has_ink = images.any(axis=(1, 2)) | (choices.form is ImageForm.PLAIN)
        if not has_ink.all():
            images, labels = images[has_ink], labels[has_ink]
        return images, labels.astype(np.uint8)

    def keep(
        self, store: DatasetStore, choices: Choices, set_id: str = "", report: Progress = lambda share: None
    ) -> DatasetSpec:
        """Add the data set to the store with these choices and return its spec.

        set_id: of the data set of which it is to be a new version. `report` is not called once it was added: what it
        raises ends the adding. Raises `DatasetError`, `ConfigError`, `OSError`.
        """
        names = check_class_names(choices.class_names)
        is_left_out = (self.duplicates.repeated | self.duplicates.contradicting) & choices.without_duplicates
        train = self._part(np.flatnonzero(~self.is_test & ~is_left_out), choices, lambda share: report(0.7 * share))
        test = self._part(np.flatnonzero(self.is_test & ~is_left_out), choices, lambda share: report(0.7 + 0.1 * share))
        arrays: dict[str, np.ndarray] = dict(zip(PARTS, (*train, *test), strict=True))
        return store.add(
            choices.name,
            names,
            arrays,
            set_id=set_id,
            form=choices.form,
            source=choices.source,
            licence=choices.licence,
            details={"format": self.format_name, "remarks": list(self.remarks)},
        )


def _stroke_form(raw: RawSet) -> StrokeForm:
    return StrokeForm.of(raw.plain[image_forms.sample_indexes(len(raw.plain))])
