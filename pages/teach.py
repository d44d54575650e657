"""Teach a network a hand: what was corrected, learning from it, and labelling many digits by keys."""

import streamlit as st

from core.config.dataset_spec import DIGITS
from core.corrections import CorrectionError, CorrectionStore, Counts, Split
from pages.widgets.shared import visitor, workspace
from pages.widgets.shared.text import escape_markdown
from pages.widgets.teach import kept, learning, queue, result
from pages.widgets.teach.classes import choose_classes
from pages.widgets.teach.state import Key

_KEPT, _MANY = "What was kept", "Label many"
_EMPTY = (
    "Nothing is kept yet. Draw or upload on the Recognize page: beside each answer stand Right, and the digits or "
    "names for what it is in truth. Each press is kept here, and a network can learn from one or from many."
)


def page() -> None:
    """Show the page from top to bottom."""
    root = workspace.store().root
    store = CorrectionStore(root)
    st.markdown("**Teach it your hand**")
    try:
        classes = choose_classes(store)
        counts = store.counts(classes)
    except CorrectionError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        result.default_line(workspace.store())
        return
    st.markdown(_describe(counts, "digit" if classes == DIGITS else "example") if counts.total else _EMPTY)
    learning.show(workspace.store(), counts, classes)
    view = st.radio("View", [_KEPT, _MANY], horizontal=True, key=Key.VIEW, label_visibility="collapsed")
    try:
        if view == _MANY:
            queue.show(store, classes)
        elif counts.total or counts.deleted:
            kept.show(store, counts, classes)
    except CorrectionError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
    visitor.show_note()


def _describe(counts: Counts, what: str) -> str:
    learned, measured = counts.by_split[Split.LEARN], counts.by_split[Split.MEASURE]
    kept_ones = f"{what} is" if counts.total == 1 else f"{what}s are"
    kept_out = (
        f"{measured} kept out to measure by"
        if measured
        else f"every fifth of each {'digit' if what == 'digit' else 'class'} will be kept out"
    )
    return f"{counts.total:,} {kept_ones} kept: {learned:,} to learn from, {kept_out}."


page()
