"""Deleting runs, and taking it back."""

from collections.abc import Sequence

import streamlit as st

from core.runs import trash
from core.runs.schema import RunError
from core.runs.run import Run
from core.runs.store import RunStore
from pages.widgets.shared.words import escape_markdown, disambiguate


def delete(store: RunStore, runs: Sequence[Run]) -> None:
    """Move the runs to the trash; what cannot be deleted is said, and stays."""
    moved, refused = [], []
    for run in runs:
        try:
            trash.delete(store, run)
            moved.append(run.id)
        except (RunError, OSError) as error:
            refused.append(str(error))
    st.session_state.just_deleted = moved
    if moved:
        how_many = "1 run" if len(moved) == 1 else f"{len(moved)} runs"
        st.toast(f"Deleted {how_many}. Undo stands above the table.", icon=":material/delete:")
    for sentence in refused:
        st.toast(escape_markdown(sentence), icon=":material/error:", duration="long")


def undo(store: RunStore) -> None:
    """Show a button that takes the last deletion back, as long as there is one to take back."""
    moved = st.session_state.get("just_deleted")
    if moved and st.button("Undo delete", icon=":material/undo:"):
        _restore(store, moved)
        st.session_state.just_deleted = []
        st.rerun(scope="app")


def show(store: RunStore) -> None:
    """Show what is in the trash, and how to bring it back or remove it for good."""
    with st.popover("Trash", icon=":material/delete:", key="trash", on_change="rerun") as opened:
        if not opened.open:
            return
        runs = trash.deleted_runs(store)
        if not runs:
            st.markdown(f"Empty. Deleted runs are kept in {escape_markdown(str(trash.trash_folder(store)))}.")
            return
        size = trash.size_bytes(store) / 1e6
        st.markdown(
            f"{len(runs)} deleted, {size:.1f} MB in {escape_markdown(str(trash.trash_folder(store)))}; each is removed for good "
            f"after {trash.KEPT_DAYS} days."
        )
        chosen = st.multiselect(
            "Bring back", [run.id for run in runs], format_func=_names(runs).get, key="brought_back"
        )
        if st.button("Bring back", icon=":material/undo:", disabled=not chosen):
            _restore(store, chosen)
            st.rerun(scope="app")
        if st.button("Remove all for good", icon=":material/delete_forever:"):
            trash.empty(store)
            st.session_state.just_deleted = []
            st.rerun(scope="app")


def _names(runs):
    names = {}
    for run in runs:
        try:
            names[run.id] = run.title()
        except RunError:
            names[run.id] = run.id
    return disambiguate(names)


def _restore(store, run_ids):
    for run_id in run_ids:
        try:
            trash.restore(store, run_id)
        except (RunError, OSError) as error:
            st.toast(escape_markdown(str(error)), icon=":material/error:", duration="long")
