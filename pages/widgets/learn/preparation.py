"""Lesson 5 on the page: the same digit in four pictures, only made small, and in MNIST form."""

import streamlit as st

from core.lessons.lesson import Lesson
from core.lessons.preparation import Prepared, guess_label, outcome, read_pictures
from core.lessons.progress import LessonProgress
from core.pictures.display import enlarge
from core.preprocessing.pen_strokes import StrokesError
from pages.widgets.learn import guess, own_drawing, state
from pages.widgets.shared.models import choose_model, load_model
from pages.widgets.shared.text import escape_markdown

_PICTURE_PX = 96


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
        reader = load_model(model_id)
        try:
            likely = guess_label(reader, drawn)
        except StrokesError as error:
            right.warning(escape_markdown(str(error)), icon=":material/warning:")
            return
        label = st.selectbox("This digit is a", range(10), index=likely, key=f"prepared-label-{drawn.fingerprint()}")
    if known.guess is None:
        right.markdown(f":gray[{lesson.look_for}]")
        return
    pictures = read_pictures(reader, drawn, label)
    with right:
        _show_row("Only made small", pictures, is_plain=True)
        _show_row("In MNIST form", pictures, is_plain=False)
    with left:
        guess.show(lesson, known.guess)
        guess.explain(lesson, outcome(pictures, known.guess))


def _show_row(title: str, pictures: list[Prepared], is_plain: bool) -> None:
    st.markdown(f"**{title}**")
    with st.container(horizontal=True, gap="xsmall"):
        for each in pictures:
            image = each.plain if is_plain else each.form
            answer = each.plain_answer if is_plain else each.form_answer
            mark = ":green[:material/check:]" if (each.is_plain_right if is_plain else each.is_form_right) else _WRONG
            with st.container(width=_PICTURE_PX, gap="xsmall"):
                st.image(enlarge(image, _PICTURE_PX), width=_PICTURE_PX, alt=f"{title}, {each.name}: read as {answer}")
                st.markdown(f"{mark} {answer}  \n:small[{each.name}]")


_WRONG = ":red[:material/close:]"
