"""The frame of all pages around their content: page setup, navigation, and the server's background services."""

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.jobs import scheduler
from core.networks.builder import import_keras_in_background
from core.runs.store import RunStore
from core.storage import temporary
from pages.widgets.components.reload import reload_page
from pages.widgets.shared import upload_quota

PAGES = (
    ("pages/recognize.py", "Recognize", ":material/draw:"),
    ("pages/train.py", "Train", ":material/model_training:"),
    ("pages/runs.py", "Runs", ":material/list_alt:"),
    ("pages/why.py", "Why", ":material/science:"),
)
"""Each page's file, title and icon, in the order of the navigation; the app opens with the first one."""


def configure_page() -> None:
    """Set the page's title, width and icon; the icon is a file, for a Material icon would be fetched from elsewhere."""
    icon = Path(__file__).with_name("icon.png")
    st.set_page_config(page_title="Digit Studio", page_icon=icon, layout="wide")


def navigation() -> st.Page:
    """Show the navigation and return the page that the address names."""
    st.session_state.came_through_navigation = True
    pages = [
        st.Page(path, title=title, icon=icon, default=place == 0) for place, (path, title, icon) in enumerate(PAGES)
    ]
    return st.navigation(pages, position="top")


def require_navigation() -> None:
    """Let the browser load the page again where it was run without the navigation; each page calls this first.

    Until a server's first call of `st.navigation`, Streamlit takes a folder named `pages` for an app of its older
    kind, and runs the page that the address names by itself, without `streamlit_app.py`. A mere rerun would keep the
    older kind's widget identities, and lose what is entered in the first second.
    """
    if st.session_state.get("came_through_navigation"):
        return
    configure_page()
    try:
        navigation()
    except StreamlitAPIException:  # the page is run by itself, as its tests do: there is no navigation
        return
    reload_page()
    st.stop()


@st.cache_resource(show_spinner=False)
def start_background_services() -> None:
    """Start the queue's scheduler, and load TensorFlow ahead of need.

    Called after the first page has been painted, so that nobody waits for it; cached, so that it runs once a server.
    """
    upload_quota.install()
    temporary.remove_leftovers()
    scheduler.run_scheduler(RunStore())
    import_keras_in_background()
