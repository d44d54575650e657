"""A run while it trains: its progress, its curves, and the queue behind it."""

import time
from collections.abc import Iterator
from contextlib import suppress

import streamlit as st

from core.charts.curves import Curve
from core.config.dataset_spec import MNIST
from core.runs.damage import find_damage
from core.runs.queue_view import Queue, read_queue
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.runs.state_cache import busy_run
from core.runs.store import RunStore
from core.runs.view import RunView
from pages.widgets.shared import messages, report
from pages.widgets.shared.durations import describe_duration
from pages.widgets.shared.idle_interval import idle_interval_s
from pages.widgets.shared.run_badge import show_state
from pages.widgets.shared.shown_run import IS_PICKED, SHOWN_RUN, show_run
from pages.widgets.shared.text import escape_markdown
from pages.widgets.train import curves, history, live_curves, run_changes, run_controls, snapshot_map, watchers
from pages.widgets.train.state import DRAWN_WITH_PAGE, LAST_BUSY

_IDLE_INTERVAL_S = 2.0
_FIRST_POINT_S, _FIRST_POINT_INTERVAL_S = 0.25, 0.02


def choose_run(store: RunStore) -> Run | None:
    """Return the run to show: the chosen one, else the one that trains, else the newest; None where there is none."""
    return next((run for run in _candidates(store) if not find_damage(run)), None)


def reads_digits(run: Run) -> bool:
    """Return whether the run learns digits; so is one whose config cannot be read."""
    try:
        return run.config().dataset.is_digits
    except RunError:
        return True


def _candidates(store: RunStore) -> Iterator[Run]:
    """Yield the runs that may be shown; the first sound one is, so most are never read."""
    with suppress(RunError):
        yield store.get(SHOWN_RUN.get() or "")
    if busy := busy_run(store):
        yield busy
    yield from store.all()


def watch(store: RunStore, run: Run | None) -> None:
    """Show the run and keep it up to date: several times a second while something trains, else where it has changed.

    Each drawing takes time from the training: the more sessions watch, the less often each is drawn.
    """
    seen = run_changes.seen_now(store, run)  # before the run is drawn: what changes meanwhile is then noticed
    busy = seen.busy
    if LAST_BUSY.get() == "":
        LAST_BUSY.set(busy)
    if run and not _has_ended(run):
        SHOWN_RUN.set(run.id)  # it is shown when it has ended, too
    live = bool(busy or (run and (history.is_replayed(run) or not _has_ended(run))))
    interval_s = watchers.live_interval_s(time.monotonic())
    DRAWN_WITH_PAGE.set(True)
    st.fragment(_watch, run_every=interval_s if live else None)(store, run, interval_s if live else None)
    if not live:
        every_s = idle_interval_s(_IDLE_INTERVAL_S, len(store.all()))
        st.fragment(run_changes.redraw_where_changed, run_every=every_s)(store, run, seen)


def _watch(store: RunStore, run: Run | None, interval_before_s: float | None) -> None:
    if not DRAWN_WITH_PAGE.pop():
        _await_first_point(run)
    busy = run_changes.busy_id(store)
    follows = busy is not None and _follows(run)
    if busy != LAST_BUSY.get() or (follows and _is_cancelled(run)):
        LAST_BUSY.set(busy)
        if follows:
            show_run(busy)
        st.rerun(scope="app")
    interval_s = watchers.live_interval_s(time.monotonic())
    if interval_before_s and interval_s != interval_before_s:
        st.rerun(scope="app")
    messages.show()
    if run is None:
        st.info("No run yet. Press Train: a few seconds later the curves begin to move.", icon=":material/info:")
        return
    queue = read_queue(store)
    head, queue_of_waiting, figures = st.container(), st.container(), st.container()
    try:
        view = live_curves.read_view(run, interval_s)
        with head:
            _show(view, queue)
        with figures:
            _figures(store, view)
    except RunError as error:
        st.error(f"Run {escape_markdown(run.id)}: {escape_markdown(str(error))}", icon=":material/error:")
    with queue_of_waiting if queue.place(run.id) else st.container():  # a run that waits has few figures to look at
        run_controls.show_queue(queue, run.id)


def _await_first_point(run: Run | None) -> None:
    """Wait a moment for the first point of a run that has begun: it is drawn when it comes, not one drawing later."""
    until = time.monotonic() + _FIRST_POINT_S
    with suppress(RunError):
        while run and not run.has_metrics and time.monotonic() < until and run.status().state is RunState.RUNNING:
            time.sleep(_FIRST_POINT_INTERVAL_S)


def _follows(shown: Run | None) -> bool:
    """Return whether what begins to train is shown in place of the run that is shown.

    It is not where that run was picked on purpose, has not ended, or was stopped by somebody who now looks at it.
    """
    if IS_PICKED.get():
        return False
    return shown is None or (_has_ended(shown) and (not _is_stopped(shown) or _is_cancelled(shown)))


def _is_stopped(run: Run) -> bool:
    with suppress(RunError):
        return run.status().state is RunState.STOPPED
    return False


def _is_cancelled(run: Run | None) -> bool:
    """Return whether the run was stopped before its first step: there is nothing to look at."""
    return run is not None and not run.has_metrics and _is_stopped(run)


def _has_ended(run: Run) -> bool:
    """Return whether nothing more will happen to the run; nothing does to one that is deleted or damaged."""
    try:
        return run.status().is_final
    except RunError:
        return True


def _show(view: RunView, queue: Queue) -> None:
    _head(view, queue.is_starting(view.id))
    report.show_result(view)
    last = view.last_row
    text = " · ".join(filter(None, [_progress_text(view, queue), run_controls.halt_text(view), _result_text(view)]))
    st.progress(min(1.0, last.epoch / view.epochs) if last else 0.0, text)
    if view.status.error:
        st.error(escape_markdown(view.status.error), icon=":material/error:")
    if view.metrics_note:
        st.info(escape_markdown(view.metrics_note), icon=":material/content_cut:")


def _figures(store: RunStore, view: RunView) -> None:
    """Show the curves and what the network reads, now or at the moment that the slider below them is at."""
    figures, digits = st.container(), st.container()
    slider, settings = st.columns([6, 1], vertical_alignment="bottom")
    with settings:
        chosen, beside = curves.choose_view(store, view.run)
    with slider:
        moment = history.choose_moment(view)
    curve = Curve(view.title, moment.rows, view.marks_up_to(moment.rows))
    with figures:
        curves.show(view, curve, chosen, beside, watchers.live_interval_s(time.monotonic()))
    with digits:
        history.show_probe_digits(view, moment)
    expander = st.expander("First layer and confusions", key=f"sees-{view.id}", on_change="rerun")
    if expander.open:
        with expander:
            history.show_network(view, moment)
    if view.config.dataset.is_digits:
        snapshot_map.show(view, moment.snapshot)
    curves.show_more(view, curve, chosen)


def _head(view: RunView, is_starting: bool) -> None:
    name, state, act = st.columns([3, 1, 4], vertical_alignment="center")
    name.markdown(f"**{escape_markdown(view.title)}**")
    with state:
        show_state(view.state, is_starting)
    with act:
        run_controls.show(view)


def _progress_text(view: RunView, queue: Queue) -> str:
    last = view.last_row
    if view.state is RunState.QUEUED:
        if queue.is_starting(view.id):
            return "Starting …"
        before = queue.starts_after(view.id)
        return f"Starts when {escape_markdown(before)} ends" if before else "Starts soon"
    if last is None:
        if view.state is RunState.PAUSED:
            return "Before the first step"
        ended = view.status.is_final
        if view.status.note and not ended:  # what a run on a cluster waits for
            return f"{view.status.note[0].upper()}{view.status.note[1:]}"
        return "Ended before the first step" if ended else "Loading TensorFlow and the images …"
    text = f"epoch {last.epoch:.1f} of {view.epochs}"
    if view.status.is_final or view.state is RunState.PAUSED:
        return f"{text} · {describe_duration(last.elapsed_s)}"
    left_s = last.elapsed_s / last.epoch * (view.epochs - last.epoch)
    return f"{text} · {last.images_per_s:,.0f} images/s · {describe_duration(left_s)} left"


def _result_text(view: RunView) -> str:
    if view.state != RunState.FINISHED or view.report is None:
        return ""
    label = view.config.accuracy_label
    words = [f"{label[0].lower()}{label[1:]} {view.report.accuracy_text}"]
    is_fast = view.config.dataset == MNIST and view.report.accuracy >= 0.99
    words += [f"99 % in {view.status.train_s:.0f} s"] if is_fast else []
    return " · ".join([*words, *([view.status.note] if view.status.note else [])])
