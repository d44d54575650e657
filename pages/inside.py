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
    model_id = models.choose_model(model_column)
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


def _views(model_id: str) -> list[str]:
    """Return the views there are: the map, the nearest images and the damage are made of MNIST's digits."""
    of_digits = [_ALIKE, MAP_VIEW, _BREAK] if models.dataset_of(model_id).is_digits else []
    return [_WHY, _LAYERS, *of_digits]


@st.fragment
def _show(model_id: str, source: Source) -> None:
    dataset = models.dataset_of(model_id)
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
            digit.offer_examples(model_id)
    with right:
        if answer.note:
            st.info(answer.note, icon=":material/help:")
        if not dataset.is_digits:
            name = escape_markdown(dataset.name)
            st.markdown(
                f":small[This network reads {name}. The map, the images alike and the damage are made of MNIST's "
                "digits, so they are there for networks that read digits.]"
            )
        if st.session_state.get(VIEW_KEY) not in _views(model_id):
            st.session_state[VIEW_KEY] = _WHY
        view = st.radio(
            "What to look at",
            _views(model_id),
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
