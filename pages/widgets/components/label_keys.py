"""Right, or "Wrong? It is …": buttons, and the keys 0 to 9, that label what a network read."""

from collections.abc import Callable

import streamlit as st

from pages.widgets.components._assets import define_component

_label_keys = define_component("label_keys", "html", "css", "js")


def label_keys(
    name: str,
    place: str,
    answer: str,
    label: str,
    on_label: Callable[[str], None],
    drawn_on: tuple[str, str] | None = None,
) -> None:
    """Show what labels one answer; the digit that a person gave it is marked.

    name: identity of the answer on its page.
    place: identity of what was read, '' where there is nothing to label; a press for another one, which arrives late,
        is ignored. answer: what was read, '' where it was refused. label: what a person said, '' before.
    on_label: called with the digit that was pressed.
    drawn_on: of a drawing, the name of its canvas and what the browser calls the drawing that was read: what is pressed
        while there is a newer one waits until that is read.
    """
    key = f"label-{name}"

    def handle() -> None:
        event = st.session_state[key].label
        if event and event["place"] == place and event["label"] in tuple("0123456789"):
            on_label(event["label"])

    data = {
        "name": "What it is",
        "place": place,
        "canvas": {"name": drawn_on[0], "revision": drawn_on[1]} if drawn_on else None,
        "enabled": bool(place),
        "answer": answer,
        "label": label,
        "right": "Right",
        "ask": "Wrong? It is",
        "kept": f"Kept: {'right' if label == answer else f'it is a {label}'}." if label else "",
    }
    _label_keys(key=key, data=data, on_label_change=handle)
