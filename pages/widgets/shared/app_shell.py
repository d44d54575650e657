"""What stands around the pages: the way in, and what the server does besides serving them."""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.jobs import launcher
from core.networks.builder import load_ahead
from core.runs.run import RunStore


def set_up() -> None:
    """Give the page its title, width and icon; a Material icon would be fetched from elsewhere."""
    icon = Path(__file__).parents[3] / "docs" / "icon.png"
    st.set_page_config(page_title="Digit Studio", page_icon=icon, layout="wide")


def navigation():
    """Show the navigation and return the page that the address names."""
    st.session_state.came_by_the_door = True
    pages = [
        st.Page("pages/recognize.py", title="Recognize", icon=":material/draw:", default=True),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
        st.Page("pages/runs.py", title="Runs", icon=":material/list_alt:"),
        st.Page("pages/why.py", title="Why", icon=":material/science:"),
    ]
    return st.navigation(pages, position="top")


@cache
def _reload():
    return st.components.v2.component("studio_reload", js="export default () => { window.location.reload(); };")


def enter_by_the_door() -> None:
    """Send a page's very first visitor through the door: called by each page before anything else.

    Until a server has called its navigation once, Streamlit takes a folder named `pages` for an app of its older
    kind, and runs the page that the address names without the door. The browser then loads the page again: a mere
    rerun keeps the older kind's identities, and drops what is entered in the first second.
    """
    if st.session_state.get("came_by_the_door"):
        return
    set_up()
    try:
        navigation()
    except StreamlitAPIException:  # the page is run by itself, as its tests do: there is no door
        return
    _reload()(key="reload")
    st.stop()


@st.cache_resource(show_spinner=False)
def open_once() -> None:
    """Keep the queue of runs moving, and load TensorFlow ahead of need.

    Once a server, after the first page has been painted, so that nobody waits for it.
    """
    launcher.keep_tending(RunStore())
    load_ahead()
