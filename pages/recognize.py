"""Draw, upload or photograph digits, and see what the network reads, how sure it is, and what it saw."""

import streamlit as st

from core.pictures import decoding
from core.pictures.uploads import MAX_PICTURES
from core.preprocessing.canvas_drawing import Drawing
from core.recognition import ReadingView
from core.recognition.results import MAX_TOTAL_BYTES, read_drawing
from pages.widgets.components import canvas, chart
from pages.widgets.recognize import camera, digit, number, results, state, uploads
from pages.widgets.recognize.state import Key
from pages.widgets.recognize.steps import steps
from pages.widgets.shared import app_shell, models, text

_TYPES = ["image/*", "heic", "heif", "zip"]  # image/* makes a phone offer its camera
_LIMITS = (
    "PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC, or ZIPs of them; dark on light or light on dark. At most "
    f"{MAX_PICTURES} pictures, {decoding.MAX_BYTES // 1024**2} MB and {decoding.MAX_PIXELS // 10**6} megapixels "
    f"each, a ZIP at most {st.get_option('server.maxUploadSize')} MB, {MAX_TOTAL_BYTES // 1024**2} MB together. A "
    "phone offers its camera too."
)
_NOTHING_DRAWN = "Nothing to read yet: draw a digit from 0 to 9."
_NO_NUMBER = "Nothing to read yet: draw a number, its digits side by side."
_WHAT = {True: "One digit", False: "A number or a page"}


def page() -> None:
    """Show the page from top to bottom."""
    source_column, mode_column, model_column = st.columns([3, 3, 4], vertical_alignment="bottom")
    with model_column:
        model_id = models.choose_model()
    with source_column:
        source = st.radio(
            "Read digits that you",
            list(_SOURCES),
            format_func=str.capitalize,
            horizontal=True,
            key=Key.SOURCE,
            persist_state="session",
            label_visibility="collapsed",
        )
    with mode_column:
        single = st.radio(
            "What to read",
            list(_WHAT),
            format_func=lambda single: _WHAT[single],
            horizontal=True,
            key=Key.SINGLE,
            persist_state="session",
            label_visibility="collapsed",
        )
    _SOURCES[source](model_id, single)
    chart.load_plotly()


def _draw(model_id: str, single: bool) -> None:
    (_draw_digit if single else _draw_number)(model_id)


@st.fragment
def _draw_digit(model_id: str) -> None:
    drawing, reading, probabilities = st.columns([300, 200, 420], gap="medium")
    with drawing:
        st.markdown("**Draw a digit**")
        drawn = canvas.canvas()
    view = _view(model_id, drawn, single=True) if drawn.strokes else None
    found = view.digit if view else None
    with reading:
        digit.reading(found, "drawn", view.note if view else _NOTHING_DRAWN)
    with probabilities:
        digit.probabilities(found, "drawn")
    if view and found:
        steps(view, model_id)


@st.fragment
def _draw_number(model_id: str) -> None:
    drawing, reading = st.columns([64, 44], gap="large")
    with drawing:
        st.markdown("**Draw a number**")
        drawn = canvas.wide_canvas()
    if not drawn or not drawn.strokes:
        reading.markdown("**The network reads**")
        reading.markdown(_NO_NUMBER)
        return
    view = _view(model_id, drawn, single=False)
    with reading:
        if view.digits:
            number.show_text(view)
        else:
            st.info(view.note)
    if view.digits:
        with drawing:
            number.show_picture(view)
        with reading:
            number.show_picked(view)
    steps(view, model_id)


def _view(model_id: str, drawn: Drawing, single: bool) -> ReadingView:
    """Return the view of a drawing with at least one stroke, as it is read and corrected."""
    name = f"{models.version_of(model_id)}-{drawn.fingerprint()}"
    result = read_drawing(models.load_model(model_id), drawn, single)
    return ReadingView.of(result, {} if single else state.corrections_of(name), name)


def _upload(model_id: str, single: bool) -> None:
    files = st.file_uploader(
        "Pictures of one digit each, or a ZIP of them" if single else "Pictures of numbers or pages, or a ZIP of them",
        type=_TYPES,
        accept_multiple_files=True,
        key=Key.UPLOADER,
        help=_LIMITS,
        on_change=uploads.store,
        args=[Key.UPLOADER],
    )
    if sum(file.size for file in files) > MAX_TOTAL_BYTES:
        limit = f"These pictures have more than {MAX_TOTAL_BYTES // 1024**2} MB together; remove some."
        st.error(limit, icon=":material/error:")
    elif not state.uploads_of(Key.UPLOADER).entries:
        st.info("Nothing to read yet: choose one picture or several.", icon=":material/image:")
    else:
        if not files:
            _offer_to_forget(Key.UPLOADER, "These pictures are still here from before.")
        _show_results(Key.UPLOADER, model_id, single)


def _photograph(model_id: str, single: bool) -> None:
    if not camera.is_here():
        _upload(model_id, single)
        return
    wanted = "One digit, as large as the picture allows" if single else "A number or a page, as large as it fits"
    photo = st.camera_input(wanted, key=Key.CAMERA, on_change=uploads.store, args=[Key.CAMERA], width=560)
    if not state.uploads_of(Key.CAMERA).entries:
        st.info("Nothing to read yet: take a photo.", icon=":material/photo_camera:")
        return
    if not photo:
        _offer_to_forget(Key.CAMERA, "This photo is still here from before.")
    _show_results(Key.CAMERA, model_id, single)


def _offer_to_forget(widget: str, sentence: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(sentence)
        st.button(
            "Remove", icon=":material/delete:", on_click=state.forget_uploads, args=[widget], key=f"forget_{widget}"
        )


@st.fragment
def _show_results(widget: str, model_id: str, single: bool) -> None:
    for remark in state.uploads_of(widget).remarks:
        st.markdown(f":small[{text.escape_markdown(remark)}]")
    results.show(uploads.read(widget, model_id, single), model_id)


_SOURCES = {"draw": _draw, "upload": _upload, "photograph": _photograph}


app_shell.require_navigation()
page()
