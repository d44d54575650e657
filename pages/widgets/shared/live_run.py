"""A run as it learns: its progress, its curves, and the queue behind it."""

import math
import time
import uuid
from contextlib import suppress

import streamlit as st

from core.charts.curves import Curve
from core.runs.index import run_summaries
from core.runs.run import Metrics, Run, RunError, RunStore, find_damage
from core.runs.state_cache import busy_run
from pages.widgets.shared import curves, run_controls, snapshots
from pages.widgets.shared.text import disambiguate, escape_markdown

_LIVE_LOOK_S = 0.3
_IDLE_LOOK_S = 2.0
_FIRST_POINT_S, _FIRST_POINT_LOOK_S = 0.25, 0.02
_FEW, _AWAY_S = 1.5, 8.0  # so many look as often as they like; who has not looked for at least so long is gone
_looks: dict[str, float] = {}  # of each session of this server, when it last looked
STATES = {
    "queued": (":material/hourglass_empty:", "gray"),
    "running": (":material/model_training:", "blue"),
    "paused": (":material/pause:", "orange"),
    "stopping": (":material/stop_circle:", "orange"),
    "stopped": (":material/stop_circle:", "gray"),
    "finished": (":material/check_circle:", "green"),
    "failed": (":material/error:", "red"),
    "damaged": (":material/broken_image:", "red"),
}


def in_words(seconds: float) -> str:
    """Return a duration as a person says it: 8 s, 2 min 10 s."""
    seconds = max(0, round(seconds))
    return f"{seconds} s" if seconds < 90 else f"{seconds // 60} min {seconds % 60} s"


def show_run(run_id: str | None) -> None:
    """Turn to this run at the next drawing of the page; None: to the one that trains, or the newest."""
    st.session_state.shown_run = run_id


def choose_run(store: RunStore) -> Run | None:
    """Return the run to show: the chosen one, else the one that trains, else the newest; None where there is none."""
    return next((run for run in _candidates(store) if not find_damage(run)), None)


def _candidates(store):
    """The runs that may be shown, the first sound one of them will be: most are never looked at."""
    with suppress(RunError):
        yield store.get(st.session_state.get("shown_run") or "")
    if busy := busy_run(store):
        yield busy
    yield from store.all()


def _busy_id(store):
    busy = busy_run(store)
    return busy and busy.id


def watch(store: RunStore, run: Run | None) -> None:
    """Show the run and keep it up to date: several times a second while something trains, else now and then.

    Each look takes from the training: the more people look, the less often each of them does.
    """
    busy = _busy_id(store)
    moving = busy or (run and (snapshots.is_playing(run) or not _has_ended(run)))
    live_look_s = _live_look_s(time.monotonic())
    every = live_look_s if moving else _IDLE_LOOK_S
    st.session_state.drawn_with_page = True
    st.fragment(_watch, run_every=every)(store, run, busy, every if moving else None)


def _watch(store, run, busy_before, live_look_s):
    if not st.session_state.pop("drawn_with_page", False):
        _await_first_point(run)
    busy = _busy_id(store)
    if busy != busy_before:
        _turn_to(busy, run)
        st.rerun(scope="app")
    look_s = _live_look_s(time.monotonic())
    if live_look_s and look_s != live_look_s:
        st.rerun(scope="app")
    if run is None:
        st.info("No run yet. Press Train: a few seconds later the curves begin to move.", icon=":material/info:")
        return
    try:
        _run_view(store, run)
    except RunError as error:
        st.error(f"Run {escape_markdown(run.id)}: {escape_markdown(str(error))}", icon=":material/error:")
    run_controls.queue(store, run)


def _live_look_s(now):
    """How often this session looks at what moves: twice as seldom for each doubling of those who look.

    Who looks while nothing moves counts too: when a run begins, all know how many they are.
    """
    _looks[st.session_state.setdefault("looks_as", uuid.uuid4().hex)] = now
    away_s = max(_AWAY_S, 2 * _interval_s(len(_looks)))
    for session in [session for session, looked in list(_looks.items()) if now - looked > away_s]:
        _looks.pop(session, None)
    return _interval_s(len(_looks))


def _interval_s(lookers):
    return _LIVE_LOOK_S * 2 ** max(0, math.ceil(math.log2(lookers / _FEW)))


def _await_first_point(run):
    """Wait a moment for the first point of a run that has begun: it is drawn when it comes, not at the look after."""
    until = time.monotonic() + _FIRST_POINT_S
    with suppress(RunError):
        while run and not run.has_metrics and run.status().state == "running" and time.monotonic() < until:
            time.sleep(_FIRST_POINT_LOOK_S)


def _turn_to(busy, shown):
    """What begins to train is shown, unless somebody looks at another run on purpose or at one that still waits."""
    if busy and not st.session_state.get("looks_back") and (shown is None or _has_ended(shown)):
        show_run(busy)


def _has_ended(run):
    """Whether nothing more will happen to the run; nothing does to one that is deleted or damaged."""
    try:
        return run.status().is_final
    except RunError:
        return True


def _run_view(store, run):
    status, config = run.status(), run.config()
    epochs = run_controls.epochs_of(run, config)
    metrics = _metrics(run)
    last = metrics.rows[-1] if metrics.rows else None
    _head(run, status, config)
    words = [_progress_words(status, epochs, last), run_controls.halt_words(run, status)]
    if status.state == "finished":
        words.append(_result_words(status, run.report()["accuracy"]))
    st.progress(min(1.0, last["epoch"] / epochs) if last else 0.0, " · ".join(filter(None, words)))
    if status.error:
        st.error(escape_markdown(status.error), icon=":material/error:")
    _look(store, run, metrics.rows, epochs)


def _look(store, run, rows, epochs):
    """The curves and what the network sees, now or at the moment that the slider below them is at."""
    figures, digits = st.container(), st.container()
    slider, view = st.columns([6, 1], vertical_alignment="bottom")
    with view:
        way, beside = curves.choose_view(store, run)
    with slider:
        then, seen = snapshots.moment(run, rows)
    curve = Curve(run.title(), then, _marks(run, rows, then))
    with figures:
        curves.show(run, curve, way, beside, epochs)
    with digits:
        snapshots.handwriting(run, then, seen)
    fold = st.expander(
        "What it sees: the first layer's weights, and what it takes for what", key=f"sees-{run.id}", on_change="rerun"
    )
    if fold.open:
        with fold:
            snapshots.sees(run, seen)
    curves.show_more(run, curve, way, epochs)


def _marks(run, rows, then):
    """What was done to the run, up to the moment that is looked at."""
    last = then[-1]["step"] if then else 0
    return [mark for mark in run.marks() if len(then) == len(rows) or mark["step"] <= last]


def _result_words(status, accuracy):
    words = [f"test accuracy {accuracy:.2%}"]
    words += [f"99 % in {status.train_s:.0f} s"] if accuracy >= 0.99 else []
    return " · ".join([*words, *([status.note] if status.note else [])])


def _head(run, status, config):
    name, state, act = st.columns([3, 1, 4], vertical_alignment="center")
    name.markdown(f"**{escape_markdown(run.title())}**")
    icon, colour = STATES[status.state]
    state.badge(status.state, icon=icon, color=colour)
    with act:
        run_controls.controls(run, status, config)


def _progress_words(status, epochs, last):
    if status.state == "queued":
        return "Waiting for its turn"
    if last is None:
        if status.state == "paused":
            return "Before the first step"
        return "Loading TensorFlow and the images …" if not status.is_final else "Ended before the first step"
    words = f"epoch {last['epoch']:.1f} of {epochs}"
    if status.is_final or status.state == "paused":
        return f"{words} · {in_words(last['elapsed_s'])}"
    left = last["elapsed_s"] / last["epoch"] * (epochs - last["epoch"])
    return f"{words} · {last['images_per_s']:,.0f} images/s · {in_words(left)} left"


def _metrics(run):
    """The run's rows so far; only what is new is read."""
    shown, known = st.session_state.get("metrics", (None, None))
    metrics = run.metrics(known if shown == run.id else Metrics())
    st.session_state.metrics = run.id, metrics
    return metrics


def list_runs(store: RunStore) -> None:
    """Show, behind a fold, all runs in a table, damaged ones with what is wrong with them, and a field to turn to one.

    What is in the fold is made when it is opened: it takes a look at every run.
    """
    count = len(store.all())
    if not count:
        return
    with st.expander(f"All runs ({count})", key="all-runs", on_change="rerun") as fold:
        if not fold.open:
            return
        runs = run_summaries(store)
        names = disambiguate({each.id: each.title for each in runs if each.state != "damaged"})
        st.selectbox(
            "Show the run",
            list(names),
            format_func=names.get,
            index=None,
            key="looks_back",
            on_change=_turn,
            persist_state="session",
        )
        st.dataframe(
            [_row(each) for each in runs],
            hide_index=True,
            column_config={
                "test accuracy": st.column_config.NumberColumn(format="percent"),
            },
        )


def _turn():
    show_run(st.session_state.looks_back)


def _row(run):
    return {
        "run": run.title,
        "state": run.state,
        "test accuracy": run.test_accuracy,
        "epochs": run.epochs or None,
        "seconds": run.train_s and round(run.train_s, 1),
        "note": run.note,
    }
