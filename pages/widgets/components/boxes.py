"""A picture with a box around every digit: boxes are picked and corrected by pointer, finger or keyboard."""

from collections.abc import Callable

import streamlit as st

from core.config.percent import percent
from core.pictures.display import data_url
from core.recognition import CorrectedDigit, DigitKind, ReadingView
from core.recognition.corrections import UNSURE_BELOW
from pages.widgets.components._assets import define_component

_KEY = "boxes"
_ACKNOWLEDGED = "boxes_acknowledged"  # session-state key: the number of the last event that was handled
_LEGEND = {
    DigitKind.SURE: "sure",
    DigitKind.UNSURE: f"unsure (under {percent(UNSURE_BELOW, 0)})",
    DigitKind.NO_DIGIT: "no digit",
    DigitKind.BY_HAND: "set by hand",
}

_boxes = define_component("boxes", "html", "css", "js")


def boxes(
    view: ReadingView,
    picked: int,
    on_pick: Callable[[int], None],
    on_correct: Callable[[int, int | None], None],
) -> None:
    """Show a reading's picture with a box for each digit, and a legend in words.

    view: of a picture that could be opened; events of another reading, which arrive late, are ignored.
    picked: index of the digit that is highlighted.
    on_pick: called with the index of the digit that was picked.
    on_correct: called with a digit's index and the label that was typed for it; None stands for no digit.
    """
    if not view.display:
        return

    def handle_events() -> None:
        for event in st.session_state[_KEY].events or []:
            if event["number"] <= st.session_state[_ACKNOWLEDGED]:
                continue
            st.session_state[_ACKNOWLEDGED] = event["number"]
            if event["reading"] == view.name and "label" in event:
                on_correct(event["digit"], event["label"])
            elif event["reading"] == view.name:
                on_pick(event["digit"])

    width, height = view.size
    data = {
        "reading": view.name,
        "image": data_url(view.display.picture),
        "width": width,
        "height": height,
        "digits": [_box(digit) for digit in view.digits],
        "picked": picked,
        "acknowledged": st.session_state.setdefault(_ACKNOWLEDGED, 0),
        "legend": [(str(kind), f"{count} {_LEGEND[kind]}") for kind, count in view.kinds.items()],
        "alt": f"The picture, with a box around each of {len(view.digits)} digits",
    }
    _boxes(key=_KEY, data=data, on_events_change=handle_events)


def _box(digit: CorrectedDigit) -> dict:
    suffix = "?" if digit.kind is DigitKind.UNSURE else ""
    label = "×" if digit.label is None else f"{digit.label}{suffix}"
    return {"box": digit.box, "kind": str(digit.kind), "label": label, "description": digit.description}
