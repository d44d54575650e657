"""Right, or "Wrong? It is …": buttons and keys, or a list where classes are many, that label what a network read."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.config.dataset_spec import DIGITS
from pages.widgets.components._assets import define_component
from pages.widgets.components.label_choices import label_choices

_label_keys = define_component("label_keys", "html", "css", "js")


def label_keys(
    name: str,
    place: str,
    answer: str,
    label: str,
    on_label: Callable[[str], None],
    drawn_on: tuple[str, str] | None = None,
    classes: Sequence[str] = DIGITS,
) -> None:
    """Show what labels one answer; the class that a person gave it is marked.

    name: identity of the answer on its page.
    place: identity of what was read, '' where there is nothing to label; a press for another one, which arrives late,
        is ignored. answer: what was read, '' where it was refused. label: what a person said, '' before.
    on_label: called with the class that was pressed.
    drawn_on: of a drawing, the name of its canvas and what the browser calls the drawing that was read: what is pressed
        while there is a newer one waits until that is read.
    classes: the names of those that the network knows.
    """
    key = f"label-{name}"

    def handle() -> None:
        event = st.session_state[key].label
        if event and event["place"] == place and event["label"] in classes:
            on_label(event["label"])

    article = "a " if tuple(classes) == DIGITS else ""
    data = {
        "name": "What it is",
        "choices": label_choices(classes),
        "choose": "choose",
        "place": place,
        "canvas": {"name": drawn_on[0], "revision": drawn_on[1]} if drawn_on else None,
        "enabled": bool(place),
        "answer": answer,
        "label": label,
        "right": "Right",
        "ask": "Wrong? It is",
        "kept": f"Kept: {'right' if label == answer else f'it is {article}{label}'}." if label else "",
    }
    _label_keys(key=key, data=data, on_label_change=handle)
