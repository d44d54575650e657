"""A picture with a box around every digit: boxes are picked and corrected by pointer, finger or keyboard."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.pictures.display import data_url
from core.recognition.corrections import KINDS, CorrectedDigit, describe_digit
from core.recognition.results import PictureResult
from pages.widgets.components._assets import define_component

_KEY = "boxes"
_ACKNOWLEDGED = "boxes_acknowledged"  # session-state key: the number of the last event that was handled
_SUFFIXES = dict(zip(KINDS, ("", "?", "", ""), strict=True))  # of a box's label
_LEGEND = dict(zip(KINDS, ("sure", "unsure (under 80 %)", "no digit", "set by hand"), strict=True))

_boxes = define_component("boxes", "html", "css", "js")


def boxes(
    answer: PictureResult,
    digits: Sequence[CorrectedDigit],
    picked: int,
    reading: str,
    on_pick: Callable[[int], None],
    on_correct: Callable[[int, int | None], None],
) -> None:
    """Show an answer's picture with a box for each digit, and a legend in words.

    answer: an answer with a picture.
    picked: index of the digit that is highlighted.
    reading: identity of the reading; events of another one, which arrive late, are ignored.
    on_pick: called with the index of the digit that was picked.
    on_correct: called with a digit's index and the label that was typed for it; None stands for no digit.
    """
    if answer.picture is None:
        return

    def handle_events() -> None:
        for event in st.session_state[_KEY].events or []:
            if event["number"] <= st.session_state[_ACKNOWLEDGED]:
                continue
            st.session_state[_ACKNOWLEDGED] = event["number"]
            if event["reading"] == reading and "label" in event:
                on_correct(event["digit"], event["label"])
            elif event["reading"] == reading:
                on_pick(event["digit"])

    width, height = answer.size
    data = {
        "reading": reading,
        "image": data_url(answer.picture),
        "width": width,
        "height": height,
        "digits": [_box(digit) for digit in digits],
        "picked": picked,
        "acknowledged": st.session_state.setdefault(_ACKNOWLEDGED, 0),
        "legend": [(kind, f"{sum(digit.kind == kind for digit in digits)} {_LEGEND[kind]}") for kind in KINDS],
        "alt": f"The picture, with a box around each of {len(digits)} digits",
    }
    _boxes(key=_KEY, data=data, on_events_change=handle_events)


def _box(digit: CorrectedDigit) -> dict:
    label = "×" if digit.label is None else f"{digit.label}{_SUFFIXES[digit.kind]}"
    return {"box": digit.digit.box, "kind": digit.kind, "label": label, "description": describe_digit(digit)}
