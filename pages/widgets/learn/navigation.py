"""The row of lessons with what is done, and the way to the one before and after."""

import streamlit as st

from core.lessons.catalogue import LESSONS, neighbours, number_of
from core.lessons.lesson import Lesson
from core.lessons.progress import NO_PROGRESS, count_done
from pages.widgets.learn import state

_PILLS = "lesson_pills"


def show(name: str) -> None:
    """Show all lessons in a row, `name` chosen, and how many are done."""
    known = state.progress()
    st.session_state[_PILLS] = name if name in LESSONS else None

    def label(lesson: str) -> str:
        tick = " :material/check:" if known.get(lesson, NO_PROGRESS).is_done else ""
        return f"{number_of(lesson)} {LESSONS[lesson].short}{tick}"

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lesson-row"):
        st.pills(
            "Lessons",
            list(LESSONS),
            format_func=label,
            key=_PILLS,
            on_change=_pick,
            label_visibility="collapsed",
            width="content",
        )
        st.markdown(f":small[{count_done(known)} of {len(LESSONS)} done]", width="content")


def show_title(lesson: Lesson) -> None:
    """Show the lesson's title, and buttons for the one before and after."""
    before, after = neighbours(lesson.name)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lesson-title"):
        st.markdown(f"### {number_of(lesson.name)}. {lesson.title}", width="content")
        st.markdown(f":small[about {lesson.minutes} min]", width="stretch")
        _step("Previous", before, ":material/chevron_left:")
        _step("Next", after, ":material/chevron_right:")


def _step(label: str, name: str | None, icon: str) -> None:
    st.button(
        label,
        key=f"lesson-{label.lower()}",
        icon=icon,
        disabled=name is None,
        help=f"Lesson {number_of(name)}: {LESSONS[name].title}" if name else None,
        on_click=state.go_to,
        args=[name or ""],
    )


def _pick() -> None:
    """Open the lesson that was pressed; one that is pressed again stays open."""
    if name := st.session_state[_PILLS]:
        state.go_to(name)
