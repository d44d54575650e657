"""A data set before it is kept: what was found in the files, what is suggested, and what a person chooses of it."""

from dataclasses import dataclass, replace

import numpy as np

from core.config.dataset_spec import DatasetSpec, ImageForm, check_class_names
from core.datasets import image_forms, orientation
from core.datasets.dataset_arrays import PARTS
from core.datasets.duplicates import Duplicates, find_duplicates
from core.datasets.held_out import every_fifth
from core.datasets.image_forms import StrokeForm
from core.datasets.importing.exported_card import find_card, in_its_order
from core.datasets.importing.formats import find_format
from core.datasets.importing.raw_set import Progress, RawSet, check_class_count, counted
from core.datasets.importing.source_files import Source
from core.datasets.known_sets import find_known
from core.datasets.store import DatasetStore

_READING_SHARE = 0.9  # of the progress; the rest is looking at what was read


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
        raw, is_mnist_form = self.raw, form is ImageForm.MNIST
        found = raw.strokes[places] if is_mnist_form and raw.strokes is not None else raw.plain[places]
        found = orientation.swapped(found) if is_swapped else found
        return _stroke_form(raw).apply(found, report) if is_mnist_form and raw.strokes is None else found

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

        set_id: of the data set of which it is to be a new version. Raises `DatasetError`, `ConfigError`, `OSError`.
        """
        names = check_class_names(choices.class_names)
        is_left_out = (self.duplicates.repeated | self.duplicates.contradicting) & choices.without_duplicates
        train = self._part(np.flatnonzero(~self.is_test & ~is_left_out), choices, lambda share: report(0.7 * share))
        test = self._part(np.flatnonzero(self.is_test & ~is_left_out), choices, lambda share: report(0.7 + 0.1 * share))
        arrays: dict[str, np.ndarray] = dict(zip(PARTS, (*train, *test), strict=True))
        spec = store.add(
            choices.name,
            names,
            arrays,
            set_id=set_id,
            form=choices.form,
            source=choices.source,
            licence=choices.licence,
            details={"format": self.format_name, "remarks": list(self.remarks)},
        )
        report(1.0)
        return spec


def _stroke_form(raw: RawSet) -> StrokeForm:
    return StrokeForm.of(raw.plain[image_forms.sample_indexes(len(raw.plain))])


def read_draft(source: Source, report: Progress = lambda share: None) -> Draft:
    """Return what files hold; raises `DatasetError` with a sentence where they are no data set."""
    found = find_format(source)
    raw = found.read(source, lambda share: report(_READING_SHARE * share))
    return make_draft(raw, source, found.name)


def make_draft(raw: RawSet, source: Source, format_name: str, keep_order: bool = False) -> Draft:
    """Return a draft of images, with suggestions for it.

    keep_order: where there is no test part, every fifth image of a class in their order is it, else in a seeded one.
    Raises `DatasetError` where there are too few or too many classes.
    """
    check_class_count(len(raw.class_names), raw.class_names)
    card = find_card(source, raw.class_names)
    if card:
        labels = in_its_order(raw.labels, raw.class_names, card)
        raw = replace(raw, class_names=card.class_names, labels=labels)
    remarks = list(raw.remarks)
    is_test = raw.is_test
    if is_test is None:
        is_test = every_fifth(raw.labels, None if keep_order else 0)
        remarks.append("No test part is named in it: every fifth image of each class becomes the test part.")
    else:
        raw, is_test = _with_something_to_learn(raw, is_test, remarks)
    names = [file.name for file in source.files]
    known = card or find_known(raw.labels[~is_test], len(raw.class_names), (source.name, *names))
    class_names = known.class_names if known else raw.class_names
    is_swapped = (
        not card and raw.strokes is None and orientation.look_swapped(raw.plain, raw.labels, class_names, names)
    )
    form = card.form if card else _suggested_form(raw, is_swapped, remarks)
    duplicates = find_duplicates(raw.plain, raw.labels, is_test)
    name = known.name if known else source.name or "My data set"
    suggested = Choices(
        name,
        class_names,
        form,
        is_swapped,
        source=known.source if known else "",
        licence=known.licence if known else "",
    )
    return Draft(raw, is_test, suggested, duplicates, format_name, tuple(remarks))


def _with_something_to_learn(raw: RawSet, is_test: np.ndarray, remarks: list[str]) -> tuple[RawSet, np.ndarray]:
    """Return the set without the classes that have test images alone."""
    counts = np.bincount(raw.labels[~is_test], minlength=len(raw.class_names))
    if counts.all():
        return raw, is_test
    lost = [name for name, count in zip(raw.class_names, counts.tolist(), strict=True) if not count]
    remarks.append(f"Left out, for only the test part has pictures of it: {', '.join(lost[:5])}.")
    kept = counts[raw.labels] > 0
    renumbered = np.cumsum(counts > 0) - 1
    names = tuple(name for name in raw.class_names if name not in lost)
    check_class_count(len(names), names)
    places = np.flatnonzero(kept)
    strokes = None if raw.strokes is None else raw.strokes[places]
    raw = replace(raw, class_names=names, plain=raw.plain[places], strokes=strokes, labels=renumbered[raw.labels[kept]])
    return raw, is_test[kept]


def _suggested_form(raw: RawSet, is_swapped: bool, remarks: list[str]) -> ImageForm:
    """Return the form that suits the images, and add a sentence on pictures in which no ink is found."""
    if raw.strokes is not None:
        blank = sum(not image.any() for image in raw.strokes)
        if blank:
            remarks.append(f"Without any ink, and left out where strokes are wanted: {counted(blank, 'picture')}.")
        sample = raw.strokes[image_forms.sample_indexes(len(raw.strokes))]
        return image_forms.suits(sample) if 2 * blank < len(raw.labels) else ImageForm.PLAIN
    sample = raw.plain[image_forms.sample_indexes(len(raw.plain))]
    return image_forms.suits(StrokeForm.of(sample).apply(orientation.swapped(sample) if is_swapped else sample))
