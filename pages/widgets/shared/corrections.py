"""The keeping of what a person says that a digit is, from any page."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from core.config.dataset_spec import DIGITS
from core.corrections import CorrectionError, CorrectionStore, NewCorrection, Source
from core.corrections.places import place_in_picture, place_of_drawing
from core.evaluation.predictions import Array
from core.preprocessing.canvas_drawing import Drawing, Point
from core.recognition import CorrectedDigit, ReadingMode, ReadingView
from core.recognition.edits import EditHistory
from core.recognition.kept_corrections import (
    ReadBy,
    correct_drawing,
    correct_drawn_digit,
    correct_picture,
    own_digit,
    own_digit_place,
)
from core.recognition.reading import Box
from pages.widgets.components.label_keys import label_keys
from pages.widgets.shared import messages, models, visitor, workspace
from pages.widgets.shared.session import SessionKey
from pages.widgets.shared.text import escape_markdown


class _Kept(NamedTuple):
    """The labels that are kept of a box: that when the page first asked, and now; '' for none."""

    earlier: str
    now: str


_KEPT = SessionKey[dict[EditHistory, dict[Box, _Kept]]]("labels_kept", {})
"""What was kept of each labelled box, by the edits of the picture, which models may share."""


def store() -> CorrectionStore:
    """Return the store of this installation's corrections."""
    return CorrectionStore(workspace.store().root)


def ask_drawing(view: ReadingView | None, drawing: Drawing, model_id: str, drawn_on: tuple[str, str]) -> None:
    """Show what labels the answer to one drawing; nothing can be pressed before there is one.

    drawn_on: as in `label_keys`.
    """
    digit = view.digit if view else None
    classes = models.dataset_of(model_id).class_names
    place = place_of_drawing(drawing.fingerprint(), classes) if digit else ""
    _ask(
        digit,
        place,
        "drawn",
        lambda label, digit: correct_drawing(drawing, digit, label, _read_by(model_id)),
        classes,
        drawn_on,
    )


def ask_picture(view: ReadingView, model_id: str) -> None:
    """Show what labels the answer to a picture of one digit, or of one of other classes."""
    digit, classes = view.digit, models.dataset_of(model_id).class_names
    place = place_in_picture(_picture(view, model_id), digit.box, classes) if digit else ""
    _ask(digit, place, "picked", lambda label, digit: _of_picture(view, digit, label, model_id), classes)


def keep_labels(view: ReadingView, model_id: str, drawing: Drawing | None = None) -> None:
    """Keep what a person says that the view's digits are, and take back what is said no more: called at each drawing.

    A digit whose box is gone, moved or split is no longer labelled, and one whose label was undone has its earlier one.
    drawing: the drawing that was read; None for a picture.
    """
    kept = dict(_KEPT.get().get(view.edits, {}))
    digits = {digit.box: digit for digit in ReadingView.of(view.result, view.edits, view.name).digits}

    def make(label: str, digit: CorrectedDigit) -> NewCorrection:
        if drawing is None:
            return _of_picture(view, digit, label, model_id)
        return correct_drawn_digit(view, digit, label, _read_by(model_id), drawing, _picture(view, model_id))

    for box in dict.fromkeys([*kept, *(box for box, digit in digits.items() if digit.is_corrected)]):
        place = place_in_picture(_picture(view, model_id), box)
        _try(lambda box=box, place=place: _keep_label(place, box, digits.get(box), kept, make))
    if kept:
        _KEPT.set({**_KEPT.get(), view.edits: kept})


def _keep_label(
    place: str,
    box: Box,
    digit: CorrectedDigit | None,
    kept: dict[Box, _Kept],
    make: Callable[[str, CorrectedDigit], NewCorrection],
) -> None:
    """Bring what is kept of a box to what is said of it now; None: there is no such box. Raises `CorrectionError`."""
    if box not in kept:
        kept[box] = _Kept("", "")  # so that a damaged database is said once
        earlier = store().label_of(place)
        kept[box] = _Kept(earlier, earlier)
    earlier, before = kept[box]
    label = _said(digit, earlier)
    kept[box] = _Kept(earlier, label)
    if label == before:
        return
    if digit and label:
        store().add(make(label, digit))
    else:
        store().delete_at(place)


def _said(digit: CorrectedDigit | None, earlier: str) -> str:
    """Return what a person says that a digit is, '' where it is none or is there no more."""
    if digit and digit.is_corrected:
        return "" if digit.label is None else str(digit.label)
    return earlier if digit else ""


def ask_own_digit(
    digit: CorrectedDigit | None, image: Array | None, strokes: Sequence[Sequence[Point]], model_id: str
) -> None:
    """Show what labels the answer to one of the ten digits that a person draws; None: nothing is drawn yet."""
    place = own_digit_place(image) if digit and image is not None else ""

    def make(label: str, digit: CorrectedDigit) -> NewCorrection:
        assert image is not None, "nothing can be pressed without a drawing"
        return own_digit(int(label), image, strokes, digit, _read_by(model_id))

    _ask(digit, place, "own", make, DIGITS)


def keep_own_digit(
    label: int, image: Array, strokes: Sequence[Sequence[Point]], digit: CorrectedDigit | None, model_id: str
) -> None:
    """Keep one of the ten digits that a person drew, (28, 28) uint8 in MNIST form, with its pen path and answer."""
    _try(lambda: store().add(own_digit(label, image, strokes, digit, _read_by(model_id))))


def _ask(
    digit: CorrectedDigit | None,
    place: str,
    name: str,
    make: Callable[[str, CorrectedDigit], NewCorrection],
    classes: Sequence[str],
    drawn_on: tuple[str, str] | None = None,
) -> None:
    try:
        label = store().label_of(place) if place else ""
    except CorrectionError as error:
        st.markdown(f":small[{escape_markdown(str(error))}]")
        return
    answer = digit.answer if digit and not digit.is_refused else ""

    def on_label(pressed: str, digit: CorrectedDigit | None = digit) -> None:
        if pressed == label:  # that is marked: a second press takes it back
            _try(lambda: store().delete_at(place))
        elif digit is not None:
            _try(lambda found=digit: store().add(make(pressed, found)))

    label_keys(name, place, answer, label, on_label, drawn_on, classes)
    visitor.show_label_note()


def _of_picture(view: ReadingView, digit: CorrectedDigit, label: str, model_id: str) -> NewCorrection:
    source = Source.UPLOAD if view.mode is ReadingMode.SINGLE else Source.PAGE_BOX
    return correct_picture(view, digit, label, _read_by(model_id), _picture(view, model_id), source)


def _picture(view: ReadingView, model_id: str) -> str:
    """Return a name of the picture that stays the same when another model reads it."""
    return view.name.removeprefix(f"{models.version_of(model_id)}-")


def _read_by(model_id: str) -> ReadBy:
    return ReadBy(model_id, models.name_of(model_id))


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except CorrectionError as error:
        messages.add_problem(escape_markdown(str(error)))
