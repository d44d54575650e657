"""Deletion of runs, its undo, and the trash."""

from collections.abc import Iterable, Sequence

import streamlit as st

from core.runs import trash
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.storage.os_errors import error_text
from core.storage.trash_folder import RETENTION_DAYS
from pages.widgets.runs.state import HAS_REMOVED, JUST_DELETED
from pages.widgets.shared import messages, visitor
from pages.widgets.shared.text import disambiguate, escape_markdown


def delete(store: RunStore, runs: Sequence[Run]) -> None:
    """Move runs to the trash; a message names each one that cannot be deleted."""
    moved, problems = [], []
    for run in runs:
        try:
            trash.delete(store, run)
            moved.append(run.id)
        except (RunError, OSError) as error:
            problems.append(error_text(error))
    JUST_DELETED.set(moved)
    if moved:
        messages.add(f"Deleted {_count(len(moved))}. Undo is above the table.")
    for problem in problems:
        messages.add_problem(escape_markdown(problem))


def undo(store: RunStore) -> None:
    """Show a button that undoes this session's last deletion, or its last removal, as long as that can be undone."""
    if HAS_REMOVED.get() and trash.removed_runs(store):
        _undo_removal(store, "Undo remove")
    moved = JUST_DELETED.get()
    if moved and st.button("Undo delete", icon=":material/undo:"):
        _restore(store, moved)
        JUST_DELETED.set([])
        st.rerun(scope="app")


def show(store: RunStore) -> None:
    """Show what is in the trash, and the buttons that bring runs back or remove all for good."""
    with st.popover("Trash", icon=":material/delete:", key="trash", on_change="rerun") as opened:
        if not opened.open:
            return
        runs, folder = trash.deleted_runs(store), escape_markdown(str(trash.trash_folder(store)))
        if removed := trash.removed_runs(store):
            minutes = f"{trash.REMOVAL_DELAY_S / 60:.0f} minutes"
            st.markdown(f"Removed: {_count(len(removed))}, for good {minutes} after the button was pressed.")
            _undo_removal(store, "Back to the trash")
        if not runs:
            st.markdown(f"Empty. Deleted runs are kept in {folder}.")
            return
        st.markdown(
            f"{len(runs)} deleted, {trash.size_bytes(store) / 1e6:.1f} MB in {folder}; each is removed for good after "
            f"{RETENTION_DAYS} days."
        )
        titles = _titles(runs)
        chosen = st.multiselect("Bring back", list(titles), format_func=titles.__getitem__, key="brought_back")
        if st.button("Bring back", icon=":material/undo:", disabled=not chosen):
            _restore(store, chosen)
            st.rerun(scope="app")
        if not visitor.owns_runs():
            st.markdown(":small[They are removed for good only in a browser on the machine that serves this page.]")
        elif st.button("Remove all for good", icon=":material/delete_forever:"):
            _remove_all(store)


def _remove_all(store: RunStore) -> None:
    try:
        count = trash.remove_all(store)
        messages.add(f"Removed {_count(count)}. Undo is above the table for {trash.REMOVAL_DELAY_S / 60:.0f} minutes.")
    except OSError as error:
        messages.add_problem(escape_markdown(error_text(error)))
    JUST_DELETED.set([])
    HAS_REMOVED.set(True)
    st.rerun(scope="app")


def _undo_removal(store: RunStore, label: str) -> None:
    """Show a button that moves what was removed back to the trash."""
    if st.button(label, icon=":material/undo:"):
        try:
            trash.undo_removal(store)
        except OSError as error:
            messages.add_problem(escape_markdown(error_text(error)))
        HAS_REMOVED.set(False)
        st.rerun(scope="app")


def _count(runs: int) -> str:
    return "1 run" if runs == 1 else f"{runs} runs"


def _titles(runs: Iterable[Run]) -> dict[str, str]:
    """Return a title of its own for each run, by id; a damaged run's is its id."""
    titles = {}
    for run in runs:
        try:
            titles[run.id] = run.title()
        except RunError:
            titles[run.id] = run.id
    return disambiguate(titles)


def _restore(store: RunStore, run_ids: Iterable[str]) -> None:
    for run_id in run_ids:
        try:
            trash.restore(store, run_id)
        except (RunError, OSError) as error:
            messages.add_problem(escape_markdown(error_text(error)))
