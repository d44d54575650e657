"""The pictures that were sent: kept for the session, so that they are there after a visit to another page."""

from typing import TYPE_CHECKING

import streamlit as st

from core.pictures.entries import PictureEntry
from core.pictures.uploads import decode_sent_name, expand_uploads
from core.recognition import PictureResult, ReadingView, Recognizer
from core.recognition.area_reading import read_area
from core.recognition.edits import ReadingArea
from core.recognition.results import fingerprint, read_entries
from pages.widgets.recognize import state
from pages.widgets.shared import models, upload_quota
from pages.widgets.shared.press import once

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def store(widget: str) -> None:
    """Keep what the uploader or camera of that key holds: called when that changes."""
    chosen = st.session_state[state.widget_key(widget)]
    files = upload_quota.held(chosen if isinstance(chosen, list) else [chosen])
    entries = expand_uploads((decode_sent_name(file.name), file.getvalue()) for file in files)
    pictures = [(fingerprint(entry), entry) for entry in entries if entry.may_be_picture]
    remarks = [entry.note for entry in entries if not entry.may_be_picture]
    sizes = {file.file_id: file.size for file in files}
    state.store_uploads(widget, state.StoredUploads(pictures, remarks, sizes))


def offer_removal(widget: str, label: str, sentence: str) -> None:
    """Show what removes all that was sent, after a sentence on it, and what undoes the last removal."""
    sent, removed = state.uploads_of(widget).entries, state.removed_uploads(widget).entries
    if not sent and not removed:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if sent:
            if sentence:
                st.markdown(sentence)
            remove, key = once(state.remove_uploads, widget), f"forget_{widget}"
            st.button(label, icon=":material/delete:", on_click=remove, key=key)
        if removed:
            count = "1 picture" if len(removed) == 1 else f"{len(removed)} pictures"
            undo, key = once(state.undo_removal, widget), f"undo_{widget}"
            st.button(f"Undo: back to {count}", icon=":material/undo:", on_click=undo, key=key)


def read(widget: str, model_id: str, single: bool) -> list[ReadingView]:
    """Return the view of each picture of that uploader or camera, in the order they were sent.

    A model reads each but once, as long as it stays as it is, and two that are the same once. Reading may be cut off
    by a click elsewhere; what was read by then is not read again.
    """
    entries, version = state.uploads_of(widget).entries, models.version_of(model_id)
    known = state.results_of(widget, version).results
    new = {key: entry for each, entry in entries if (key := state.ResultKey(each, single)) not in known}
    place = st.empty()  # always, so that the elements behind it stay the same ones to the browser
    if new:
        _read_new(place, new, known, models.load_model(model_id), single)
    for each, entry in entries:
        _read_areas(state.ResultKey(each, single), entry, known, model_id)
    return [_view(f"{version}-{each}", known, state.ResultKey(each, single)) for each, _ in entries]


def _area_of(key: state.ResultKey) -> ReadingArea:
    """Return what of a picture is read: of one that is one digit only a part, for then it has no boxes."""
    area = state.edits_of(key.fingerprint).now.area
    return area.without_boxes if key.single else area


def _view(name: str, known: dict[state.ResultKey, PictureResult], key: state.ResultKey) -> ReadingView:
    result = known[key._replace(area=_area_of(key))]
    return ReadingView.of(result, state.edits_of(key.fingerprint), name, first=known[key])


def _read_areas(
    whole: state.ResultKey, entry: PictureEntry, known: dict[state.ResultKey, PictureResult], model_id: str
) -> None:
    """Read what a person chose of a picture that was read, unless that is known."""
    before = whole
    for area in _area_of(whole).ways[1:]:
        key = whole._replace(area=area)
        if key not in known:
            known[key] = read_area(models.load_model(model_id), entry, area, known[before])
        before = key


def _read_new(
    place: "DeltaGenerator",
    new: dict[state.ResultKey, PictureEntry],
    known: dict[state.ResultKey, PictureResult],
    reader: Recognizer,
    single: bool,
) -> None:
    progress = place.progress(0.0, f"Reading {len(new)} …")
    for done, (key, result) in enumerate(zip(new, read_entries(reader, new.values(), single), strict=True), 1):
        known[key] = result
        progress.progress(done / len(new), f"Read {done} of {len(new)}")
    progress.empty()
