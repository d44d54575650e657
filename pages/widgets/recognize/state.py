"""The Recognize page's values in the session, in one place: the keys of its widgets, and typed access to the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import streamlit as st

from core.pictures.entries import PictureEntry
from core.recognition import PictureResult
from core.recognition.edits import EditHistory, ReadingArea
from core.recognition.reading import Box
from pages.widgets.shared import upload_quota


class Key(StrEnum):
    """Keys of the page's widgets in the session state; their values stay when another page is opened."""

    SOURCE = "way"
    SINGLE = "single"
    UPLOADER = "pictures"
    CAMERA = "photo"
    STEPS = "steps"
    NAIVE = "plain_way"
    DOWNLOAD_ALL = "all_as_csv"
    AS_READ = "as_read"
    RIGHT = "right"
    ALL_INK = "all_ink"


DRAW = "draw"
"""The value of `Key.SOURCE` with which digits are drawn; the page begins with it."""

_UPLOADS, _RESULTS, _EDITS, _PICKED = "uploads", "answers", "edits", "picked"
_BEFORE, _EMPTIED = "uploads_before", "uploads_emptied"


@dataclass(frozen=True, eq=False)
class StoredUploads:
    """The pictures that were sent through an uploader or camera."""

    entries: Sequence[tuple[str, PictureEntry]] = ()  # each with its fingerprint
    remarks: Sequence[str] = ()  # sentences on files that are no pictures
    files: Mapping[str, int] = field(default_factory=dict)  # the bytes of each file, by Streamlit's id of it


class ResultKey(NamedTuple):
    """The key of a result: a picture, by its fingerprint, whether it was read as one digit, and its area."""

    fingerprint: str
    single: bool
    area: ReadingArea = ReadingArea()


class ModelResults(NamedTuple):
    """One model's results for an uploader's pictures."""

    model: str
    results: dict[ResultKey, PictureResult]


def is_drawn(can_be_many: bool) -> bool:
    """Return whether the page reads what is drawn on it, one digit; can_be_many: whether it also offers numbers."""
    is_single = not can_be_many or st.session_state.get(Key.SINGLE, True)
    return is_single and st.session_state.get(Key.SOURCE, DRAW) == DRAW


def uploads_of(widget: str) -> StoredUploads:
    """Return what was sent through the uploader or camera of that key, empty where nothing was."""
    return st.session_state.get(_UPLOADS, {}).get(widget, StoredUploads())


def store_uploads(widget: str, uploads: StoredUploads) -> None:
    """Keep what was sent through the uploader or camera of that key, and for an undo what is lost by it."""
    before = uploads_of(widget)
    is_less = not {each for each, _ in before.entries} <= {each for each, _ in uploads.entries}
    st.session_state.setdefault(_UPLOADS, {})[widget] = uploads
    if is_less:
        st.session_state.setdefault(_BEFORE, {})[widget] = before
    upload_quota.keep(_kept_files())


def remove_uploads(widget: str) -> None:
    """Remove all that was sent through the uploader or camera of that key; `undo_removal` brings it back."""
    store_uploads(widget, StoredUploads())
    emptied = st.session_state.setdefault(_EMPTIED, {})
    emptied[widget] = emptied.get(widget, 0) + 1


def removed_uploads(widget: str) -> StoredUploads:
    """Return what was there before that uploader or camera last lost something, empty where it never did."""
    return st.session_state.get(_BEFORE, {}).get(widget, StoredUploads())


def undo_removal(widget: str) -> None:
    """Bring back what was there before the last loss; what is there now can then be brought back."""
    before, now = removed_uploads(widget), uploads_of(widget)
    st.session_state[_UPLOADS][widget] = before
    st.session_state[_BEFORE][widget] = now
    upload_quota.keep(_kept_files())


def _kept_files() -> Mapping[str, int]:
    """Return the bytes of all files whose pictures are here, or can be brought back, by Streamlit's id of each."""
    kept = [*st.session_state.get(_UPLOADS, {}).values(), *st.session_state.get(_BEFORE, {}).values()]
    return {file_id: size for uploads in kept for file_id, size in uploads.files.items()}


def widget_key(widget: str) -> str:
    """Return the key of the uploader or camera itself: another one after each removal, for it keeps its files."""
    count = st.session_state.get(_EMPTIED, {}).get(widget, 0)
    return f"{widget}-{count}" if count else widget


def results_of(widget: str, model: str) -> ModelResults:
    """Return what this model read of what is still there and wanted; what another model read is forgotten."""
    kept: dict[str, ModelResults] = st.session_state.setdefault(_RESULTS, {})
    known = kept.get(widget)
    there = {fingerprint: edits_of(fingerprint).now.area.ways for fingerprint, _ in uploads_of(widget).entries}
    results = known.results if known and known.model == model else {}
    kept[widget] = ModelResults(
        model, {key: result for key, result in results.items() if key.area in there.get(key.fingerprint, ())}
    )
    return kept[widget]


def edits_of(picture: str) -> EditHistory:
    """Return the edits of the picture or drawing of that name, to be changed in place; they last as the session."""
    return st.session_state.setdefault(_EDITS, {}).setdefault(picture, EditHistory())


def picked_of(reading: str) -> Box | None:
    """Return the box of the digit that is picked in the reading of that name; None where none is yet."""
    return st.session_state.setdefault(_PICKED, {}).get(reading)


def pick(reading: str, box: Box) -> None:
    """Pick the digit of that box in the reading of that name."""
    st.session_state.setdefault(_PICKED, {})[reading] = box
