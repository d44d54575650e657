"""Draw, upload or photograph digits, and see what the network reads, how sure it is, and what it saw."""

import streamlit as st

from core.pictures import decoding
from core.pictures.uploads import MAX_PICTURES
from core.preprocessing.naive_resize import resize_naively
from core.recognition.results import MAX_TOTAL_BYTES, display_steps, read_drawing
from pages.widgets.components import canvas, chart
from pages.widgets.recognize import camera, digit, number, results, uploads
from pages.widgets.recognize.steps import steps
from pages.widgets.shared import app_shell, models, text

_TYPES = ["image/*", "heic", "heif", "zip"]  # image/* makes a phone offer its camera
_LIMITS = (
    "PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC, or ZIPs of them; dark on light or light on dark. At most "
    f"{MAX_PICTURES} pictures, {decoding.MAX_BYTES // 1024**2} MB and {decoding.MAX_PIXELS // 10**6} megapixels "
    f"each, a ZIP at most {st.get_option('server.maxUploadSize')} MB, {MAX_TOTAL_BYTES // 1024**2} MB together. A phone "
    "offers its camera too."
)
_NOTHING_DRAWN = "Nothing to read yet: draw a digit from 0 to 9."
_NO_NUMBER = "Nothing to read yet: draw a number, its digits side by side."
_WHAT = {True: "One digit", False: "A number or a page"}


def page():
    """The page from top to bottom."""
    source, kind, model = st.columns([3, 3, 4], vertical_alignment="bottom")
    with model:
        model_id = models.choose_model()
    with source:
        way = st.radio(
            "Read digits that you",
            list(_WAYS),
            format_func=str.capitalize,
            horizontal=True,
            key="way",
            persist_state="session",
            label_visibility="collapsed",
        )
    with kind:
        single = st.radio(
            "What to read",
            list(_WHAT),
            format_func=_WHAT.get,
            horizontal=True,
            key="single",
            persist_state="session",
            label_visibility="collapsed",
        )
    _WAYS[way](model_id, single)
    chart.load_plotly()


def _draw(model_id, single):
    (_draw_digit if single else _draw_number)(model_id)


@st.fragment
def _draw_digit(model_id):
    drawing, reading, probabilities = st.columns([300, 200, 420], gap="medium")
    with drawing:
        st.markdown("**Draw a digit**")
        drawn = canvas.canvas()
    read = models.load_model(model_id).read_strokes(drawn.strokes, single=True) if drawn.strokes else None
    found = read.digits[0] if read and read.digits else None
    with reading:
        digit.reading(found, "drawn", _NOTHING_DRAWN)
    with probabilities:
        digit.probabilities(found, "drawn")
    if found:
        steps(lambda: display_steps(read.steps), lambda: resize_naively(drawn.picture()), found, model_id)


@st.fragment
def _draw_number(model_id):
    drawing, reading = st.columns([64, 44], gap="large")
    with drawing:
        st.markdown("**Draw a number**")
        drawn = canvas.wide_canvas()
    if not drawn or not drawn.strokes:
        reading.markdown("**The network reads**")
        reading.markdown(_NO_NUMBER)
        return
    answer = read_drawing(models.load_model(model_id), drawn)
    name = f"{models.version_of(model_id)}-{drawn.fingerprint()}"
    with reading:
        if answer.digits:
            number.show_text(answer, name)
        else:
            st.info(answer.note)
    if answer.digits:
        with drawing:
            number.show_picture(answer, name)
        with reading:
            number.show_picked(answer, name)
    steps(lambda: answer.steps)


def _upload(model_id, single):
    files = st.file_uploader(
        "Pictures of one digit each, or a ZIP of them" if single else "Pictures of numbers or pages, or a ZIP of them",
        type=_TYPES,
        accept_multiple_files=True,
        key="pictures",
        help=_LIMITS,
        on_change=uploads.store,
        args=["pictures"],
    )
    if sum(file.size for file in files) > MAX_TOTAL_BYTES:
        limit = f"These pictures have more than {MAX_TOTAL_BYTES // 1024**2} MB together; remove some."
        st.error(limit, icon=":material/error:")
    elif not uploads.stored("pictures"):
        st.info("Nothing to read yet: choose one picture or several.", icon=":material/image:")
    else:
        if not files:
            _offer_to_forget("pictures", "These pictures are still here from before.")
        _answers("pictures", model_id, single)


def _photograph(model_id, single):
    if not camera.is_here():
        _upload(model_id, single)
        return
    wanted = "One digit, as large as the picture allows" if single else "A number or a page, as large as it fits"
    photo = st.camera_input(wanted, key="photo", on_change=uploads.store, args=["photo"], width=560)
    if not uploads.stored("photo"):
        st.info("Nothing to read yet: take a photo.", icon=":material/photo_camera:")
        return
    if not photo:
        _offer_to_forget("photo", "This photo is still here from before.")
    _answers("photo", model_id, single)


def _offer_to_forget(widget, words):
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words)
        st.button("Remove", icon=":material/delete:", on_click=uploads.forget, args=[widget], key=f"forget_{widget}")


@st.fragment
def _answers(widget, model_id, single):
    for remark in uploads.remarks(widget):
        st.markdown(f":small[{text.escape_markdown(remark)}]")
    results.show(uploads.read(widget, model_id, single), model_id, single)


_WAYS = {"draw": _draw, "upload": _upload, "photograph": _photograph}


app_shell.require_navigation()
page()
