"""Lesson 8 on the page: what the network says to letters, and to a drawing of one's own."""

from contextlib import suppress

import streamlit as st

from core.lessons import first_network
from core.lessons.lesson import Lesson
from core.lessons.letters import MarkReading, outcome, read_asked, read_marks
from core.lessons.progress import LessonProgress
from core.networks.safe_loading import ModelError
from core.pictures.display import enlarge
from core.preprocessing.pen_strokes import StrokesError
from core.runs.schema import RunError
from pages.widgets.learn import guess, own_drawing, state
from pages.widgets.shared.models import choose_model, load_model, open_model
from pages.widgets.shared.text import escape_markdown

_PICTURE_PX = 128


def show(lesson: Lesson, known: LessonProgress) -> None:
    """Show the lesson."""
    left, middle, right = st.columns(own_drawing.COLUMNS, gap="small")
    model_id = choose_model(right, also=state.own_runs(), only_digits=True)
    with left:
        guess.introduce(lesson)
        if known.guess is None:
            guess.ask_and_begin(lesson)
    with middle:
        drawn = own_drawing.show()
        st.markdown(":small[Draw whatever you like: a letter, a face, a digit.]")
    if known.guess is None:
        right.markdown(f":gray[{lesson.look_for}]")
        return
    try:
        readings = read_marks(load_model(model_id), drawn)
    except StrokesError as error:
        right.warning(escape_markdown(str(error)), icon=":material/warning:")
        return
    with right:
        _show_readings(readings)
    with left:
        guess.show(lesson, known.guess)
        guess.explain(lesson, outcome(readings, known.guess, _first_network(model_id)))


def _first_network(chosen_id: str) -> MarkReading | None:
    """Return how the visitor's network of lesson 2 reads the letter; None where it cannot, or is the chosen one."""
    run_id = next(iter(state.progress_in(first_network.LESSON.name).runs), chosen_id)
    with suppress(RunError, ModelError, OSError):
        return read_asked(open_model(run_id)) if run_id != chosen_id else None
    return None


def _show_readings(readings: list[MarkReading]) -> None:
    with st.container(horizontal=True, gap="small"):
        for each in readings:
            with st.container(width=_PICTURE_PX, gap="xsmall"):
                alt = f"{each.name}, read as {each.answer}"
                st.image(enlarge(each.image, _PICTURE_PX), width=_PICTURE_PX, alt=alt)
                st.markdown(f"{each.name}  \n**{each.answer}**")
