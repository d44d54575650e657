"""The frame of all pages around their content: page setup, navigation, and the server's background services."""

from pathlib import Path

import streamlit as st
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from core.jobs import scheduler
from core.networks.builder import import_keras_in_background
from core.runs.store import RunStore
from core.storage import temporary
from pages.widgets.components.connection import watch_connection
from pages.widgets.components.glossary import glossary
from pages.widgets.components.page_routes import page_routes
from pages.widgets.shared import server_log, upload_quota

PAGES = (
    ("pages/recognize.py", "Recognize", ":material/draw:"),
    ("pages/teach.py", "Teach", ":material/school:"),
    ("pages/inside.py", "Inside", ":material/search_insights:"),
    ("pages/train.py", "Train", ":material/model_training:"),
    ("pages/data.py", "Data", ":material/dataset:"),
    ("pages/runs.py", "Runs", ":material/list_alt:"),
    ("pages/sweep.py", "Sweep", ":material/tune:"),
    ("pages/learn.py", "Learn", ":material/menu_book:"),
)
"""Each page's file, title and icon, in the order of the navigation; the app opens with the first one."""


def prepare_server() -> list[Route]:
    """Prepare Streamlit before it serves the app; return the routes of the pages' addresses.

    Until a server's first call of `st.navigation`, Streamlit would take a folder named `pages` for an app of its older
    kind, and run the page that the address names by itself, without `streamlit_app.py`.
    """
    server_log.install()
    PagesManager.uses_pages_directory = False
    return page_routes([Path(path).stem for path, _, _ in PAGES[1:]])


def configure_page() -> None:
    """Set the page's title, width and icon, and have it say where its server does not answer, and what terms mean.

    The icon is a file, for a Material icon would be fetched from elsewhere.
    """
    icon = Path(__file__).with_name("icon.png")
    st.set_page_config(page_title="Digit Studio", page_icon=icon, layout="wide")
    watch_connection()
    glossary()


def navigation() -> st.Page:
    """Show the navigation and return the page that the address names."""
    pages = [
        st.Page(path, title=title, icon=icon, default=place == 0) for place, (path, title, icon) in enumerate(PAGES)
    ]
    return st.navigation(pages, position="top")


@st.cache_resource(show_spinner=False)
def start_background_services() -> None:
    """Start the queue's scheduler, and load TensorFlow ahead of need.

    Called after the first page has been painted, so that nobody waits for it; cached, so that it runs once a server.
    """
    upload_quota.install()
    temporary.remove_leftovers()
    store = RunStore()
    store.remove_leftovers()
    scheduler.run_scheduler(store)
    import_keras_in_background()
