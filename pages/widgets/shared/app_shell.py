"""The frame of all pages around their content: page setup, navigation, and the server's background services."""

import time
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from core.cli.person_guard import PersonGuard
from core.jobs import scheduler
from core.people import Mode, PeopleError, Person
from core.people.register import note_seen
from core.recognition import shipped_reader
from core.storage import temporary
from core.storage.os_errors import error_text
from pages.widgets.components.connection import watch_connection
from pages.widgets.components.glossary import glossary
from pages.widgets.components.page_routes import page_routes, under_base_path
from pages.widgets.shared import class_notices, server_log, upload_quota, visitor, workspace
from pages.widgets.shared.fragment_ends import keep_fragment_ends
from pages.widgets.shared.session_person import PERSON, ignore_others_presses
from pages.widgets.shared.text import escape_markdown

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

TEACHER_PAGE = ("pages/teacher.py", "Teacher", ":material/groups:")
"""The page that the teacher of a class alone has, after all others."""

_CHECK_INTERVAL_S = 10.0
_FIRST_VISIT_S = 1.5  # in which the first visitor's browser gets what it draws the page with


def prepare_server() -> list[Route]:
    """Prepare Streamlit before it serves the app; return the routes of the pages' addresses.

    Until a server's first call of `st.navigation`, Streamlit would take a folder named `pages` for an app of its older
    kind, and run the page that the address names by itself, without `streamlit_app.py`.
    """
    server_log.install()
    PagesManager.uses_pages_directory = False
    keep_fragment_ends()
    if workspace.mode() is not Mode.OPEN:
        ignore_others_presses()
    return page_routes([Path(path).stem for path, _, _ in (*PAGES[1:], TEACHER_PAGE)])


def person_guard() -> list[Middleware]:
    """Return what refuses whoever has no cookie of the class; nothing where the server has none."""
    if workspace.mode() is not Mode.CODE:
        return []
    sign_in = workspace.sign_in()
    base = under_base_path("").rstrip("/")
    return [Middleware(PersonGuard, is_known=lambda cookie: sign_in.person_of(cookie) is not None, base=base)]


def configure_page() -> None:
    """Set the page's title, width and icon, and have it say where its server does not answer, and what terms mean.

    The icon is a file, for a Material icon would be fetched from elsewhere.
    """
    icon = Path(__file__).with_name("icon.png")
    st.set_page_config(page_title="Digit Studio", page_icon=icon, layout="wide")
    watch_connection(asks_again=workspace.mode() is not Mode.OPEN)
    glossary()


def require_person() -> Person | None:
    """Return who is signed in; None where the server knows no people. Others are shown how to sign in, and no page.

    What a session held of another person is forgotten: a browser may come back to it with another cookie. Where nobody
    is known for a moment, as while a file cannot be read, it is kept, and the page goes on by itself.
    """
    if workspace.mode() is Mode.OPEN:
        return None
    person, problem = workspace.person(), ""
    if person is None and not PERSON.get():  # whoever is removed while a page is open does not join again by that
        person, problem = _join()
    if person is None:
        visitor.ask_to_sign_in(problem)
        st.fragment(_await_person, run_every=_CHECK_INTERVAL_S)()
        st.stop()
    if PERSON.get() not in ("", person.id):
        st.session_state.clear()
    PERSON.set(person.id)
    note_seen(person, time.time())
    return person


def _join() -> tuple[Person | None, str]:
    """Return who joins with an account, or why that cannot be, as a sentence."""
    try:
        return workspace.join(), ""
    except (PeopleError, OSError) as error:
        return None, error_text(error)


def show_person(person: Person | None) -> None:
    """Show who is signed in, what the teacher has sent, and watch that it stays so; nothing without people."""
    if person is None:
        return
    visitor.show_signed_in(person)
    if not person.is_teacher:
        class_notices.show()
    st.fragment(_watch_class, run_every=_CHECK_INTERVAL_S)(person.id, class_notices.stamp())


def _watch_class(person_id: str, stamp: str) -> None:
    """Draw the page anew where somebody else, or nobody, is signed in by now, or the teacher has sent something."""
    person = workspace.person()
    if person is None or person.id != person_id or class_notices.stamp() != stamp:
        st.rerun(scope="app")


def _await_person() -> None:
    """Draw the page where somebody is signed in again."""
    if workspace.person() is not None:
        st.rerun(scope="app")


def navigation(person: Person | None = None) -> st.Page:
    """Show the navigation and return the page that the address names; the teacher has a page more than others."""
    listed = (*PAGES, TEACHER_PAGE) if person and person.is_teacher else PAGES
    pages = [
        st.Page(path, title=title, icon=icon, default=place == 0) for place, (path, title, icon) in enumerate(listed)
    ]
    return st.navigation(pages, position="top")


def show_page(page: st.Page) -> None:
    """Show the page; where the runs folder cannot be read, a sentence says so in the page's place."""
    try:
        page.run()
    except OSError as error:
        st.error(escape_markdown(error_text(error)), icon=":material/error:")


@st.cache_resource(show_spinner=False)
def start_background_services() -> None:
    """Start the queue's scheduler, and load TensorFlow and the shipped model ahead of need.

    Called after the first page has been painted, so that nobody waits for it; cached, so that it runs once a server.
    """
    upload_quota.install()
    temporary.remove_leftovers()
    store = workspace.machine_store()
    store.remove_leftovers()
    if workspace.mode() is not Mode.OPEN:
        workspace.sign_in().remove_leftovers()
    scheduler.run_scheduler(store)
    shipped_reader.load_in_background(_FIRST_VISIT_S)
