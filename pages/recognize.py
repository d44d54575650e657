"""Draw or upload digits, and see what the network reads, how sure it is, and what it saw."""

import streamlit as st

from core import pictures
from core.pictures import PictureError, open_picture
from core.thumbnails import thumbnail
from pages.widgets import canvas, chart, digit, house, models

_MOST_BYTES = 400 * 1024**2
_CARDS_A_PAGE = 12
_SUFFIXES = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif", "heic", "heif"]
_NOTHING_DRAWN = "Nothing to read yet: draw a digit from 0 to 9."


def page():
    """The page from top to bottom."""
    chart.load_plotly()
    source, model = st.columns([2, 3], vertical_alignment="bottom")
    with model:
        model_id = models.choose_model()
    with source:
        way = st.segmented_control(
            "Read digits that you", ["draw", "upload"], format_func=str.capitalize, default="draw", key="way",
            required=True, persist_state="session",
        )  # fmt: skip
    if way == "upload":
        _upload(model_id)
    else:
        _draw(model_id)


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
        "Pictures of one digit each", type=_SUFFIXES, accept_multiple_files=True, key="pictures",
        help="PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC; dark on light or light on dark. At most "
        f"{pictures.MAX_BYTES // 1024**2} MB and {pictures.MAX_PIXELS // 10**6} megapixels each, 400 MB together.",
    )  # fmt: skip
    if not files:
        st.info("Nothing to read yet: choose one picture or several.", icon=":material/image:")
        return
    if sum(file.size for file in files) > _MOST_BYTES:
        st.error("These pictures have more than 400 MB together; remove some.", icon=":material/error:")
        return
    answers = _read_files(files, model_id)
    _table(files, answers)
    _cards(files, answers)


def _read_files(files, model_id):
    """What was read of each file, as (reading, sentence, thumbnail); each file is read once by each model."""
    known = st.session_state.setdefault("answers", {})
    keys = [(file.file_id, model_id) for file in files]
    new = [(file, key) for file, key in zip(files, keys, strict=True) if key not in known]
    if new:
        reader = models.load_model(model_id)
        progress = st.progress(0.0, "Reading …")
        for done, (file, key) in enumerate(new, 1):
            known[key] = _read_file(reader, file)
            progress.progress(done / len(new), f"Read {done} of {len(new)}")
        progress.empty()
    st.session_state.answers = {key: known[key] for key in keys}
    return list(st.session_state.answers.values())


def _read_file(reader, file):
    try:
        picture = open_picture(file.getvalue(), file.name)
        reading = reader.read(picture, single=True)
        sentence = "" if reading.digits else "Nothing to read: no ink was found in this picture."
        return reading, sentence, thumbnail(picture, 168)
    except PictureError as error:
        return None, str(error), None


def _table(files, answers):
    found = [reading.digits[0] if reading and reading.digits else None for reading, _, _ in answers]
    rows = {
        "file": [file.name for file in files],
        "digit": [str(each.label) if each else "" for each in found],
        "confidence": [float(each.confidence) if each else None for each in found],
        "note": [sentence for _, sentence, _ in answers],
    }
    st.dataframe(
        rows,
        hide_index=True,
        column_config={"confidence": st.column_config.NumberColumn(format="percent"), "note": {"width": "large"}},
    )
    st.download_button(
        "Download as CSV", _csv(rows), "digits.csv", "text/csv", icon=":material/download:", on_click="ignore"
    )


def _csv(rows):
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows)
    writer.writerows(zip(*rows.values(), strict=True))
    return text.getvalue().encode("utf-8-sig")


def _cards(files, answers):
    pages = -(-len(files) // _CARDS_A_PAGE)
    first = (st.pagination(pages) - 1) * _CARDS_A_PAGE if pages > 1 else 0
    shown = list(zip(files, answers, strict=True))[first : first + _CARDS_A_PAGE]
    for row in range(0, len(shown), 2):
        for column, (file, (reading, sentence, small)) in zip(st.columns(2), shown[row : row + 2], strict=False):
            with column, st.container(border=True, height="stretch"):
                _card(file, reading, sentence, small)


def _card(file, reading, sentence, small):
    st.markdown(f"**{_plain(file.name)}**")
    if sentence:
        st.warning(sentence, icon=":material/warning:")
    if small is None:
        return
    picture, seen, read = st.columns([2, 2, 3])
    picture.image(small, width=120, alt=f"The picture {file.name}")
    picture.markdown(":small[Your picture]")
    if not reading.digits:
        return
    found = reading.digits[0]
    with seen:
        digit.seen(found, 120)
    with read:
        digit.answer(found, file.file_id, "", small=True)
    digit.bars(found, file.file_id, 220)


def _plain(name):
    """The name with Markdown's signs taken literally."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>$~:^" else sign for sign in name)


house.enter_by_the_door()
page()
