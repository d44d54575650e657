"""Deleted data sets: an undo, and what brings others back or removes all for good."""

import streamlit as st

from core.datasets import dataset_trash
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from core.storage.os_errors import error_text
from pages.widgets.data.state import DELETED, JUST_DELETED, PROBLEM, open_set
from pages.widgets.shared import messages, visitor
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown


def offer_undo(store: DatasetStore) -> None:
    """Show a button that brings back what this session deleted last, as long as that can be done."""
    set_id = JUST_DELETED.get()
    if set_id and set_id in dataset_trash.deleted(store):
        st.button(
            f"Undo delete of {escape_markdown(set_id)}",
            icon=":material/undo:",
            on_click=once(_restore, store, set_id),
            key="undo-delete",
        )


def show(store: DatasetStore) -> None:
    """Show what is in the trash, where there is something."""
    if not (found := dataset_trash.deleted(store)):
        return
    with st.popover(f"Deleted ({len(found)})", icon=":material/auto_delete:", key="deleted-sets"):
        if DELETED.get() not in found:
            DELETED.set(found[0])
        chosen = st.selectbox("Deleted data sets, the last one first", found, key=DELETED.name)
        st.button("Bring it back", icon=":material/undo:", on_click=once(_restore, store, chosen), key="restore-set")
        if not visitor.owns_runs():
            st.markdown(":small[They are removed for good only in a browser on the machine that serves this page.]")
            return
        st.markdown(
            f"Each is removed for good after {dataset_trash.RETENTION_DAYS} days. Runs that learned from one keep "
            "their results, and cannot be trained further without it."
        )
        remove = once(_remove_all, store)
        st.button(f"Remove {len(found)} for good", icon=":material/delete_forever:", on_click=remove, key="remove-sets")


def _restore(store: DatasetStore, set_id: str) -> None:
    try:
        dataset_trash.restore(store, set_id)
        JUST_DELETED.set("")
        open_set(store.spec(set_id).reference)
    except (DatasetError, OSError) as error:
        PROBLEM.set(error_text(error))


def _remove_all(store: DatasetStore) -> None:
    count = dataset_trash.empty(store)
    messages.add(f"{count} removed for good.")
    if left := dataset_trash.deleted(store):
        PROBLEM.set(f"{', '.join(left)} could not be removed. Check the permissions of its folder.")
