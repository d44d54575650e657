"""The class, for its teacher alone: who is here, what each has done, and what is sent to all."""

import streamlit as st

from core.config.field_spec import ConfigError
from core.people import Mode
from core.people.clearing import remove_class
from core.people.codes import grouped, read_codes, renew_join_code
from core.people.noticeboard import read_noticeboard, show_leaderboard
from core.people.overview import results_csv
from core.runs.class_settings import ClassSettings
from core.runs.store import RunStore
from core.storage.os_errors import error_text
from pages.widgets.shared import leaderboard, messages, workspace
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown
from pages.widgets.teacher import people, sending

_CONFIRMED_BY = "remove"


def page() -> None:
    """Show the page from top to bottom; to anybody but the teacher, nothing."""
    person = workspace.person()
    if person is None or not person.is_teacher:
        st.error("This page is the teacher's.", icon=":material/lock:")
        return
    store = workspace.machine_store()
    _head(store)
    _settings(store)
    people.show_table(store)
    people.show_person(store)
    with st.expander("Send a message, a lesson or a recipe to all", key="send", on_change="rerun") as opened:
        if opened.open:
            sending.show(store.root)
    _leaderboard(store)
    with st.expander("Remove the class"):
        _removal(store)


def _head(store: RunStore) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Your class**", width="stretch")
        if workspace.mode() is Mode.CODE:
            st.markdown(f"Code of the class **{grouped(read_codes(store.root).join)}**", width="content")
            st.button(
                "New code",
                icon=":material/autorenew:",
                key="new-code",
                on_click=once(_new_code, store),
                help="Whoever is in stays in; newcomers need the new code.",
            )
        st.download_button(
            "Results as CSV",
            lambda: results_csv(store.root),
            "class-results.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="results",
        )


def _settings(store: RunStore) -> None:
    """Say what is wrong with the settings of the class; nothing where they are right."""
    try:
        ClassSettings.read(store.root)
    except ConfigError as error:
        text = f"{escape_markdown(str(error))} The settings from before are in force until then."
        st.error(text, icon=":material/error:")


def _new_code(store: RunStore) -> None:
    try:
        renew_join_code(store.root)
    except OSError as error:
        messages.add_problem(escape_markdown(error_text(error)))


def _leaderboard(store: RunStore) -> None:
    key = "leaderboard_on"
    st.session_state[key] = read_noticeboard(store.root).has_leaderboard
    st.toggle(
        "Show the leaderboard to all, on the Runs page",
        key=key,
        on_change=_switch_leaderboard,
        args=(store, key),
    )
    if st.session_state[key]:
        leaderboard.show_rows(store.root, "")


def _switch_leaderboard(store: RunStore, key: str) -> None:
    try:
        show_leaderboard(store.root, st.session_state[key])
    except OSError as error:
        messages.add_problem(escape_markdown(error_text(error)))


def _removal(store: RunStore) -> None:
    st.markdown(
        "Removes everybody with all runs, drawings and data sets, for good, and makes a new code. Your own runs stay. "
        "Save the results first."
    )
    typed = st.text_input(f"To confirm, write {_CONFIRMED_BY}", key="confirm-removal", max_chars=20, width=260)
    st.button(
        "Remove the class for good",
        icon=":material/delete_forever:",
        key="remove-class",
        disabled=typed.strip().lower() != _CONFIRMED_BY,
        on_click=once(_remove_class, store),
    )


def _remove_class(store: RunStore) -> None:
    try:
        count = remove_class(store.root)
        messages.add(f"Removed {count} {'person' if count == 1 else 'people'} with all data.")
        st.session_state["confirm-removal"] = ""
    except OSError as error:
        messages.add_problem(escape_markdown(error_text(error)))


page()
