"""What all pages share around their content: page setup, navigation, and the server's background services."""

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.jobs import launcher
from core.networks.builder import import_keras_in_background
from core.runs.store import RunStore
from pages.widgets.components.reload import reload_page


def configure_page() -> None:
    """Set the page's title, width and icon; the icon is a file, for a Material icon would be fetched from elsewhere."""
    icon = Path(__file__).parents[3] / "docs" / "icon.png"
    st.set_page_config(page_title="Digit Studio", page_icon=icon, layout="wide")


def navigation() -> st.Page:
    """Show the navigation and return the page that the address names."""
    st.session_state.came_through_navigation = True
    pages = [
        st.Page("pages/recognize.py", title="Recognize", icon=":material/draw:", default=True),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
        st.Page("pages/runs.py", title="Runs", icon=":material/list_alt:"),
        st.Page("pages/why.py", title="Why", icon=":material/science:"),
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
    launcher.run_scheduler(RunStore())
    import_keras_in_background()
