"""A data set from files: they are read with progress, shown, and kept once a person has seen what was found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.config.dataset_spec import DatasetSpec
from core.config.field_spec import ConfigError
from core.config.percent import percent
from core.config.server_settings import ServerSettings
from core.datasets.draft import Choices, Draft
from core.datasets.drafting import read_draft
from core.datasets.importing.formats import FORMATS
from core.datasets.importing.source_files import MAX_ARRAY_IMAGES, MAX_IMAGES
from core.datasets.importing.sources import source_of_uploads
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from core.pictures.uploads import decode_sent_name
from core.storage.os_errors import error_text
from pages.widgets.data import draft_preview
from pages.widgets.data.state import ADD_REQUEST, READ_FILES, UPLOADS, AddRequest, ReadFiles, open_set
from pages.widgets.shared import messages, upload_quota
from pages.widgets.shared.text import escape_markdown

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def show(store: DatasetStore) -> None:
    """Show the uploader, and what was found in the files."""
    if (pending := ADD_REQUEST.get()) and pending.added:
        _end_adding(pending.added)
    limit_mb = ServerSettings.from_environment().max_session_upload_mb
    files = upload_quota.show(
        st.file_uploader(
            "Files of a data set",
            accept_multiple_files=True,
            key=f"data-files-{UPLOADS.get()}",
            max_upload_size=limit_mb,
            on_change=_forget,
            help=f"At most {MAX_IMAGES:,} pictures, or {MAX_ARRAY_IMAGES:,} images in IDX or NumPy files, and "
            f"{limit_mb} MB together. Larger sets: `python -m core data add`.",
        )
    )
    found = _read(files) if files else READ_FILES.get()  # held where the page showed something else meanwhile
    if found is None or found.draft is None:
        if found:
            st.error(escape_markdown(found.problem), icon=":material/error:")
        _explain()
        return
    if not files:
        st.button("Discard these files", icon=":material/close:", on_click=_forget)
    place = st.empty()
    choices = draft_preview.show(found.draft, "-".join(map(str, (UPLOADS.get(), abs(hash(found.file_ids)) % 10**9))))
    if choices is None:
        ADD_REQUEST.set(None)
    elif request := ADD_REQUEST.get():
        with place.container():
            _add(store, found.draft, choices, request)


def _forget() -> None:
    """Free what was read: other files are chosen, or none."""
    READ_FILES.set(None)
    ADD_REQUEST.set(None)


def _explain() -> None:
    lines = "\n".join(f"- **{each.name}**: {each.what}." for each in FORMATS)
    st.markdown(f"What is read here; nothing is added before you have seen it:\n{lines}")


def _read(files: Sequence[UploadedFile]) -> ReadFiles:
    """Return what is in the files, read once."""
    file_ids = tuple(file.file_id for file in files)
    known = READ_FILES.get()
    if known and known.file_ids == file_ids:
        return known
    READ_FILES.set(None)  # the memory of the one before
    progress = st.progress(0.0, "Reading …")
    try:
        source = source_of_uploads((decode_sent_name(file.name), file.getvalue()) for file in files)
        found = ReadFiles(file_ids, read_draft(source, lambda share: _show(progress, share, "Reading …")))
    except (DatasetError, ConfigError, OSError, MemoryError) as error:
        found = ReadFiles(file_ids, problem=error_text(error) or "There is too little memory for this data set.")
    progress.empty()
    READ_FILES.set(found)
    return found


def _add(store: DatasetStore, draft: Draft, choices: Choices, request: AddRequest) -> None:
    progress = st.progress(0.0, "Adding …")
    try:
        request.added = draft.keep(store, choices, report=lambda share: _show(progress, share, "Adding …"))
    except (DatasetError, ConfigError, OSError) as error:
        ADD_REQUEST.set(None)
        progress.empty()
        st.error(escape_markdown(f"The data set was not added. {error_text(error)}"), icon=":material/error:")
        return
    _end_adding(request.added)


def _end_adding(spec: DatasetSpec) -> None:
    """Free what was read, and show the set that was made of it."""
    UPLOADS.set(UPLOADS.get() + 1)
    READ_FILES.set(None)
    open_set(spec.reference)
    messages.add(f"Added {escape_markdown(spec.name)}.")
    ADD_REQUEST.set(None)
    st.rerun()


def _show(progress: "DeltaGenerator", share: float, words: str) -> None:
    progress.progress(min(1.0, share), f"{words} {percent(min(1.0, share), 0)}")
