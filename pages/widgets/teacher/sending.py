"""A message, a lesson or a recipe for all in the class."""

from pathlib import Path

import streamlit as st

from core.lessons.catalogue import LESSONS
from core.people import PeopleError
from core.people.noticeboard import (
    MAX_TEXT,
    Notice,
    NoticeKind,
    read_noticeboard,
    send_lesson,
    send_recipe,
    send_text,
    take_back,
)
from core.storage.os_errors import error_text
from pages.widgets.shared import messages
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown
from pages.widgets.teacher.state import PROBLEM

_KINDS = {NoticeKind.TEXT: "Message", NoticeKind.LESSON: "Lesson", NoticeKind.RECIPE: "Recipe"}
_TEXT_KEY, _LESSON_KEY, _LINK_KEY = "sent_text", "sent_lesson", "sent_link"


def show(root: Path) -> None:
    """Show what is sent to all now, and the form that sends something else in its place."""
    notice = read_noticeboard(root).notice
    if notice:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"All see now: {_describe(notice)}", width="stretch")
            st.button("Take back", key="take-back", icon=":material/undo:", on_click=once(_take_back, root))
    kind = st.radio(
        "What",
        list(_KINDS),
        format_func=_KINDS.__getitem__,
        horizontal=True,
        key="sent_kind",
        label_visibility="collapsed",
    )
    if kind is NoticeKind.LESSON:
        st.selectbox("Lesson", list(LESSONS), format_func=lambda name: LESSONS[name].title, key=_LESSON_KEY)
    elif kind is NoticeKind.RECIPE:
        st.text_input("The recipe's link, from the Train page under Link", key=_LINK_KEY, max_chars=8000)
    st.text_input("Text" if kind is NoticeKind.TEXT else "Text (may be empty)", key=_TEXT_KEY, max_chars=MAX_TEXT)
    if problem := PROBLEM.pop():
        st.error(escape_markdown(problem), icon=":material/error:")
    st.button("Send to all", icon=":material/send:", key="send-all", on_click=once(_send, root, NoticeKind(kind)))


def _send(root: Path, kind: NoticeKind) -> None:
    text = st.session_state.get(_TEXT_KEY, "")
    try:
        if kind is NoticeKind.TEXT:
            send_text(root, text)
        elif kind is NoticeKind.LESSON:
            send_lesson(root, st.session_state.get(_LESSON_KEY, ""), text)
        else:
            send_recipe(root, st.session_state.get(_LINK_KEY, ""), text)
        messages.add("Sent. All see it within ten seconds.")
    except (PeopleError, OSError) as error:
        PROBLEM.set(error_text(error))


def _take_back(root: Path) -> None:
    try:
        take_back(root)
        messages.add("Taken back. It is gone from all pages within ten seconds.")
    except OSError as error:
        PROBLEM.set(error_text(error))


def _describe(notice: Notice) -> str:
    words = {
        NoticeKind.TEXT: "",
        NoticeKind.LESSON: f"the lesson “{LESSONS[notice.lesson].title}”" if notice.lesson else "",
        NoticeKind.RECIPE: "a recipe",
    }[notice.kind]
    return " · ".join(filter(None, [escape_markdown(words), escape_markdown(notice.text)]))
