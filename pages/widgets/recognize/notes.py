"""Notes on a reading beside its digits: ink that was left out, and what would help."""

import streamlit as st

from core.recognition import ReadingView
from pages.widgets.recognize.state import Key
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown


def show(view: ReadingView) -> None:
    """Show what ink was left out, with a button that has it read all the same, and what would help."""
    if view.reads_all_ink:
        _offer("All ink is read, also what would be left out.", "Leave it out again", view, all_ink=False)
    elif view.left_out:
        _offer(view.left_out, "Read it all the same", view, all_ink=True)
    if view.advice:
        st.info(escape_markdown(" ".join(view.advice)), icon=":material/lightbulb:")


def nothing_read(view: ReadingView) -> str:
    """Return a sentence on why nothing was read; '' where something was, or where that is what `show` says."""
    return "" if view.note == view.left_out else view.note


def _offer(sentence: str, label: str, view: ReadingView, all_ink: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(escape_markdown(sentence), width="content")
        st.button(label, on_click=once(view.edits.set_all_ink, all_ink), key=Key.ALL_INK)
