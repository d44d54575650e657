"""What the teacher of a class has sent to all, above each page, with a button that leads to it."""

from collections.abc import Mapping

import streamlit as st

from core.lessons.catalogue import LESSONS
from core.people.noticeboard import Notice, NoticeKind, read_noticeboard
from pages.widgets.shared import workspace
from pages.widgets.shared.session import SessionKey
from pages.widgets.shared.text import escape_markdown

_READ = SessionKey[float]("notice_read", 0.0)
"""When the notice that was put aside had been sent."""


def stamp() -> str:
    """Return what changes with what the teacher sends."""
    return repr(read_noticeboard(workspace.machine_store().root))


def show() -> None:
    """Show the notice that was sent last, until it is followed or put aside."""
    notice = read_noticeboard(workspace.machine_store().root).notice
    if notice is None or notice.sent <= _READ.get():
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="class-notice"):
        text = f" · {escape_markdown(notice.text)}" if notice.text else ""
        st.markdown(f"**From your teacher** · {_words(notice)}{text}".replace(" ·  · ", " · "), width="stretch")
        if notice.kind is not NoticeKind.TEXT:
            page, query = _target(notice)
            st.button("Open it", type="primary", key="open-notice", on_click=_read, args=(notice,))
            if st.session_state.get("open-notice"):
                st.switch_page(page, query_params=query)
        st.button("Put aside", key="put-aside", on_click=_read, args=(notice,))


def _read(notice: Notice) -> None:
    _READ.set(notice.sent)


def _words(notice: Notice) -> str:
    if notice.kind is NoticeKind.LESSON:
        return f"a lesson: {escape_markdown(LESSONS[notice.lesson].title)}"
    return "a recipe to train" if notice.kind is NoticeKind.RECIPE else ""


def _target(notice: Notice) -> tuple[str, Mapping[str, str]]:
    if notice.kind is NoticeKind.LESSON:
        return "pages/learn.py", {"lesson": notice.lesson}
    return "pages/train.py", notice.recipe or {}
