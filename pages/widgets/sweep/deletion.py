"""Deletion of a sweep, with or without its runs, and its undo."""

import streamlit as st

from core.runs.store import RunStore
from core.storage.os_errors import error_text
from core.sweeps import sweep_trash
from core.sweeps.sweep import Sweep, SweepError
from pages.widgets.shared import messages
from pages.widgets.shared.press import once
from pages.widgets.sweep.state import CHOSEN, JUST_DELETED, OPENED, PROBLEM, widget_key


def show(sweep: Sweep) -> None:
    """Show the button that deletes a sweep, after saying what becomes of its runs."""
    with st.popover("Delete", icon=":material/delete:", key="delete-sweep"):
        st.markdown(
            "The sweep goes to the trash, and its runs too unless they are kept. It can be brought back for "
            f"{sweep_trash.RETENTION_DAYS} days: by Undo delete on this page, or on the command line by "
            f"`sweep restore {sweep.id}`."
        )
        st.toggle("Keep its runs among all runs", key=widget_key("keep-runs"))
        st.button("Delete the sweep", icon=":material/delete:", on_click=once(_delete, sweep), key="delete-the-sweep")


def _delete(sweep: Sweep) -> None:
    keep = bool(st.session_state.get(widget_key("keep-runs")))
    try:
        count = sweep_trash.delete(sweep, keep)
    except (SweepError, OSError) as error:
        PROBLEM.set(error_text(error))
        return
    JUST_DELETED.set(sweep.id)
    CHOSEN.pop()
    runs = f" and {count} run{'s' * (count != 1)}" if count else ""
    messages.add(f"Deleted the sweep{runs}. Undo is above.")


def offer_undo(store: RunStore) -> None:
    """Show a button that brings back what this session deleted last, as long as that can be done."""
    sweep_id = JUST_DELETED.get()
    if sweep_id and sweep_id in sweep_trash.deleted(store):
        undo = once(_restore, store, sweep_id)
        st.button("Undo delete", icon=":material/undo:", on_click=undo, key="undo-delete-sweep")


def _restore(store: RunStore, sweep_id: str) -> None:
    try:
        sweep = sweep_trash.restore(store, sweep_id)
    except (SweepError, OSError) as error:
        PROBLEM.set(error_text(error))
        return
    JUST_DELETED.set("")
    OPENED.set(sweep.id)
