"""A queue of digits, or others, to label by keys: the next ones are in the browser already, so that no press waits."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from core.config.dataset_spec import DIGITS
from pages.widgets.components._assets import define_component
from pages.widgets.components.label_choices import MAX_KEYS, label_choices

_KEY = "label_queue"
_ACKNOWLEDGED = "label_queue_acknowledged"  # session-state key: the number of the last event that was handled
BACK, SKIP = "back", ""
"""What stands for a label where a person goes back to a digit, or skips it."""

_label_queue = define_component("label_queue", "html", "css", "js")


@dataclass(frozen=True)
class QueueItem:
    """A digit in the queue: the identity of what was read, its picture as a URL, and the network's guess in words."""

    place: str
    image: str
    guess: str


def label_queue(
    name: str,
    items: Sequence[QueueItem],
    first: int,
    total: int,
    on_label: Callable[[str, str], bool],
    classes: Sequence[str] = DIGITS,
) -> None:
    """Show the digit that is to be labelled now.

    name: identity of the queue; another one begins anew, at its first item. items: the digits from place `first` on, of
        `total`.
    on_label: called with a digit's place and its label, `SKIP` or `BACK`; where it returns False, the labels that were
        pressed after that one are left out, as are those of another queue.
    classes: the names of those that the network knows.
    """

    def handle() -> None:
        is_going_on = True
        for event in st.session_state[_KEY].events or []:
            if event["number"] > st.session_state[_ACKNOWLEDGED]:
                st.session_state[_ACKNOWLEDGED] = event["number"]
                if is_going_on and event["queue"] == name:
                    is_going_on = on_label(str(event["place"]), str(event["label"]))

    data = {
        "name": name,
        "items": [asdict(each) for each in items],
        "first": first,
        "total": total,
        "acknowledged": st.session_state.setdefault(_ACKNOWLEDGED, 0),
        "choices": label_choices(classes),
        "hint": _hint(classes),
        "finished": "All of them were seen." if total else "",
    }
    _label_queue(key=_KEY, data=data, on_events_change=handle)


def _hint(classes: Sequence[str]) -> str:
    """Return a sentence on the keys."""
    if len(classes) > MAX_KEYS:
        return "Choose what it is. Press Space to skip, Backspace to go back."
    keys = "0 to 9" if len(classes) == MAX_KEYS else f"1 to {len(classes)}"
    return f"Press {keys} for what it is, Space to skip, Backspace to go back."
