"""Files to a draft of a data set: read, looked through, and with suggestions for all that a person may choose."""

from dataclasses import replace

import numpy as np

from core.config.dataset_spec import DIGITS, DatasetSpec, ImageForm
from core.datasets import image_forms, orientation
from core.datasets.draft import Choices, Draft
from core.datasets.duplicates import find_duplicates
from core.datasets.glyph_templates import digit_templates, letter_templates
from core.datasets.held_out import MIN_TESTED, every_fifth
from core.datasets.image_forms import StrokeForm
from core.datasets.importing.exported_card import find_card, in_its_order
from core.datasets.importing.formats import find_format
from core.datasets.importing.raw_set import Progress, RawSet, check_class_count, counted
from core.datasets.importing.source_files import Source
from core.datasets.known_sets import find_known
from core.datasets.orientation import Likeness

_READING_SHARE = 0.9  # of the progress; the rest is looking at what was read
_NOT_DIGITS = (
    "The classes are numbered, and do not look like the digits 0 to 9. Give them names of your own under Names of the "
    "classes, or on the command line with --classes."
)
_NO_TEST_PART = "No test part is named in it: every fifth image of each class becomes the test part."


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
    remarks = list(raw.remarks)
    card = find_card(source, raw.class_names)
    if card:
        labels = in_its_order(raw.labels, raw.class_names, card)
        raw = replace(raw, class_names=card.class_names, labels=labels)
        if raw.strokes is None and card.form is ImageForm.MNIST:
            raw = replace(raw, strokes=raw.plain)  # they were kept so
    if raw.is_test is None and card and not card.test_images:
        is_test = np.zeros(len(raw.labels), bool)
    elif raw.is_test is None:
        is_test = every_fifth(raw.labels, None if keep_order else 0)
        remarks += [_NO_TEST_PART] * bool(is_test.any()) + _untested(raw, is_test)
    else:
        raw, is_test = _with_something_to_learn(raw, raw.is_test, remarks)
    suggested = _choices_of(card, raw) if card else _suggest(raw, is_test, source, remarks)
    duplicates = find_duplicates(raw.plain, raw.labels, is_test)
    return Draft(raw, is_test, suggested, duplicates, format_name, tuple(remarks))


def _untested(raw: RawSet, is_test: np.ndarray) -> list[str]:
    """Return a sentence on the classes that have too few images to have one in the test part."""
    tested = np.bincount(raw.labels[is_test], minlength=len(raw.class_names)).tolist()
    few = [name for name, count in zip(raw.class_names, tested, strict=True) if not count]
    names = f"{', '.join(few[:5])}{' …' if len(few) > 5 else ''}"
    return [f"Without an image in the test part, for there are fewer than {MIN_TESTED} of it: {names}."] * bool(few)


def _choices_of(card: DatasetSpec, raw: RawSet) -> Choices:
    return Choices(card.name, raw.class_names, card.form, source=card.source, licence=card.licence)


def _suggest(raw: RawSet, is_test: np.ndarray, source: Source, remarks: list[str]) -> Choices:
    """Return the choices that fit images whose files say no more than their labels; adds sentences on them."""
    files = [file.name for file in source.files]
    known = find_known(raw.labels[~is_test], len(raw.class_names), (source.name, *files))
    names = known.class_names if known else raw.class_names
    images = raw.plain if raw.strokes is None else raw.strokes
    likeness = Likeness.of(digit_templates(), images, raw.labels, names)
    if likeness and names == DIGITS and not likeness.is_known:
        names, likeness = tuple(f"class {name}" for name in names), None
        remarks.append(_NOT_DIGITS)
    likeness = likeness or Likeness.of(letter_templates(), images, raw.labels, names)
    is_swapped = raw.strokes is None and orientation.look_swapped(likeness, files)
    if is_swapped:
        remarks.append(orientation.describe_swap(likeness))
    form = _suggested_form(raw, is_swapped, remarks)
    if known:
        return Choices(known.name, names, form, is_swapped, source=known.source, licence=known.licence)
    return Choices(source.name or "My data set", names, form, is_swapped)


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
