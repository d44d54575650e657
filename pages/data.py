"""The data sets that networks learn from: look at them, add one from files, draw or photograph one."""

import streamlit as st

from core.datasets.store import DatasetStore
from pages.widgets.components import chart
from pages.widgets.data import board, sets, uploads
from pages.widgets.data.state import CHOSEN, OPENED, PROBLEM, VIEW, View
from pages.widgets.shared import visitor, workspace
from pages.widgets.shared.text import escape_markdown


def page() -> None:
    """Show the page from top to bottom."""
    chart.load_plotly()
    store = DatasetStore(workspace.store().root)
    if reference := OPENED.pop():
        st.session_state[VIEW.name], st.session_state[CHOSEN.name] = View.SETS, reference
    view = st.radio(
        "Data sets",
        list(View),
        format_func=str,
        horizontal=True,
        key=VIEW.name,
        persist_state="session",
        label_visibility="collapsed",
    )
    if problem := PROBLEM.pop():
        st.error(escape_markdown(problem), icon=":material/error:")
    _VIEWS[View(view)](store)
    visitor.show_note()


def _draw(store: DatasetStore) -> None:
    board.show(store, with_camera=False)


def _photograph(store: DatasetStore) -> None:
    board.show(store, with_camera=True)


_VIEWS = {View.SETS: sets.show, View.UPLOAD: uploads.show, View.DRAW: _draw, View.PHOTOGRAPH: _photograph}


page()
