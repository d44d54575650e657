"""Labelling many digits: pictures are read, and the least certain ones asked first."""

import streamlit as st

from core.config.dataset_spec import DIGITS
from core.config.percent import probability_percent
from core.config.train_config import READER
from core.corrections import Classes, CorrectionError, CorrectionStore, Source
from core.corrections.places import place_in_picture
from core.pictures.display import data_url, encode, enlarge
from core.pictures.uploads import MAX_PICTURES, decode_sent_name, expand_uploads
from core.recognition import ModelError, ReadingView
from core.recognition.corrections import CorrectedDigit
from core.recognition.edits import EditHistory
from core.recognition.kept_corrections import ReadBy, correct_picture
from core.recognition.results import fingerprint, read_entries
from core.runs.schema import RunError
from core.storage.os_errors import error_text
from pages.widgets.components.label_queue import BACK, SKIP, QueueItem, label_queue
from pages.widgets.shared import messages, models, upload_quota, workspace
from pages.widgets.shared.text import escape_markdown
from pages.widgets.teach.learning import learners
from pages.widgets.teach.state import QUEUE, QUEUE_DONE, QUEUE_NUMBER, Key, Queued

_AHEAD = 40
_IMAGE_PX = 140
_MAX_NOTES = 3  # on files that are not opened
_WHAT = {True: "One digit each", False: "Numbers or pages"}


def show(store: CorrectionStore, classes: Classes) -> None:
    """Show the uploader, and the queue of what was sent: the least certain digit first."""
    st.markdown(
        "Send pictures, or a ZIP of them. They are read, and you say what each digit is: the least certain come first. "
        f"At most {MAX_PICTURES:,} pictures at a time; on a page there may be hundreds of digits."
    )
    if classes == DIGITS:
        st.radio(
            "What is on a picture",
            list(_WHAT),
            format_func=lambda single: _WHAT[single],
            horizontal=True,
            key=Key.SINGLE,
            on_change=_read,
            args=[classes],
            label_visibility="collapsed",
        )
    files = st.file_uploader(
        "Pictures of digits, or a ZIP of them",
        accept_multiple_files=True,
        key=Key.UPLOADER,
        on_change=_read,
        args=[classes],
        label_visibility="collapsed",
    )
    upload_quota.show(files)
    if (waiting := QUEUE.get()) and _digit(waiting[0]).digit.class_names == classes:
        _ask(store, classes)


@st.fragment
def _ask(store: CorrectionStore, classes: Classes) -> None:
    queue, done = QUEUE.get(), QUEUE_DONE.get()
    items = [_item(each) for each in queue[done : done + _AHEAD]]

    def on_label(place: str, label: str) -> bool:
        return _label(store, place, label)

    label_queue(str(QUEUE_NUMBER.get()), items, done, len(queue), on_label, classes)
    messages.show()


def _item(queued: Queued) -> QueueItem:
    digit = _digit(queued)
    guess = f"Perhaps {digit.digit.name}, {probability_percent(digit.digit.confidence, 0)}"
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
        store.delete_at(place_in_picture(queued.picture, digit.box, digit.digit.class_names))
    elif label != SKIP and label in digit.digit.class_names:
        read_by = ReadBy(queued.model, models.name_of(queued.model))
        store.add(correct_picture(_view(queued), digit, label, read_by, queued.picture, Source.QUEUE))


def _read(classes: Classes) -> None:
    """Read what the uploader holds, and put its digits into the queue; called when that changes."""
    files = upload_quota.held(st.session_state[Key.UPLOADER] or [])
    entries = expand_uploads((decode_sent_name(file.name), file.getvalue()) for file in files)
    unread = [entry for entry in entries if entry.unpack is None]
    names = [fingerprint(entry) if entry.unpack else "" for entry in entries]  # the same one for a copy
    pictures = {name: entry for name, entry in zip(names, entries, strict=True) if name}
    single = classes != DIGITS or bool(st.session_state.get(Key.SINGLE, True))
    model_id = _reader_of(classes)
    try:
        reader = models.open_model(model_id)
    except (ModelError, RunError, OSError) as error:
        reason = escape_markdown(error_text(error))
        messages.add_problem(f"The model that this app reads with cannot be used: {reason} Choose another one above.")
        return
    results = list(zip(pictures, read_entries(reader, pictures.values(), single), strict=True))
    found = [Queued(name, result, number, model_id) for name, result in results for number in range(len(result.digits))]
    QUEUE.set(tuple(sorted(found, key=lambda each: each.result.digits[each.number].confidence)))
    QUEUE_DONE.set(0)
    QUEUE_NUMBER.set(QUEUE_NUMBER.get() + 1)
    read = {name for name, result in results if result.digits}
    if left_out := sum(bool(name) and name not in read for name in names):
        messages.add_problem(f"Left out, for no digit could be read in them: {left_out:,} of the files.")
    for entry in unread[-_MAX_NOTES:]:  # the last one says how many pictures are too many
        messages.add_problem(escape_markdown(f"{entry.name}: {entry.note}"))


def _reader_of(classes: Classes) -> str:
    """Return the id of the model that reads: this installation's where it knows these classes, else the newest."""
    names = learners(workspace.store(), classes)
    chosen = models.default_id()
    if chosen in names or (classes == DIGITS and models.dataset_of(chosen).is_digits):
        return chosen
    newest = next(iter(names), READER)
    return models.RELEASED_ID if newest == READER else newest
