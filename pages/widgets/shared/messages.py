"""Short messages to a person: shown when a drawing of the page has come to its end.

A message that is shown before `st.rerun` is lost: the drawing that follows clears what the browser has not got yet.
"""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from pages.widgets.shared.session import SessionKey


@dataclass(frozen=True)
class _Message:
    text: str
    icon: str
    duration: Literal["short", "long"]


_MESSAGES = SessionKey[tuple[_Message, ...]]("messages", ())
"""The messages that wait for the end of a drawing."""


def add(text: str) -> None:
    """Show this text, Markdown, at the end of this drawing, or of the next one where this one is cut short."""
    _MESSAGES.set((*_MESSAGES.get(), _Message(text, ":material/check:", "short")))


def add_problem(text: str) -> None:
    """Show, for longer than `add` does, what could not be done."""
    _MESSAGES.set((*_MESSAGES.get(), _Message(text, ":material/error:", "long")))


def show() -> None:
    """Show the messages; called at the end of the app, and of each fragment that is drawn by itself."""
    for message in _MESSAGES.pop():
        st.toast(message.text, icon=message.icon, duration=message.duration)
