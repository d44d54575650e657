"""Lessons that train networks: the guess, the runs as one group, their curves while they train, what came of them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from core.charts.curves import Curve, Metric, View, learning_curves_json
from core.lessons.lesson import Guess, Lesson
from core.lessons.lesson_runs import LessonRuns, file_lesson_runs, lesson_time, read_lesson_runs
from core.lessons.progress import LessonProgress
from core.networks.safe_loading import ModelError
from core.runs.queue_view import read_queue
from core.runs.schema import RunError, error_reason
from core.runs.view import RunView
from pages.widgets.components.chart import chart
from pages.widgets.learn import guess, state
from pages.widgets.shared import active_run, messages, workspace
from pages.widgets.shared.durations import describe_range
from pages.widgets.shared.run_group import cancel_button, file_group
from pages.widgets.shared.text import escape_markdown
from pages.widgets.train.watchers import live_interval_s

_CHARTS_PX = {1: 420, 2: 250}
"""The height of each chart, by how many there are."""

_SHARED = "Others who take this lesson now watch the same runs: for them they stop, too."
_NOT_MEASURED = "The runs have ended, but what they measured is missing. Start over to run the lesson again."


@dataclass(frozen=True)
class Training:
    """A lesson's `outcome` of its runs (by arm) in sentences, the metrics that are drawn while they train.

    `show_end` shows another picture in place of the curves when all of them have ended.
    """

    outcome: Callable[[Mapping[str, RunView], Guess], tuple[str, ...]]
    metrics: tuple[Metric, ...]
    show_end: Callable[[Mapping[str, RunView]], None] | None = None


def show_training(training: Training, lesson: Lesson, known: LessonProgress) -> None:
    """Show the lesson: on the left the guess and what came out, on the right the curves."""
    left, right = st.columns([5, 7], gap="medium")
    with left:
        guess.introduce(lesson)
        if known.guess is None:
            _ask(lesson)
    if known.guess is None:
        right.markdown(f":gray[{lesson.look_for}]")
        return
    runs = _read(lesson, known)
    with left:
        guess.show(lesson, known.guess)
        try:
            sentences = training.outcome(runs.views, known.guess) if runs.is_whole else ()
            with right:
                _show_picture(training, lesson, known, runs)
        except (RunError, ModelError, OSError) as error:
            st.error(f"This cannot be shown: {escape_markdown(error_reason(error))}", icon=":material/error:")
            return
        _show_outcome(lesson, runs, sentences)


def _ask(lesson: Lesson) -> None:
    store = workspace.store()
    expected = lesson_time(lesson, store)
    networks = "one network" if len(lesson.arms) == 1 else f"{len(lesson.arms)} networks, one after the other"
    made = guess.ask(lesson, f"Trains {networks}: {describe_range(expected.low_s, expected.high_s)} on this machine.")
    filed: list[str] = []
    if made is not None and file_group(store, lambda: filed.extend(file_lesson_runs(lesson, store))):
        state.begin(lesson.name, made, tuple(filed))
        st.rerun(scope="app")


def _read(lesson: Lesson, known: LessonProgress) -> LessonRuns:
    """Return the lesson's runs as they are now; of their metrics only new lines are read."""
    metrics = state.METRICS.get()
    runs = read_lesson_runs(lesson, workspace.store(), known.runs, metrics)
    state.METRICS.set(metrics | {view.id: view.metrics for view in runs.views.values()})
    return runs


def _show_outcome(lesson: Lesson, runs: LessonRuns, sentences: tuple[str, ...]) -> None:
    for problem in runs.problems:
        st.warning(escape_markdown(problem), icon=":material/warning:")
    if sentences:
        guess.explain(lesson, sentences)
    elif runs.is_whole:
        st.error(_NOT_MEASURED, icon=":material/error:")
    elif runs.is_busy:
        st.markdown(f"**What to look for.** {lesson.look_for}")
        cancel_button("Cancel", f"cancel-{lesson.name}", [view.run for view in runs.views.values()], _SHARED)


def _show_picture(training: Training, lesson: Lesson, known: LessonProgress, runs: LessonRuns) -> None:
    if runs.is_busy:
        interval_s = live_interval_s(time.monotonic())
        st.fragment(_show_live, run_every=interval_s)(training, lesson, known, interval_s)
    elif training.show_end and runs.is_whole:
        training.show_end(runs.views)
    elif any(view.rows for view in runs.views.values()):
        _show_curves(training, lesson, runs)


def _show_live(training: Training, lesson: Lesson, known: LessonProgress, interval_s: float) -> None:
    """Show how far the runs are; the more sessions watch, the less often each is drawn."""
    runs, queue = _read(lesson, known), read_queue(workspace.store())
    if not runs.is_busy or live_interval_s(time.monotonic()) != interval_s:
        st.rerun(scope="app")
    share, words = runs.progress()
    waits_for = queue.starts_after(next(iter(runs.views.values())).id)
    st.progress(share, f"Starts when {escape_markdown(waits_for)} ends" if waits_for else words)
    active_run.show_where_paused(queue, lesson.name)
    _show_curves(training, lesson, runs)
    messages.show()


def _show_curves(training: Training, lesson: Lesson, runs: LessonRuns) -> None:
    curves = [Curve(arm, view.rows) for arm, view in runs.views.items()]
    epochs = max(view.epochs for view in runs.views.values())
    for metric in training.metrics:
        alt = f"Line chart of the {metric} by epoch: {', '.join(runs.views)}"
        figure = learning_curves_json(curves, metric, View(), epochs)
        chart(figure, f"lesson-{lesson.name}-{metric}", alt, _CHARTS_PX[len(training.metrics)])
