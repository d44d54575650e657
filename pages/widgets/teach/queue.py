"""Labelling many digits: pictures are read, and the least certain ones asked first."""

import streamlit as st

from core.config.percent import probability_percent
from core.corrections import CorrectionError, CorrectionStore, Source
from core.pictures.display import data_url, encode, enlarge
from core.pictures.uploads import MAX_PICTURES, decode_sent_name, expand_uploads
from core.recognition import ModelError, ReadingView
from core.recognition.corrections import CorrectedDigit
from core.recognition.edits import EditHistory
from core.recognition.kept_corrections import ReadBy, correct_picture, place_in_picture
from core.recognition.results import fingerprint, read_entries
from core.runs.schema import RunError
from core.storage.os_errors import error_text
from pages.widgets.components.label_queue import BACK, SKIP, QueueItem, label_queue
from pages.widgets.shared import messages, models, upload_quota
from pages.widgets.shared.text import escape_markdown
from pages.widgets.teach.state import QUEUE, QUEUE_DONE, QUEUE_NUMBER, Key, Queued

_AHEAD = 40
_IMAGE_PX = 140
_WHAT = {True: "One digit each", False: "Numbers or pages"}


def show(store: CorrectionStore) -> None:
    """Show the uploader, and the queue of what was sent: the least certain digit first."""
    st.markdown(
        "Send pictures, or a ZIP of them. They are read, and you say what each digit is: the least certain come first. "
        f"At most {MAX_PICTURES:,} pictures at a time; on a page there may be hundreds of digits."
    )
    st.radio(
        "What is on a picture",
        list(_WHAT),
        format_func=lambda single: _WHAT[single],
        horizontal=True,
        key=Key.SINGLE,
        on_change=_read,
        label_visibility="collapsed",
    )
    files = st.file_uploader(
        "Pictures of digits, or a ZIP of them",
        accept_multiple_files=True,
        key=Key.UPLOADER,
        on_change=_read,
        label_visibility="collapsed",
    )
    upload_quota.show(files)
    if QUEUE.get():
        _ask(store)


@st.fragment
def _ask(store: CorrectionStore) -> None:
    queue, done = QUEUE.get(), QUEUE_DONE.get()
    items = [_item(each) for each in queue[done : done + _AHEAD]]

    def on_label(place: str, label: str) -> bool:
        return _label(store, place, label)

    label_queue(str(QUEUE_NUMBER.get()), items, done, len(queue), on_label)
    messages.show()


def _item(queued: Queued) -> QueueItem:
    digit = _digit(queued)
    guess = f"Perhaps {digit.read_label}, {probability_percent(digit.digit.confidence, 0)}"
    return QueueItem(queued.place, data_url(encode(enlarge(digit.image, _IMAGE_PX))), f"{guess}?")


def _digit(queued: Queued) -> CorrectedDigit:
    return _view(queued).digits[queued.number]


def _view(queued: Queued) -> ReadingView:
    return ReadingView.of(queued.result, EditHistory(), queued.place)


def _label(store: CorrectionStore, place: str, label: str) -> bool:
    """Keep a label and go on, or go back and take the label there back; return whether that could be done.

    Where it could not, the browser is led back to the digit.
    """
    queue = {each.place: (number, each) for number, each in enumerate(QUEUE.get())}
    if place not in queue:
        return True
    number, queued = queue[place]
    try:
        _change(store, queued, label)
    except CorrectionError as error:
        messages.add_problem(escape_markdown(str(error)))
        QUEUE_DONE.set(number)
        QUEUE_NUMBER.set(QUEUE_NUMBER.get() + 1)
        return False
    QUEUE_DONE.set(number if label == BACK else number + 1)
    return True


def _change(store: CorrectionStore, queued: Queued, label: str) -> None:
    """Change what is kept of a digit; raises `CorrectionError`."""
    digit = _digit(queued)
    if label == BACK:
        store.delete_at(place_in_picture(queued.picture, digit.box))
    elif label != SKIP and label in tuple("0123456789"):
        model_id = models.default_id()
        read_by = ReadBy(model_id, models.name_of(model_id))
        store.add(correct_picture(_view(queued), digit, label, read_by, queued.picture, Source.QUEUE))


def _read() -> None:
    """Read what the uploader holds, and put its digits into the queue; called when that changes."""
    files = upload_quota.held(st.session_state[Key.UPLOADER] or [])
    entries = expand_uploads((decode_sent_name(file.name), file.getvalue()) for file in files)
    pictures = {fingerprint(entry): entry for entry in entries if entry.may_be_picture}
    single = bool(st.session_state.get(Key.SINGLE, True))
    try:
        reader = models.open_model(models.default_id())
    except (ModelError, RunError, OSError) as error:
        reason = escape_markdown(error_text(error))
        messages.add_problem(f"The model that this app reads with cannot be used: {reason} Choose another one above.")
        return
    results = list(zip(pictures, read_entries(reader, pictures.values(), single), strict=True))
    found = [Queued(name, result, number) for name, result in results for number in range(len(result.digits))]
    QUEUE.set(tuple(sorted(found, key=lambda each: each.result.digits[each.number].confidence)))
    QUEUE_DONE.set(0)
    QUEUE_NUMBER.set(QUEUE_NUMBER.get() + 1)
    if left_out := len(entries) - sum(bool(result.digits) for _, result in results):
        messages.add_problem(f"{left_out:,} of the files hold no digit that could be read; they are left out.")
