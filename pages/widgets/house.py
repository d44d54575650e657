"""What stands around the pages: the way in, and what the server does besides serving them."""

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core import launcher
from core.networks import load_ahead
from core.runs import RunStore


def navigation():
    """Show the navigation and return the page that the address names."""
    st.session_state.came_by_the_door = True
    pages = [
        st.Page("pages/recognize.py", title="Recognize", icon=":material/draw:", default=True),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
    ]
    return st.navigation(pages, position="top")


def enter_by_the_door() -> None:
    """Send a page's very first visitor through the door: called by each page before anything else.

    Until the navigation has been called once, Streamlit takes a folder named `pages` for an app of its older kind,
    and runs the page that the address names without the door.
    """
    if st.session_state.get("came_by_the_door"):
        return
    try:
        navigation()
    except StreamlitAPIException:  # the page is run by itself, as its tests do: there is no door
        return
    st.rerun()


@st.cache_resource(show_spinner=False)
def open_once() -> None:
    """Keep the queue of runs moving, and load TensorFlow ahead of need.

    Once a server, after the first page has been painted, so that nobody waits for it.
    """
    launcher.keep_tending(RunStore())
    load_ahead()
