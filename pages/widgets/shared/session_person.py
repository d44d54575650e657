"""The person that a session's page was drawn for, and what is pressed on it when another one, or nobody, is signed in.

A part of a page that is drawn by itself keeps the store that it was first drawn with, and so do the callbacks of its
buttons. Between a sign-out or a removal and the moment at which the page notices it, they would still act on it: so
Streamlit is kept from calling them.
"""

from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SafeSessionState

from core.people import Mode
from pages.widgets.shared import workspace
from pages.widgets.shared.session import SessionKey

PERSON = SessionKey[str]("person_id", "")
"""The id of the person that the page was drawn for; '' before, and without people."""

_streamlits_handling = SafeSessionState.on_script_will_rerun


def ignore_others_presses() -> None:
    """Have all sessions ignore what is pressed or entered by others than the person that the page was drawn for."""
    SafeSessionState.on_script_will_rerun = _on_script_will_rerun


def _on_script_will_rerun(self: SafeSessionState, fresh_widget_states: Any, **options: Any) -> None:
    if _is_same_person():
        _streamlits_handling(self, fresh_widget_states, **options)
        return
    _streamlits_handling(self, None)
    context = get_script_run_ctx()
    if context and context.fragment_ids_this_run:  # else the whole page is drawn anyway, which asks who it is
        st.rerun(scope="app")


def _is_same_person() -> bool:
    if workspace.mode() is Mode.OPEN or not PERSON.get():
        return True
    person = workspace.person()
    return person is not None and person.id == PERSON.get()
