"""A run while it trains: its progress, its curves, and the queue behind it."""

import time
from collections.abc import Iterator
from contextlib import suppress

import streamlit as st

from core.charts.curves import Curve
from core.runs.damage import find_damage
from core.runs.index import RunSummary, run_summaries
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.runs.state_cache import busy_run
from core.runs.store import RunStore
from core.runs.view import RunView
from pages.widgets.shared.durations import describe_duration
from pages.widgets.shared.run_badge import show_state
from pages.widgets.shared.shown_run import SHOWN_RUN, show_run
from pages.widgets.shared.text import disambiguate, escape_markdown
from pages.widgets.train import curves, history, live_curves, run_controls, watchers
from pages.widgets.train.state import DRAWN_WITH_PAGE, PICKED_RUN

_IDLE_INTERVAL_S = 2.0
_FIRST_POINT_S, _FIRST_POINT_INTERVAL_S = 0.25, 0.02


def choose_run(store: RunStore) -> Run | None:
    """Return the run to show: the chosen one, else the one that trains, else the newest; None where there is none."""
    return next((run for run in _candidates(store) if not find_damage(run)), None)


def _candidates(store: RunStore) -> Iterator[Run]:
    """Yield the runs that may be shown; the first sound one is, so most are never read."""
    with suppress(RunError):
        yield store.get(SHOWN_RUN.get() or "")
    if busy := busy_run(store):
        yield busy
    yield from store.all()


def _busy_id(store: RunStore) -> str | None:
    busy = busy_run(store)
    return busy.id if busy else None


def watch(store: RunStore, run: Run | None) -> None:
    """Show the run and keep it up to date: several times a second while something trains, else now and then.

    Each drawing takes time from the training: the more sessions watch, the less often each is drawn.
    """
    busy = _busy_id(store)
    live = bool(busy or (run and (history.is_replayed(run) or not _has_ended(run))))
    interval_s = watchers.live_interval_s(time.monotonic())
    DRAWN_WITH_PAGE.set(True)
    every_s = interval_s if live else _IDLE_INTERVAL_S
    st.fragment(_watch, run_every=every_s)(store, run, busy, interval_s if live else None)


def _watch(store: RunStore, run: Run | None, busy_before: str | None, interval_before_s: float | None) -> None:
    if not DRAWN_WITH_PAGE.pop():
        _await_first_point(run)
    busy = _busy_id(store)
    if busy != busy_before:
        _follow(busy, run)
        st.rerun(scope="app")
    interval_s = watchers.live_interval_s(time.monotonic())
    if interval_before_s and interval_s != interval_before_s:
        st.rerun(scope="app")
    if run is None:
        st.info("No run yet. Press Train: a few seconds later the curves begin to move.", icon=":material/info:")
        return
    try:
        _show(store, live_curves.read_view(run, interval_s))
    except RunError as error:
        st.error(f"Run {escape_markdown(run.id)}: {escape_markdown(str(error))}", icon=":material/error:")
    run_controls.show_queue(store, run)


def _await_first_point(run: Run | None) -> None:
    """Wait a moment for the first point of a run that has begun: it is drawn when it comes, not one drawing later."""
    until = time.monotonic() + _FIRST_POINT_S
    with suppress(RunError):
        while run and not run.has_metrics and time.monotonic() < until and run.status().state is RunState.RUNNING:
            time.sleep(_FIRST_POINT_INTERVAL_S)


def _follow(busy: str | None, shown: Run | None) -> None:
    """Show what begins to train, unless another run was picked on purpose or the one that is shown has not ended."""
    if busy and not PICKED_RUN.get() and (shown is None or _has_ended(shown)):
        show_run(busy)


def _has_ended(run: Run) -> bool:
    """Return whether nothing more will happen to the run; nothing does to one that is deleted or damaged."""
    try:
        return run.status().is_final
    except RunError:
        return True


def _show(store: RunStore, view: RunView) -> None:
    _head(view)
    last = view.last_row
    text = " · ".join(filter(None, [_progress_text(view), run_controls.halt_text(view), _result_text(view)]))
    st.progress(min(1.0, last.epoch / view.epochs) if last else 0.0, text)
    if view.status.error:
        st.error(escape_markdown(view.status.error), icon=":material/error:")
    _figures(store, view)


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
            history.show_network(view, moment.snapshot)
    curves.show_more(view, curve, chosen)


def _head(view: RunView) -> None:
    name, state, act = st.columns([3, 1, 4], vertical_alignment="center")
    name.markdown(f"**{escape_markdown(view.title)}**")
    with state:
        show_state(view.state)
    with act:
        run_controls.show(view)


def _progress_text(view: RunView) -> str:
    last = view.last_row
    if view.state is RunState.QUEUED:
        return "Waiting in the queue"
    if last is None:
        if view.state is RunState.PAUSED:
            return "Before the first step"
        ended = view.status.is_final
        return "Ended before the first step" if ended else "Loading TensorFlow and the images …"
    text = f"epoch {last.epoch:.1f} of {view.epochs}"
    if view.status.is_final or view.state is RunState.PAUSED:
        return f"{text} · {describe_duration(last.elapsed_s)}"
    left_s = last.elapsed_s / last.epoch * (view.epochs - last.epoch)
    return f"{text} · {last.images_per_s:,.0f} images/s · {describe_duration(left_s)} left"


def _result_text(view: RunView) -> str:
    if view.state != RunState.FINISHED or view.report is None:
        return ""
    words = [f"test accuracy {view.report.accuracy:.2%}"]
    words += [f"99 % in {view.status.train_s:.0f} s"] if view.report.accuracy >= 0.99 else []
    return " · ".join([*words, *([view.status.note] if view.status.note else [])])


def list_runs(store: RunStore) -> None:
    """Show, in an expander, all runs in a table, damaged ones with what is wrong with them, and a field to pick one.

    What is in the expander is made when it is opened: it reads every run.
    """
    count = len(store.all())
    if not count:
        return
    with st.expander(f"All runs ({count})", key="all-runs", on_change="rerun") as expander:
        if not expander.open:
            return
        runs = run_summaries(store)
        names = disambiguate({each.id: each.title for each in runs if each.state != RunState.DAMAGED})
        st.selectbox(
            "Show the run",
            list(names),
            format_func=lambda run_id: names.get(run_id, str(run_id)),
            index=None,
            key=PICKED_RUN.name,
            on_change=_show_picked,
            persist_state="session",
        )
        st.dataframe(
            [_row(each) for each in runs],
            hide_index=True,
            column_config={"test accuracy": st.column_config.NumberColumn(format="percent")},
        )


def _show_picked() -> None:
    show_run(PICKED_RUN.get())


def _row(run: RunSummary) -> dict[str, object]:
    return {
        "run": run.title,
        "state": run.state,
        "test accuracy": run.test_accuracy,
        "epochs": run.epochs or None,
        "seconds": run.train_s and round(run.train_s, 1),
        "note": run.note,
    }
