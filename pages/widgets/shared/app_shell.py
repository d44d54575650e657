"""What stands around the pages: the way in, and what the server does besides serving them."""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.jobs import scheduler
from core.networks.builder import import_keras_in_background
from core.runs.store import RunStore


def configure_page() -> None:
    """Give the page its title, width and icon; a Material icon would be fetched from elsewhere."""
    icon = Path(__file__).parents[3] / "docs" / "icon.png"
    st.set_page_config(page_title="Digit Studio", page_icon=icon, layout="wide")


def navigation():
    """Show the navigation and return the page that the address names."""
    st.session_state.came_through_navigation = True
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


def require_navigation() -> None:
    """Send a page's very first visitor through the door: called by each page before anything else.

    Until a server has called its navigation once, Streamlit takes a folder named `pages` for an app of its older
    kind, and runs the page that the address names without the door. The browser then loads the page again: a mere
    rerun keeps the older kind's identities, and drops what is entered in the first second.
    """
    if st.session_state.get("came_through_navigation"):
        return
    configure_page()
    try:
        navigation()
    except StreamlitAPIException:  # the page is run by itself, as its tests do: there is no door
        return
    _reload()(key="reload")
    st.stop()


@st.cache_resource(show_spinner=False)
def start_background_services() -> None:
    """Keep the queue of runs moving, and load TensorFlow ahead of need.

    Once a server, after the first page has been painted, so that nobody waits for it.
    """
    scheduler.run_scheduler(RunStore())
    import_keras_in_background()
