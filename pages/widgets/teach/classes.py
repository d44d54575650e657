"""The choice of the classes that are taught: the ten digits, or those of a data set of one's own."""

import streamlit as st

from core.config.dataset_spec import DIGITS
from core.corrections import Classes, CorrectionStore
from pages.widgets.shared.text import escape_markdown
from pages.widgets.teach.state import Key

_MAX_NAMED = 12


def choose_classes(store: CorrectionStore) -> Classes:
    """Show a choice where there are corrections of other classes than digits, and return the classes that are chosen.

    Those that were corrected last stand first. Raises `CorrectionError`.
    """
    kept = store.kept_classes()
    if not set(kept) - {DIGITS}:
        return DIGITS
    options = [*kept, *([] if DIGITS in kept else [DIGITS])]
    return st.selectbox("What is taught", options, format_func=name_classes, key=Key.CLASSES, width=360)


def name_classes(classes: Classes) -> str:
    """Return the names of the first classes, and how many more there are."""
    if classes == DIGITS:
        return "Digits, 0 to 9"
    more = len(classes) - _MAX_NAMED
    return ", ".join(classes[:_MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def describe_classes(classes: Classes) -> str:
    """Return `name_classes` as text of a sentence in Markdown."""
    return escape_markdown(name_classes(classes))
