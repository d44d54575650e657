"""Teach the reader a hand: what was corrected, learning from it, and labelling many digits by keys."""

import streamlit as st

from core.corrections import CorrectionError, CorrectionStore, Counts, Split
from pages.widgets.shared import visitor, workspace
from pages.widgets.shared.text import escape_markdown
from pages.widgets.teach import kept, learning, queue, result
from pages.widgets.teach.state import Key

_KEPT, _MANY = "What was kept", "Label many"
_EMPTY = (
    "Nothing is kept yet. Draw or upload digits on the Recognize page: beside each answer stand Right, and the digits "
    "for what it is in truth. Each press is kept here, and a network can learn from one or from many."
)


def page() -> None:
    """Show the page from top to bottom."""
    root = workspace.store().root
    store = CorrectionStore(root)
    st.markdown("**Teach it your hand**")
    try:
        counts = store.counts()
    except CorrectionError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        result.default_line(workspace.store())
        return
    st.markdown(_describe(counts) if counts.total else _EMPTY)
    learning.show(workspace.store(), counts)
    view = st.radio("View", [_KEPT, _MANY], horizontal=True, key=Key.VIEW, label_visibility="collapsed")
    try:
        if view == _MANY:
            queue.show(store)
        elif counts.total or counts.deleted:
            kept.show(store, counts)
    except CorrectionError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
    visitor.show_note()


def _describe(counts: Counts) -> str:
    learned, measured = counts.by_split[Split.LEARN], counts.by_split[Split.MEASURE]
    digits = "digit is" if counts.total == 1 else "digits are"
    kept_out = f"{measured} kept out to measure by" if measured else "every fifth of each digit will be kept out"
    return f"{counts.total:,} {digits} kept: {learned:,} to learn from, {kept_out}."


page()
