"""Draw, upload or photograph digits, and see what the network reads, how sure it is, and what it saw."""

import streamlit as st

from core import pictures
from core.answers import MOST_BYTES, read_file
from pages.widgets import answers, canvas, chart, digit, house, models

_SUFFIXES = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif", "heic", "heif"]
_LIMITS = (
    "PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC; dark on light or light on dark. At most "
    f"{pictures.MAX_BYTES // 1024**2} MB and {pictures.MAX_PIXELS // 10**6} megapixels each, "
    f"{MOST_BYTES // 1024**2} MB together."
)
_NOTHING_DRAWN = "Nothing to read yet: draw a digit from 0 to 9."


def page():
    """The page from top to bottom."""
    chart.load_plotly()
    source, model = st.columns([2, 3], vertical_alignment="bottom")
    with model:
        model_id = models.choose_model()
    with source:
        way = st.radio(
            "Read digits that you", list(_WAYS), format_func=str.capitalize, horizontal=True, key="way",
            persist_state="session",
        )  # fmt: skip
    _WAYS[way](model_id)


@st.fragment
def _draw(model_id):
    drawing, reading, probabilities = st.columns([300, 200, 420], gap="large")
    with drawing:
        st.markdown("**Draw a digit**")
        strokes = canvas.canvas()
    read = models.load_model(model_id).read_strokes(strokes, single=True) if strokes else None
    found = read.digits[0] if read and read.digits else None
    with reading:
        st.markdown("**The network reads**")
        digit.answer(found, "drawn", _NOTHING_DRAWN)
        digit.seen(found, 168)
    with probabilities:
        st.markdown("**How likely each digit is**")
        digit.bars(found, "drawn", 340)
        with st.expander("The bars as a table"):
            digit.numbers(found)


def _upload(model_id):
    files = st.file_uploader(
        "Pictures of one digit each", type=_SUFFIXES, accept_multiple_files=True, key="pictures", help=_LIMITS
    )
    if not files:
        st.info("Nothing to read yet: choose one picture or several.", icon=":material/image:")
    elif sum(file.size for file in files) > MOST_BYTES:
        limit = f"These pictures have more than {MOST_BYTES // 1024**2} MB together; remove some."
        st.error(limit, icon=":material/error:")
    else:
        found = _read(files, model_id)
        answers.show_table(found)
        answers.show_cards(found)


def _photograph(model_id):
    photo = st.camera_input("One digit, as large as the picture allows", key="photo")
    if photo:
        answers.show_cards(_read([photo], model_id))
    else:
        # A browser hands its camera to pages of this machine or over HTTPS only.
        st.info(
            "Nothing to read yet: take a photo. If the browser offers no camera here, choose Upload: a phone's "
            "file chooser offers its camera too.",
            icon=":material/photo_camera:",
        )


_WAYS = {"draw": _draw, "upload": _upload, "photograph": _photograph}


def _read(files, model_id):
    """The answer to each file; a file is read once by each model, and forgotten when it is removed."""
    known = st.session_state.get("answers", {})
    keys = [(file.file_id, model_id) for file in files]
    new = [(file, key) for file, key in zip(files, keys, strict=True) if key not in known]
    if new:
        reader = models.load_model(model_id)
        progress = st.progress(0.0, "Reading …")
        for done, (file, key) in enumerate(new, 1):
            known[key] = read_file(reader, file.getvalue(), file.name)
            progress.progress(done / len(new), f"Read {done} of {len(new)}")
        progress.empty()
    st.session_state.answers = {key: known[key] for key in keys}
    return list(st.session_state.answers.values())


house.enter_by_the_door()
page()
