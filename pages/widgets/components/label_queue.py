"""A queue of digits to label by keys: the next ones are in the browser already, so that no press waits."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from pages.widgets.components._assets import define_component

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
    name: str, items: Sequence[QueueItem], first: int, total: int, on_label: Callable[[str, str], bool]
) -> None:
    """Show the digit that is to be labelled now.

    name: identity of the queue; another one begins anew, at its first item. items: the digits from place `first` on, of
        `total`.
    on_label: called with a digit's place and its label, `SKIP` or `BACK`; where it returns False, the labels that were
        pressed after that one are left out, as are those of another queue.
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
        "finished": "All of them were seen." if total else "",
    }
    _label_queue(key=_KEY, data=data, on_events_change=handle)
