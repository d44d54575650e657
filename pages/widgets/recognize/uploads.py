"""The pictures that were sent: kept for the session, so that they outlive a look at another page, and read once."""

import streamlit as st

from core.pictures.uploads import decode_sent_name, expand_uploads
from core.recognition.results import PictureResult, fingerprint, read_entries
from pages.widgets.shared import models


def store(widget: str) -> None:
    """Put what the uploader or camera of that key holds on its shelf: called when that changes."""
    files = st.session_state[widget] or []
    files = files if isinstance(files, list) else [files]
    entries = expand_uploads((decode_sent_name(file.name), file.getvalue()) for file in files)
    st.session_state.setdefault("shelves", {})[widget] = [
        (fingerprint(entry), entry) for entry in entries if entry.may_be_picture
    ]
    st.session_state.setdefault("remarks", {})[widget] = [entry.note for entry in entries if not entry.may_be_picture]


def forget(widget: str) -> None:
    """Forget the pictures of that uploader or camera."""
    for kept in ("shelves", "remarks"):
        st.session_state.get(kept, {}).pop(widget, None)


def stored(widget: str) -> list:
    """Return what is kept of that uploader or camera: (fingerprint, entry) each."""
    return st.session_state.get("shelves", {}).get(widget, [])


def remarks(widget: str) -> list[str]:
    """Return sentences on what was sent with the pictures and is none."""
    return st.session_state.get("remarks", {}).get(widget, [])


def read(widget: str, model_id: str, single: bool) -> list[tuple[str, PictureResult]]:
    """Return the fingerprint and the answer of each picture on a shelf; two that are the same are read once.

    A model reads each but once, as long as it stays as it is. Reading may be cut off by a click elsewhere; what was
    read by then is not read again.
    """
    shelf = stored(widget)
    known = _answers(widget, models.version_of(model_id))
    new = {(mark, single): entry for mark, entry in shelf if (mark, single) not in known}
    if new:
        _read_new(new, known, models.load_model(model_id), single)
    return [(mark, known[mark, single]) for mark, _ in shelf]


def _answers(widget, model):
    """The answers of this model to what is still on the shelf; those of another model are forgotten."""
    kept = st.session_state.setdefault("answers", {})
    of_model, answers = kept.get(widget, (model, {}))
    there = {mark for mark, _ in stored(widget)}
    answers = {key: answer for key, answer in answers.items() if key[0] in there} if of_model == model else {}
    kept[widget] = (model, answers)
    return answers


def _read_new(new, known, reader, single):
    progress = st.progress(0.0, f"Reading {len(new)} …")
    for done, (key, answer) in enumerate(zip(new, read_entries(reader, new.values(), single), strict=True), 1):
        known[key] = answer
        progress.progress(done / len(new), f"Read {done} of {len(new)}")
    progress.empty()
