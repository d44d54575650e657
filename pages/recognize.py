"""Draw, upload or photograph digits, and see what the network reads, how sure it is, and what it saw."""

import streamlit as st

from core.config.dataset_spec import DatasetSpec
from core.config.glossary import link_terms
from core.config.server_settings import ServerSettings
from core.datasets.example_drawings import example_drawings
from core.pictures import decoding
from core.pictures.uploads import MAX_PICTURES
from core.preprocessing.canvas_drawing import Drawing
from core.recognition import ReadingView
from core.recognition.edits import EditHistory
from core.recognition.results import read_drawing
from pages.widgets.components import canvas, chart
from pages.widgets.components.boxes import BoxTools
from pages.widgets.components.examples import examples
from pages.widgets.recognize import beside, camera, digit, number, results, state, uploads
from pages.widgets.recognize.state import Key
from pages.widgets.recognize.steps import steps
from pages.widgets.shared import corrections, messages, models, text, upload_quota

_KINDS = (
    f"PDF, PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC of at most {decoding.MAX_BYTES // 1024**2} MB each, or ZIPs of "
    f"them of at most {st.get_option('server.maxUploadSize')} MB."
)
_TOTAL_MB = ServerSettings.from_environment().max_session_upload_mb
_LIMITS = (
    f"Dark on light or light on dark. At most {MAX_PICTURES} pictures or pages, {decoding.MAX_PIXELS // 10**6} "
    f"megapixels each, {_TOTAL_MB} MB together. Each page of a PDF or TIFF, and each frame of a GIF, is read alone. "
    "A phone offers its camera too."
)
_NOTHING_DRAWN = "Nothing to read yet: draw a digit from 0 to 9."
_NOTHING_OF_CLASSES = "Nothing to read yet: draw one."
_MAX_LISTED = 12
_CANVAS_FIRST_MS = 500
_NO_NUMBER = "Nothing to read yet: draw a number, its digits side by side."
_LABELS_HINT = "Click a digit to pick it. A digit typed then corrects it, Delete takes it out, the arrow keys move on."
_WHAT = {True: "One digit", False: "A number or a page"}


def page() -> None:
    """Show the page from top to bottom."""
    masthead = st.container(gap=None, key="masthead")
    model_id = models.choose_model(
        st.container(width=400, key="model-choice"),
        can_compare=lambda chosen: state.is_drawn(can_be_many=models.dataset_of(chosen).is_digits),
    )
    dataset = models.dataset_of(model_id)
    with masthead:
        st.markdown("**Digit Studio**")
        what = "a digit" if dataset.is_digits else "one"
        st.markdown(link_terms(f"Draw {what}, and a neural network reads it."))
    with st.container(horizontal=True, gap="xlarge", key="modes"):
        source = st.radio(
            "Read digits that you",
            list(_SOURCES),
            format_func=str.capitalize,
            horizontal=True,
            key=Key.SOURCE,
            persist_state="session",
            label_visibility="collapsed",
            width="content",
        )
        single = not dataset.is_digits or st.radio(
            "What to read",
            list(_WHAT),
            format_func=lambda single: _WHAT[single],
            horizontal=True,
            key=Key.SINGLE,
            persist_state="session",
            label_visibility="collapsed",
            width="content",
        )
    if not dataset.is_digits:
        st.markdown(
            f":small[This network reads one of {_listed(dataset)} at a time. For numbers and pages, choose a network "
            "that reads digits.]"
        )
    _SOURCES[source](model_id, single)
    chart.load_plotly(_CANVAS_FIRST_MS)


def _listed(dataset: DatasetSpec) -> str:
    """Return the names of the first classes, and how many more there are."""
    shown = text.escape_markdown(", ".join(dataset.class_names[:_MAX_LISTED]))
    more = dataset.num_classes - _MAX_LISTED
    return f"{shown} and {more} more" if more > 0 else shown


def _draw(model_id: str, single: bool) -> None:
    (_draw_digit if single else _draw_number)(model_id)


@st.fragment
def _draw_digit(model_id: str) -> None:
    drawing, reading = st.columns([300, 640], gap="medium")
    dataset = models.dataset_of(model_id)
    with drawing:
        drawn = canvas.canvas(dataset.class_names)
    view = _view(model_id, drawn, single=True) if drawn.strokes else None
    nothing = _NOTHING_DRAWN if dataset.is_digits else _NOTHING_OF_CLASSES
    with reading, digit.result():
        digit.reading(view, "drawn", view.note if view else nothing)
        with digit.part("label"):
            corrections.ask_drawing(view, drawn, model_id, (canvas.DIGIT_CANVAS, canvas.revision()))
        digit.probabilities(view, "drawn", dataset.class_names)
        if dataset.is_digits:
            with digit.part("examples"):
                examples(example_drawings(), canvas.DIGIT_CANVAS)
        digit.evidence(view, dataset.class_names)
    if view and view.digit:
        beside.show(drawn, models.models_beside(model_id))
        steps(view, model_id)
    messages.show()


@st.fragment
def _draw_number(model_id: str) -> None:
    drawing, reading = st.columns([64, 44], gap="large")
    with drawing:
        field = st.container(key="number-drawing")
    with field:
        drawn = canvas.wide_canvas()
    if not drawn or not drawn.strokes:
        reading.markdown("**The network reads**")
        reading.markdown(_NO_NUMBER)
        return
    view = _view(model_id, drawn, single=False)

    def keep() -> None:
        corrections.keep_labels(view, model_id, drawn)

    keep()
    with reading:
        if view.digits:
            number.show_text(view)
        else:
            st.info(view.note)
    if view.digits:
        with field:
            number.show_picture(view, BoxTools.LABELS, keep)
        drawing.markdown(f":small[{_LABELS_HINT}]")
        with reading:
            number.show_picked(view, keep)
    steps(view, model_id)
    messages.show()


def _view(model_id: str, drawn: Drawing, single: bool) -> ReadingView:
    """Return the view of a drawing with at least one stroke, as it is read and corrected."""
    name = f"{models.version_of(model_id)}-{drawn.fingerprint()}"
    load = models.load_digit_reader if single else models.load_model
    result = read_drawing(load(model_id), drawn, single)
    return ReadingView.of(result, EditHistory() if single else state.edits_of(name), name)


def _upload(model_id: str, single: bool) -> None:
    noun = "digit " if models.dataset_of(model_id).is_digits else ""
    # Files of any kind: of one that is no picture, a sentence says what to do.
    files = st.file_uploader(
        f"Pictures of one {noun}each, or a ZIP of them" if single else "Pictures of numbers or pages, or a ZIP of them",
        accept_multiple_files=True,
        key=state.widget_key(Key.UPLOADER),
        help=_LIMITS,
        on_change=uploads.store,
        args=[Key.UPLOADER],
    )
    st.markdown(f":small[{_KINDS}]")
    upload_quota.show(files)
    uploads.offer_removal(Key.UPLOADER, "Remove all", "" if files else "These pictures are still here from before.")
    _show_results(Key.UPLOADER, "Nothing to read yet: choose one picture or several.", model_id, single)


def _photograph(model_id: str, single: bool) -> None:
    if not camera.is_here():
        _upload(model_id, single)
        return
    if not state.uploads_of(Key.CAMERA).entries:  # the photo that was taken stands below, with what was read in it
        one = "One digit" if models.dataset_of(model_id).is_digits else "One"
        wanted = f"{one}, as large as the picture allows" if single else "A number or a page, as large as it fits"
        key = state.widget_key(Key.CAMERA)
        upload_quota.show([st.camera_input(wanted, key=key, on_change=uploads.store, args=[Key.CAMERA], width=560)])
    uploads.offer_removal(Key.CAMERA, "Take another photo", "")
    _show_results(Key.CAMERA, "Nothing to read yet: take a photo.", model_id, single)


@st.fragment
def _show_results(widget: str, nothing: str, model_id: str, single: bool) -> None:
    """Show what was read in what was sent, or `nothing` (a sentence) where nothing was sent."""
    sent = state.uploads_of(widget)
    if not sent.entries:
        st.info(nothing, icon=":material/image:")
        return
    for remark in sent.remarks:
        st.markdown(f":small[{text.escape_markdown(remark)}]")
    results.show(uploads.read(widget, model_id, single), model_id)
    messages.show()


_SOURCES = {state.DRAW: _draw, "upload": _upload, "photograph": _photograph}


page()
