"""Step by step: every picture between what was drawn or sent and what the network saw, and the plain way beside it."""

from collections.abc import Callable

import streamlit as st

from core.pictures.display import enlarge
from core.recognition.results import DisplayStep, describe_confidence, read_naively
from pages.widgets.shared.models import load_model

_TILE_PX = 240


def steps(shown: Callable[[], tuple[DisplayStep, ...]], plain=None, digit=None, model_id: str = "") -> None:
    """Show an expander with the steps that `shown()` returns, which is called only when it is open.

    plain: a function that returns the (28, 28) picture as most demos would feed it; with `digit`, what was read of the
    prepared one, a switch shows both answers side by side.
    """
    expander = st.expander("Step by step", key="steps", on_change="rerun")
    if not expander.open:
        return
    with expander:
        with st.container(horizontal=True, gap="medium"):
            for number, step in enumerate(shown(), 1):
                with st.container(width=_TILE_PX, gap="xsmall"):
                    st.markdown(f"**{number}. {step.name.capitalize()}**")
                    st.image(step.picture, width=_TILE_PX, alt=f"Step {number}: {step.name}")
                    st.markdown(f":small[{step.why}]")
        if plain and digit:
            _plain_way(plain, digit, model_id)


def _plain_way(plain, digit, model_id):
    if not st.toggle("Feed the plain resized picture", key="plain_way", persist_state="session"):
        return
    st.markdown(
        "Most demos shrink the picture to 28×28 and ask the network at once. "
        "The same digit, read by the same network, both ways:"
    )
    without = read_naively(load_model(model_id), plain())
    with st.container(horizontal=True, gap="large"):
        _side("Plain: grey and shrunk, nothing else", without)
        _side("Prepared, as in the steps above", digit)


def _side(title, digit):
    with st.container(width=320, gap="xsmall"):
        st.markdown(f"**{title}**")
        st.image(enlarge(digit.image, 140), width=140, alt=f"{title}: the 28×28 picture")
        st.markdown(f"Reads **{digit.label}**. {describe_confidence(digit)}")
