"""Lesson 1 on the page: a digit as its 784 numbers, moved, darkened, and changed pixel by pixel."""

import streamlit as st

from core.charts.pixels import pixel_grid
from core.datasets.probe_digits import digit_image
from core.evaluation.predictions import Array
from core.lessons.lesson import Lesson
from core.lessons.pixels import PixelChange, outcome, pixel_view
from core.lessons.progress import LessonProgress
from core.preprocessing.mnist_form import SIDE
from core.preprocessing.pen_strokes import StrokesError
from core.recognition import Recognizer
from pages.widgets.components.chart import chart
from pages.widgets.learn import guess, own_drawing, state
from pages.widgets.shared.models import choose_model, load_model
from pages.widgets.shared.text import escape_markdown

_GRID_PX = 440
_SLIDERS = {"pixel_shift": 0, "pixel_brightness": 100}
"""The sliders' keys, each with the value at which nothing is changed."""


def show(lesson: Lesson, known: LessonProgress) -> None:
    """Show the lesson."""
    left, middle, right = st.columns(own_drawing.COLUMNS, gap="small")
    model_id = choose_model(right, also=state.own_runs(), only_digits=True)
    with left:
        guess.introduce(lesson)
        if known.guess is None:
            guess.ask_and_begin(lesson)
    with middle:
        drawn = own_drawing.show_with_example()
        change = _chosen_change() if known.guess is not None else PixelChange()
    try:
        image = digit_image(drawn.strokes)
    except StrokesError as error:
        right.warning(escape_markdown(str(error)), icon=":material/warning:")
        return
    reader = load_model(model_id)
    with right:
        _show_numbers(reader, image, change, known.guess is not None)
    if known.guess is not None:
        with left:
            guess.show(lesson, known.guess)
            guess.explain(lesson, outcome(reader, image, known.guess))


def _show_numbers(reader: Recognizer, image: Array, change: PixelChange, may_change: bool) -> None:
    view = pixel_view(reader, image, change)
    alt = f"The digit as numbers. {view.numbers}"
    on_click = _invert_clicked if may_change else None
    chart(pixel_grid(view.image), "lesson-pixels", alt, _GRID_PX, clickable=may_change, on_click=on_click)
    st.markdown(" ".join(filter(None, [view.change or view.numbers, view.reading])))


def _chosen_change() -> PixelChange:
    for key, unchanged in _SLIDERS.items():
        st.session_state.setdefault(key, unchanged)
    with st.container(horizontal=True, gap="small"):
        shift = st.slider("To the right, pixels", -6, 6, key="pixel_shift", width=140)
        brightness = st.slider("Brightness, %", 0, 100, key="pixel_brightness", step=5, width=140)
    with st.container(horizontal=True, gap="small"):
        with st.popover("One pixel", icon=":material/grid_on:", help="Or click a pixel in the picture"):
            row = st.number_input("Row", 0, SIDE - 1, 14, key="pixel_row")
            column = st.number_input("Column", 0, SIDE - 1, 14, key="pixel_column")
            st.button("Invert it", on_click=_invert, args=[row, column], key="pixel_invert")
        st.button("Reset", icon=":material/restart_alt:", on_click=_reset, key="pixel_reset")
    return PixelChange(shift, brightness / 100, state.INVERTED.get())


def _invert_clicked(point: dict) -> None:
    _invert(point.get("y"), point.get("x"))


def _invert(row: object, column: object) -> None:
    """Invert a pixel, or take that back; what is no pixel is left out."""
    if isinstance(row, int) and isinstance(column, int) and 0 <= row < SIDE and 0 <= column < SIDE:
        pixel, before = (row, column), state.INVERTED.get()
        state.INVERTED.set(tuple(each for each in before if each != pixel) if pixel in before else (*before, pixel))


def _reset() -> None:
    st.session_state.update(_SLIDERS)
    state.INVERTED.set(())
