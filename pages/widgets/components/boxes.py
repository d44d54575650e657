"""A picture with a box around every digit: boxes are picked, corrected and changed by pointer, finger or keyboard."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import streamlit as st

from core.config.percent import percent
from core.pictures.display import data_url
from core.recognition import CorrectedDigit, DigitKind, ReadingView
from core.recognition.box_reader import MAX_BOXES
from core.recognition.corrections import UNSURE_BELOW
from core.recognition.edits import split_box
from core.recognition.reading import Box
from pages.widgets.components._assets import define_component

_KEY = "boxes"
_ACKNOWLEDGED = "boxes_acknowledged"  # session-state key: the number of the last event that was handled
_CHANGED = "boxes_changed"  # session-state key: the number of the last event that was more than a pick
_LEGEND = {
    DigitKind.SURE: "sure",
    DigitKind.UNSURE: f"unsure (under {percent(UNSURE_BELOW, 0)})",
    DigitKind.NO_DIGIT: "no digit",
    DigitKind.BY_HAND: "set by hand",
}

_boxes = define_component("boxes", "html", "css", "js")


class BoxTools(StrEnum):
    """The tools that a picture is shown with; the values are known to boxes.js."""

    LABELS = "number"  # digits are picked and corrected, over the canvas that shows them
    BOXES = "boxes"  # and their boxes are changed, and a part of the picture is chosen
    PART = "crop"  # only a part of the picture is chosen; no box is shown


def boxes(
    view: ReadingView,
    tools: BoxTools,
    picked: int | None,
    on_pick: Callable[[Box], None],
    on_labels: Callable[[], None],
) -> None:
    """Show a reading's picture with a box for each digit, a legend in words, and what changes the view's edits.

    view: of a picture that could be opened; events of another reading, which arrive late, are ignored.
    picked: number of the digit that is highlighted; None where there is none.
    on_pick: called with the box of the digit that was picked.
    on_labels: called after an event that changed labels.
    """
    if not view.display:
        return

    def handle_events() -> None:
        for event in st.session_state[_KEY].events or []:
            if event["number"] <= st.session_state[_ACKNOWLEDGED]:
                continue
            st.session_state[_ACKNOWLEDGED] = event["number"]
            if event["reading"] == view.name:
                before = view.edits.now.labels
                if box := handle_event(event, view):
                    on_pick(box)
                if view.edits.now.labels != before:
                    on_labels()
            if set(event) - {"number", "reading", "pick"}:
                st.session_state[_CHANGED] = event["number"]

    width, height = view.size
    is_part = tools is BoxTools.PART
    shown = () if is_part else view.digits
    boxed = f", with a box around each of {len(shown)} digits" if shown else ""
    parted = "; only a part of it is read" if view.crop else ""
    data = {
        "reading": view.name,
        "mode": str(tools),
        "image": "" if tools is BoxTools.LABELS else data_url(view.display.picture),
        "width": width,
        "height": height,
        "crop": view.crop,
        "digits": [_box(digit) for digit in shown],
        "picked": picked if shown else None,
        "max_boxes": MAX_BOXES,
        # Where boxes are not shown, a step that changed them would be undone unseen.
        "can_undo": view.edits.can_undo_part if is_part else view.edits.can_undo,
        "acknowledged": st.session_state.setdefault(_ACKNOWLEDGED, 0),
        "legend": [] if is_part else [(str(kind), f"{count} {_LEGEND[kind]}") for kind, count in view.kinds.items()],
        "alt": f"The picture{boxed}{parted}",
    }
    _boxes(key=_KEY, data=data, on_events_change=handle_events)


def last_change() -> int:
    """Return the number of the browser's last event that changed a label or a box, 0 where none did.

    It belongs into the key of a widget that shows a label: while an event is on its way, the browser still sends the
    widget's former value, which would be taken for a choice.
    """
    return st.session_state.get(_CHANGED, 0)


def handle_event(event: Mapping[str, Any], view: ReadingView) -> Box | None:
    """Do to the view's edits what an event of the browser says, and return the box that is then picked, if any."""
    edits = view.edits
    match event:
        case {"label": label, "box": box}:
            edits.set_label(_to_box(box), label)
        case {"old": old, "new": new}:
            found = [digit.box for digit in view.digits]
            edits.replace_boxes(found, list(map(_to_box, old)), list(map(_to_box, new)), view.limits, view.turn)
        case {"split": box} if (number := view.number_of(_to_box(box))) is not None:
            halves = split_box(view.digits[number].digit)
            edits.replace_boxes([digit.box for digit in view.digits], [_to_box(box)], halves, view.limits, view.turn)
            return halves[0]
        case {"crop": crop}:
            edits.set_crop(_to_box(crop) if crop else None, (0, 0, *view.size), view.turn)
        case {"undo": True}:
            edits.undo()
    return _to_box(event["pick"]) if event.get("pick") else None


def _to_box(sent: list[float]) -> Box:
    left, top, width, height = map(int, sent)
    return left, top, width, height


def _box(digit: CorrectedDigit) -> dict:
    suffix = "?" if digit.kind is DigitKind.UNSURE else ""
    label = "×" if digit.label is None else f"{digit.label}{suffix}"
    return {"box": digit.box, "kind": str(digit.kind), "label": label, "description": digit.description}
