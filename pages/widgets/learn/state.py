"""The Learn page's values: which lesson is open, and the visitor's progress, kept beyond the session."""

from dataclasses import replace

import streamlit as st

from core.lessons.catalogue import LESSONS
from core.lessons.lesson import Guess
from core.lessons.progress import NO_PROGRESS, LessonProgress, ProgressFile
from core.runs.metrics_schema import Metrics
from core.storage.os_errors import error_text
from pages.widgets.shared import messages, workspace
from pages.widgets.shared.session import SessionKey
from pages.widgets.shared.text import escape_markdown
from pages.widgets.shared.visitor import visitor_id

NOTES = "notes"
"""What stands in the address in place of a lesson where all teacher's notes are shown."""

METRICS = SessionKey[dict[str, Metrics]]("lesson_metrics", {})
"""The metrics of the lessons' runs, by run id, of which only new lines are read."""

INVERTED = SessionKey[tuple[tuple[int, int], ...]]("lesson_inverted", ())
"""The pixels (row, column) that were inverted by hand."""

_PARAMETER = "lesson"
_LAST = SessionKey[str]("last_lesson", "")
_UNSAVED = SessionKey[dict[str, LessonProgress]]("unsaved_progress", {})
"""Progress that could not be written into the file: it lasts as long as the session."""


def open_lesson() -> tuple[str, str | None]:
    """Return the name of the lesson that the address asks for, and what it asks for in vain, None where it does not.

    Without one, it is the lesson that was open last, or the first that is not done.
    """
    asked = st.query_params.get(_PARAMETER)
    if asked == NOTES:
        return NOTES, None
    name = asked if asked in LESSONS else last_lesson()
    _LAST.set(name)
    if asked is None:
        st.query_params[_PARAMETER] = name
    return name, None if name == asked else asked


def last_lesson() -> str:
    """Return the name of the lesson that was open last, or of the first that is not done."""
    return _LAST.get() or _first_open()


def go_to(name: str) -> None:
    """Open a lesson, or the notes, at the next drawing of the page; for a callback."""
    st.query_params[_PARAMETER] = name


def progress() -> dict[str, LessonProgress]:
    """Return the visitor's progress by the lesson's name."""
    return ProgressFile(workspace.store().root).read(visitor_id()) | _UNSAVED.get()


def progress_in(lesson: str) -> LessonProgress:
    """Return the visitor's progress in one lesson."""
    return progress().get(lesson, NO_PROGRESS)


def own_runs() -> list[str]:
    """Return the ids of the runs of all lessons that the visitor has taken."""
    return [run for each in progress().values() for run in each.runs]


def begin(lesson: str, guess: Guess, runs: tuple[str, ...] = ()) -> None:
    """Keep the guess in a lesson, and the runs that will answer it."""
    _change(lesson, guess=guess, runs=runs)


def finish(lesson: str) -> None:
    """Keep that a lesson is done."""
    _change(lesson, is_done=True)


def start_over(lesson: str) -> None:
    """Forget the guess and the runs of a lesson, so that it can be taken again; that it was done stays."""
    _change(lesson, guess=None, runs=())


def _change(lesson: str, **changes: object) -> None:
    unsaved, now = dict(_UNSAVED.get()), progress_in(lesson)
    try:
        ProgressFile(workspace.store().root).change(visitor_id(), lesson, **changes)
        unsaved.pop(lesson, None)
    except OSError as error:
        if lesson not in unsaved:
            messages.add_problem(f"Your progress is kept for this visit only: {escape_markdown(error_text(error))}")
        unsaved[lesson] = replace(now, **changes)
    _UNSAVED.set(unsaved)


def _first_open() -> str:
    known = progress()
    return next((name for name in LESSONS if not known.get(name, NO_PROGRESS).is_done), next(iter(LESSONS)))
