"""Teacher's notes: those of one lesson below it, and all of them on two pages to print."""

import streamlit as st

from core.lessons.catalogue import LESSONS, number_of
from core.lessons.lesson import Lesson
from pages.widgets.learn import state


def show_below(lesson: Lesson) -> None:
    """Show the notes of a lesson in a fold, with the way to all of them."""
    with st.expander("Teacher's notes", icon=":material/co_present:"):
        st.markdown(_text(lesson))
        st.button("All notes, on two pages to print", icon=":material/print:", on_click=state.go_to, args=[state.NOTES])


def show_all() -> None:
    """Show the notes of all lessons, as they are printed."""
    with st.container(horizontal=True, vertical_alignment="center", key="notes-tools"):
        back = state.last_lesson()
        st.button("Back to the lessons", icon=":material/arrow_back:", on_click=state.go_to, args=[back])
        st.markdown("Print this page with Ctrl and P (⌘ and P on a Mac): two pages, without menus.", width="content")
    st.markdown("#### Teacher's notes on the eight lessons")
    with st.container(key="teacher-notes"):
        for lesson in LESSONS.values():
            st.markdown(f"##### {number_of(lesson.name)}. {lesson.title}\n\n{_text(lesson)}")


def _text(lesson: Lesson) -> str:
    notes = lesson.notes
    questions = "\n".join(f"- {question} *{answer}*" for question, answer in notes.questions)
    return (
        f"About {lesson.minutes} minutes. **Goal.** {notes.goal}\n\n**The guess.** {lesson.guess.label}\n\n**What "
        f"usually happens.** {notes.usually}\n\n**For the class.**\n{questions}\n\n**Pitfall.** {notes.pitfall}"
    )
