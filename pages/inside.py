"""Look inside the network: why it reads one digit as it does, and what every layer makes of it."""

import streamlit as st

from core.datasets.mnist import DatasetError
from core.explanation.network import ExplanationError
from core.explanation.why import Answer
from core.runs.schema import RunError
from pages.widgets.components import canvas
from pages.widgets.components.chart import load_plotly
from pages.widgets.inside import alike, breaking, digit, digit_map, layers, networks, why
from pages.widgets.shared import models
from pages.widgets.shared.explained_digit import MAP_VIEW, SOURCE_KEY, VIEW_KEY, Source
from pages.widgets.shared.text import escape_markdown

_WHY, _LAYERS = "Why this answer", "The network at work"
_ALIKE, _BREAK = "It looks like these", "Break it"


def page() -> None:
    """Show the page from top to bottom."""
    load_plotly()
    source_column, model_column = st.columns([6, 4], vertical_alignment="bottom")
    model_id = models.choose_model(model_column, can_compare=False)
    with source_column:
        # The page opens with a digit: a test image where nothing was drawn.
        st.session_state.setdefault(SOURCE_KEY, Source.DRAW if canvas.is_drawn() else Source.EXAMPLE)
        source = st.radio(
            "The digit",
            list(Source),
            horizontal=True,
            key=SOURCE_KEY,
            persist_state="session",
            label_visibility="collapsed",
        )
    _show(model_id, source)


@st.fragment
def _show(model_id: str, source: Source) -> None:
    dataset = models.dataset_of(model_id)
    if not dataset.is_digits:
        st.info(
            f"This network reads {escape_markdown(dataset.name)}. What this page shows is made for digits, so choose a "
            "network that reads them. The Runs page shows this run's confusions, mistakes and doubtful labels.",
            icon=":material/info:",
        )
        return
    left, right = st.columns([320, 800], gap="medium")
    with left, st.container(key="inside-digit"):
        try:
            chosen = digit.choose(source, model_id)
            if chosen is None:
                return
            answer = Answer.read(networks.network(model_id), chosen)
        except DatasetError as error:
            st.error(escape_markdown(str(error)), icon=":material/error:")
            return
        digit.show_answer(answer, chosen)
        if source is Source.EXAMPLE:
            digit.offer_examples()
    with right:
        if answer.note:
            st.info(answer.note, icon=":material/help:")
        view = st.radio(
            "What to look at",
            [_WHY, _LAYERS, _ALIKE, MAP_VIEW, _BREAK],
            horizontal=True,
            key=VIEW_KEY,
            persist_state="session",
            label_visibility="collapsed",
        )
        try:
            if view == _WHY:
                why.show(model_id, chosen, answer)
            elif view == _ALIKE:
                alike.show(model_id, chosen)
            elif view == MAP_VIEW:
                digit_map.show(model_id, chosen)
            elif view == _BREAK:
                breaking.show(model_id, chosen)
            else:
                layers.show(model_id, chosen)
        except (ExplanationError, DatasetError, RunError) as error:
            st.warning(escape_markdown(str(error)), icon=":material/warning:")


page()
