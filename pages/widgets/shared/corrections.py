"""The keeping of what a person says that a digit is, from any page."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.corrections import CorrectionError, CorrectionStore, NewCorrection, Source
from core.evaluation.predictions import Array
from core.preprocessing.canvas_drawing import Drawing, Point
from core.recognition import CorrectedDigit, ReadingMode, ReadingView
from core.recognition.kept_corrections import ReadBy, correct_drawing, correct_picture, own_digit, place_in_picture
from core.recognition.reading import Box
from core.runs.store import RunStore
from pages.widgets.components.label_keys import label_keys
from pages.widgets.shared import messages, models
from pages.widgets.shared.text import escape_markdown


def store() -> CorrectionStore:
    """Return the store of this installation's corrections."""
    return CorrectionStore(RunStore().root)


def ask_drawing(view: ReadingView | None, drawing: Drawing, model_id: str) -> None:
    """Show what labels the answer to a drawing of one digit; nothing can be pressed before there is one."""
    digit = view.digit if view else None
    place = f"drawing {drawing.fingerprint()}" if digit else ""
    _ask(
        digit,
        place,
        "drawn",
        lambda label, digit: correct_drawing(drawing, digit, label, _read_by(model_id)),
    )


def ask_picture(view: ReadingView, model_id: str) -> None:
    """Show what labels the answer to a picture of one digit."""
    digit = view.digit
    place = place_in_picture(_picture(view, model_id), digit) if digit else ""
    _ask(digit, place, "picked", lambda label, digit: _of_picture(view, digit, label, model_id))


def keep_changes(view: ReadingView, before: Mapping[Box, int | None], model_id: str) -> None:
    """Keep the labels that the view's edits have now and had not before, and delete those that were taken back."""
    now, digits = view.edits.now.labels, {digit.box: digit for digit in view.digits}
    for box in dict.fromkeys([*before, *now]):
        if box in digits and before.get(box, "") != now.get(box, ""):
            _keep_label(view, digits[box], now.get(box), model_id)


def _keep_label(view: ReadingView, digit: CorrectedDigit, label: int | None, model_id: str) -> None:
    """Keep a digit's label; None: it has none any more, or is no digit."""
    if label is None:
        _try(lambda: store().delete_at(place_in_picture(_picture(view, model_id), digit)))
    else:
        _keep(lambda: _of_picture(view, digit, str(label), model_id))


def keep_own_digit(label: int, image: Array, strokes: Sequence[Sequence[Point]]) -> None:
    """Keep one of the ten digits that a person drew, (28, 28) uint8 in MNIST form, with its pen path."""
    _keep(lambda: own_digit(label, image, strokes))


def _ask(
    digit: CorrectedDigit | None, place: str, name: str, make: Callable[[str, CorrectedDigit], NewCorrection]
) -> None:
    try:
        label = store().label_of(place) if place else ""
    except CorrectionError as error:
        st.markdown(f":small[{escape_markdown(str(error))}]")
        return
    answer = digit.answer if digit and not digit.is_refused else ""

    def on_label(pressed: str, digit: CorrectedDigit | None = digit) -> None:
        if digit is not None:
            _try(lambda found=digit: store().add(make(pressed, found)))

    label_keys(name, place, answer, label, on_label)


def _of_picture(view: ReadingView, digit: CorrectedDigit, label: str, model_id: str) -> NewCorrection:
    source = Source.UPLOAD if view.mode is ReadingMode.SINGLE else Source.PAGE_BOX
    return correct_picture(view, digit, label, _read_by(model_id), _picture(view, model_id), source)


def _picture(view: ReadingView, model_id: str) -> str:
    """Return a name of the picture that stays the same when another model reads it."""
    return view.name.removeprefix(f"{models.version_of(model_id)}-")


def _read_by(model_id: str) -> ReadBy:
    return ReadBy(model_id, models.name_of(model_id))


def _keep(make: Callable[[], NewCorrection]) -> None:
    _try(lambda: store().add(make()))


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except CorrectionError as error:
        messages.add_problem(escape_markdown(str(error)))
