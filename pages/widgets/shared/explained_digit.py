"""The digit that goes with a person to the Inside page, and the button that takes it there."""

from enum import StrEnum

import streamlit as st

from core.config.dataset_spec import DIGITS
from core.explanation.digits import ExplainedDigit
from core.recognition import CorrectedDigit
from pages.widgets.shared.session import SessionKey


class Source(StrEnum):
    """The source of the digit on the Inside page; the values stand on the page."""

    DRAW = "Draw"
    SENT = "From Recognize"
    EXAMPLE = "Test images"


SOURCE_KEY = "inside_source"

VIEW_KEY, MAP_VIEW = "inside_view", "Map of digits"
"""The key of what is looked at on the Inside page, and one of its values."""

_SENT = SessionKey[ExplainedDigit | None]("inside_digit", None)


def sent_digit() -> ExplainedDigit | None:
    """Return the digit that was last sent here from a picture or a number; None where none was."""
    return _SENT.get()


def map_button(model_id: str) -> None:
    """Show the button that opens the map of digits of that model on the Inside page."""
    if st.button(MAP_VIEW, icon=":material/scatter_plot:", key=f"map-{model_id}", help="Where these images lie"):
        st.session_state[VIEW_KEY] = MAP_VIEW
        st.switch_page("pages/inside.py", query_params={"model": model_id})


def why_button(digit: CorrectedDigit | None, name: str) -> None:
    """Show the button that opens the Inside page with this digit; it cannot be pressed without one.

    name: identity of the answer on its page; "drawn" is the canvas for one digit, which is on the Inside page too.
    """
    has_room = digit is None or digit.digit.class_names == DIGITS  # beside the answer: there is none beside a word
    key = f"why-{name}" if has_room else f"word-why-{name}"
    if st.button("Why?", icon=":material/search_insights:", disabled=digit is None, key=key) and digit:
        if name != "drawn":
            _SENT.set(ExplainedDigit.of_image(digit.image))
        st.session_state[SOURCE_KEY] = Source.DRAW if name == "drawn" else Source.SENT
        st.switch_page("pages/inside.py")
