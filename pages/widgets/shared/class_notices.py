"""The notice that the teacher of a class has sent to all, above each page, with a button that leads to it."""

from collections.abc import Mapping

import streamlit as st

from core.lessons.catalogue import LESSONS
from core.people.noticeboard import Notice, NoticeKind, read_noticeboard
from pages.widgets.shared import workspace
from pages.widgets.shared.session import SessionKey
from pages.widgets.shared.text import escape_markdown

_READ = SessionKey[float]("notice_read", 0.0)
"""When the notice that was put aside had been sent."""

_FOLLOWED = SessionKey[Notice | None]("notice_followed", None)
"""The notice whose button was pressed a moment ago."""


def stamp() -> str:
    """Return what changes with what the teacher sends."""
    return repr(read_noticeboard(workspace.machine_store().root))


def show() -> None:
    """Show the notice that was sent last, until it is followed or put aside."""
    if followed := _FOLLOWED.pop():
        page, query = _target(followed)
        st.switch_page(page, query_params=query)
    notice = read_noticeboard(workspace.machine_store().root).notice
    with st.container(key="class-notices"):  # always there: what follows keeps its place
        if notice and notice.sent > _READ.get():
            _show(notice)


def _show(notice: Notice) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="class-notice"):
        words = ("**From your teacher**", _words(notice), escape_markdown(notice.text))
        st.markdown(" · ".join(filter(None, words)), width="stretch")
        if notice.kind is not NoticeKind.TEXT:
            st.button("Open it", key="open-notice", icon=":material/open_in_new:", on_click=_open, args=(notice,))
        st.button("Put aside", key="put-aside", on_click=_read, args=(notice,))


def _open(notice: Notice) -> None:
    _FOLLOWED.set(notice)
    _read(notice)


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
