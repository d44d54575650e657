"""Step by step: the pictures from what was drawn or sent to what the network saw, and the naive way beside it."""

import streamlit as st

from core.pictures.display import enlarge
from core.recognition import CorrectedDigit, ReadingMode, ReadingView
from core.recognition.naive_reading import read_naively
from pages.widgets.recognize.state import Key
from pages.widgets.shared.models import load_model

_TILE_PX = 240


def steps(view: ReadingView, model_id: str) -> None:
    """Show an expander with the steps of a reading, which are encoded only when it is open.

    With one digit that was read, a switch shows beside it what the network says to the picture merely resized.
    """
    expander = st.expander("Step by step", key=Key.STEPS, on_change="rerun")
    if not expander.open or not view.display:
        return
    with expander:
        with st.container(horizontal=True, gap="medium"):
            for number, step in enumerate(view.display.steps, 1):
                with st.container(width=_TILE_PX, gap="xsmall"):
                    st.markdown(f"**{number}. {step.name.capitalize()}**")
                    st.image(step.picture, width=_TILE_PX, alt=f"Step {number}: {step.name}")
                    st.markdown(f":small[{step.why}]")
        if view.mode is ReadingMode.SINGLE and view.digit:
            _compare_naive(view, view.digit, model_id)


def _compare_naive(view: ReadingView, digit: CorrectedDigit, model_id: str) -> None:
    if not view.display or not st.toggle("Feed the plain resized picture", key=Key.NAIVE, persist_state="session"):
        return
    st.markdown(
        "Most demos shrink the picture to 28×28 and ask the network at once. "
        "The same digit, read by the same network, both ways:"
    )
    naive = read_naively(load_model(model_id), view.display.naive)
    with st.container(horizontal=True, gap="large"):
        _side("Plain: grey and shrunk, nothing else", naive)
        _side("Prepared, as in the steps above", digit)


def _side(title: str, digit: CorrectedDigit) -> None:
    with st.container(width=320, gap="xsmall"):
        st.markdown(f"**{title}**")
        st.image(enlarge(digit.image, 140), width=140, alt=f"{title}: the 28×28 picture")
        st.markdown(f"Reads **{digit.answer}**. {digit.confidence_text.rstrip('.')}. {digit.nearest_text}")
