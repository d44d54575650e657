"""The form in which a person draws their own ten digits, for every later run to read while it trains."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from core.datasets import probe_digits
from core.datasets.probe_digits import ProbeDigits
from core.evaluation.predictions import Array
from core.pictures.display import enlarge
from core.preprocessing.canvas_drawing import Drawing, Point
from core.recognition import CorrectedDigit, ModelError, ReadingView
from core.recognition.edits import EditHistory
from core.recognition.results import read_drawing
from core.runs.schema import RunError
from core.storage.os_errors import os_reason
from pages.widgets.components.canvas import SIDE_PX, digit_canvas
from pages.widgets.shared import corrections, models
from pages.widgets.shared.session import SessionKey
from pages.widgets.shared.text import escape_markdown

_LABEL = SessionKey[int]("own-label", 0)
"""The digit that is drawn next."""
_PROBLEM = SessionKey[str]("own-problem", "")
"""Why the digits could not be saved, until it was shown."""
_BEFORE_RESET = SessionKey[ProbeDigits | None]("own-before", None)
"""The person's digits as they were before they went back to MNIST's."""


def show(root: Path) -> None:
    """Show an expander for the ten digits of a runs folder; what it holds is made when it is opened."""
    with st.expander(
        "Draw your own ten digits", key="own-digits", icon=":material/draw:", on_change="rerun"
    ) as expander:
        if expander.open:
            _draw(root)


@st.fragment
def _draw(root: Path) -> None:
    digits = probe_digits.load(root)
    missing = [label for label in range(10) if not digits.own[label]]
    st.markdown(_describe(missing))
    if _LABEL.name not in st.session_state:
        _LABEL.set(missing[0] if missing else 0)
    label = st.segmented_control(
        "Digit to draw",
        range(10),
        key=_LABEL.name,
        required=True,
        persist_state="session",
        format_func=lambda each: f"{each} :material/check:" if digits.own[each] else str(each),
    )
    assert label is not None, "a choice is required"
    drawing, preview = st.columns([1, 2], gap="large")
    with drawing:
        drawn = digit_canvas(label)
    with preview:
        _preview(root, digits, label, drawn)


def _preview(root: Path, digits: ProbeDigits, label: int, drawn: Drawing) -> None:
    """Show what the networks will see of the drawing, what the reader takes it for, and what saves it or goes back."""
    strokes = drawn.strokes
    image = probe_digits.digit_image(strokes) if strokes else None
    st.markdown("**What the networks will see**")
    whose = "Your drawing" if image is not None else "Your own" if digits.own[label] else "MNIST's"
    pixels = enlarge(digits.images[label] if image is None else image, SIDE_PX // 2)
    st.image(pixels, width=SIDE_PX // 2, alt=f"{whose} {label}")
    model_id = _reader_id()
    digit = _read(drawn, model_id) if image is not None else None
    if digit:
        read = f"{digit.answer} · {digit.confidence_text}"
        st.markdown(f"{escape_markdown(models.name_of(model_id))} reads **{escape_markdown(read)}**")
        corrections.ask_own_digit(digit, image, strokes, model_id)
    st.button(
        f"Keep as my {label}",
        icon=":material/check:",
        disabled=image is None,
        key="own-keep",
        on_click=_save,
        args=[root, label, image, strokes, digit, model_id],
    )
    if digits.own.any():
        st.button("Back to MNIST's digits", icon=":material/undo:", key="own-forget", on_click=_reset, args=[root])
    before = _BEFORE_RESET.get()
    if before is not None and not digits.own.any():
        st.button("Take mine again", icon=":material/redo:", key="own-again", on_click=_restore, args=[root, before])
    if problem := _PROBLEM.pop():
        st.error(escape_markdown(problem), icon=":material/error:")


def _reader_id() -> str:
    """Return the id of the model that this installation reads digits with."""
    chosen = models.default_id()
    return chosen if models.dataset_of(chosen).is_digits else models.RELEASED_ID


def _read(drawn: Drawing, model_id: str) -> CorrectedDigit | None:
    """Return the digit as the model reads it; None where it cannot be read."""
    try:
        result = read_drawing(models.open_model(model_id), drawn, single=True)
    except (ModelError, RunError, OSError):  # the digit can be kept all the same
        return None
    return ReadingView.of(result, EditHistory(), drawn.fingerprint()).digit


def _describe(missing: Sequence[int]) -> str:
    if not missing:
        return (
            "All ten are drawn here. Every network that trains from now on reads them; they stay on this machine, and "
            "all who use it share them."
        )
    if len(missing) == 10:
        return (
            "Every network reads ten digits while it trains. They are MNIST's until you draw yours, each once; "
            "what you draw is kept beside the runs on this machine, for all who use it."
        )
    return f"Yours so far: {10 - len(missing)} of 10. Still MNIST's: {', '.join(map(str, missing))}."


def _save(
    root: Path,
    label: int,
    image: Array,
    strokes: Sequence[Sequence[Point]],
    digit: CorrectedDigit | None,
    model_id: str,
) -> None:
    """Save the drawing, which can be learned from too, and go on to the next digit that is not drawn yet."""
    if _written(lambda: probe_digits.save_digit(root, label, image)):
        corrections.keep_own_digit(label, image, strokes, digit, model_id)
        own = probe_digits.load(root).own
        later = [each % 10 for each in range(label + 1, label + 10) if not own[each % 10]]
        _LABEL.set(later[0] if later else label)


def _reset(root: Path) -> None:
    before = probe_digits.load(root)
    if _written(lambda: probe_digits.reset(root)) and before.own.any():  # Streamlit may handle one press twice
        _BEFORE_RESET.set(before)


def _restore(root: Path, before: ProbeDigits) -> None:
    _written(lambda: probe_digits.restore(root, before))


def _written(write: Callable[[], None]) -> bool:
    try:
        write()
    except OSError as error:
        _PROBLEM.set(f"The digits could not be saved: {os_reason(error)}.")
        return False
    return True
