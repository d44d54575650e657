"""The actions on a data set: train on it, rename, export, draw more of it, delete it."""

from functools import partial

import streamlit as st

from core.config.dataset_spec import MNIST, DatasetSpec
from core.config.field_spec import ConfigError
from core.datasets import dataset_trash
from core.datasets.board_file import BoardFile
from core.datasets.export_zip import zip_bytes
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from core.storage.os_errors import error_text
from pages.widgets.data.state import JUST_DELETED, PROBLEM, VIEW, View, open_set
from pages.widgets.shared import messages, visitor
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown
from pages.widgets.train.recipe_link import expect_link


def show(store: DatasetStore, spec: DatasetSpec) -> None:
    """Show the buttons of a data set in a row; of MNIST only those that change nothing."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Train on it", type="primary", icon=":material/model_training:"):
            link = {"dataset": spec.reference}
            expect_link(link)
            st.switch_page("pages/train.py", query_params=link)
        st.download_button(
            "Export as ZIP",
            partial(zip_bytes, store, spec),
            f"{spec.reference}.zip",
            "application/zip",
            icon=":material/folder_zip:",
            on_click="ignore",
        )
        if spec.id != MNIST.id:
            _change(store, spec)


def _change(store: DatasetStore, spec: DatasetSpec) -> None:
    _rename(store, spec)
    if BoardFile(store, visitor.visitor_id()).can_continue(spec.id):
        more = once(_draw_more, store, spec.id)
        st.button("Draw more", icon=":material/draw:", on_click=more)
    st.button("Delete", icon=":material/delete:", on_click=once(delete, store, spec.id), key="delete-set")


def _rename(store: DatasetStore, spec: DatasetSpec) -> None:
    with st.popover("Rename", icon=":material/edit:", key="rename"):
        name_key, classes_key = f"name-{spec.reference}", f"classes-{spec.reference}"
        st.text_input("Name", spec.name, key=name_key, max_chars=200)
        st.text_area("Its classes, one a line", "\n".join(spec.class_names), key=classes_key, height=220)
        st.markdown(":small[The images stay. Runs that were trained before keep the names that they had.]")
        change = once(_save_names, store, spec, name_key, classes_key)
        st.button("Save the names", icon=":material/check:", on_click=change)


def _save_names(store: DatasetStore, spec: DatasetSpec, name_key: str, classes_key: str) -> None:
    classes = [line.strip() for line in st.session_state[classes_key].splitlines() if line.strip()]
    try:
        renamed = store.rename(spec, st.session_state[name_key], classes)
    except (DatasetError, ConfigError, OSError) as error:
        PROBLEM.set(error_text(error))
        return
    open_set(renamed.reference)
    messages.add(f"Saved as {escape_markdown(renamed.reference)}.")


def delete(store: DatasetStore, set_id: str) -> None:
    """Move a data set to the trash; an undo is then offered."""
    try:
        dataset_trash.delete(store, set_id)
    except (DatasetError, OSError) as error:
        PROBLEM.set(error_text(error))
        return
    JUST_DELETED.set(set_id)
    messages.add(f"Deleted {escape_markdown(set_id)}. Undo is above the list.")


def _draw_more(store: DatasetStore, set_id: str) -> None:
    try:
        BoardFile(store, visitor.visitor_id()).continue_set(set_id)
    except (DatasetError, OSError) as error:
        PROBLEM.set(error_text(error))
        return
    st.session_state[VIEW.name] = View.DRAW
