"""A run as it learns: its progress, its curves, and the queue behind it."""

import streamlit as st

from core.runs import Metrics, Run, RunError, RunStore, damage_of
from pages.widgets import curves, steer, watching

_LIVE_LOOK_S = 0.3
_IDLE_LOOK_S = 2.0
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
    sound = {run.id: run for run in store.all() if not damage_of(run)}
    wanted = st.session_state.get("shown_run")
    if wanted not in sound:
        busy = busy_run(store)
        wanted = busy if busy in sound else next(iter(sound), None)
    return sound.get(wanted)


def busy_run(store: RunStore) -> str | None:
    """Return the id of the run that trains now, or else of the next in the queue."""
    for run in store.all():
        try:
            if run.status().is_live:
                return run.id
        except RunError:
            continue
    return next((run.id for run in store.queue()), None)


def watch(store: RunStore, run: Run | None) -> None:
    """Show the run and keep it up to date: several times a second while something trains, else now and then."""
    busy = busy_run(store)
    moving = busy or (run and (watching.is_playing(run) or not run.status().is_final))
    every = _LIVE_LOOK_S if moving else _IDLE_LOOK_S
    st.fragment(_watch, run_every=every)(store, run, busy)


def _watch(store, run, busy_before):
    busy = busy_run(store)
    if busy != busy_before:
        _turn_to(busy, run)
        st.rerun(scope="app")
    if run is None:
        st.info("No run yet. Press Train: a few seconds later the curves begin to move.", icon=":material/info:")
        return
    try:
        _run_view(store, run)
    except RunError as error:
        st.error(f"Run {run.id}: {error}", icon=":material/error:")
    steer.queue(store, run)


def _turn_to(busy, shown):
    """What begins to train is shown, unless somebody looks at another run on purpose or at one that still waits."""
    if busy and not st.session_state.get("looks_back") and (shown is None or shown.status().is_final):
        show_run(busy)


def _run_view(store, run):
    status, config = run.status(), run.config()
    epochs = steer.epochs_of(run, config)
    metrics = _metrics(run)
    last = metrics.rows[-1] if metrics.rows else None
    _head(run, status, config)
    words = _progress_words(status, epochs, last)
    if status.state == "finished":
        words += f" · {_result_words(status, run.report()['accuracy'])}"
    st.progress(min(1.0, last["epoch"] / epochs) if last else 0.0, words)
    if halted := steer.halt_words(run, status):
        st.info(halted, icon=":material/pause:")
    if status.error:
        st.error(status.error, icon=":material/error:")
    _look(store, run, metrics.rows, epochs)


def _look(store, run, rows, epochs):
    """The curves and what the network sees, now or at the moment that the slider below them is at."""
    figures, digits = st.container(), st.container()
    slider, view = st.columns([6, 1], vertical_alignment="bottom")
    with view:
        way, beside = curves.choose_view(store, run)
    with slider:
        rows, seen = watching.moment(run, rows)
    with figures:
        curves.show(run, rows, way, beside, epochs)
    with digits:
        st.markdown("**Ten digits**, read while it learns")
        watching.handwriting(run, rows, seen)
    fold = st.expander(
        "What it sees: the first layer's weights, and what it takes for what", key=f"sees-{run.id}", on_change="rerun"
    )
    if fold.open:
        with fold:
            watching.sees(run, seen)
    curves.show_more(run, rows, way, epochs)


def _result_words(status, accuracy):
    words = [f"test accuracy {accuracy:.2%}"]
    words += [f"99 % in {status.train_s:.0f} s"] if accuracy >= 0.99 else []
    return " · ".join([*words, *([status.note] if status.note else [])])


def _head(run, status, config):
    name, state, act = st.columns([3, 1, 4], vertical_alignment="center")
    name.markdown(f"**{run.title()}**")
    icon, colour = STATES[status.state]
    state.badge(status.state, icon=icon, color=colour)
    with act:
        steer.controls(run, status, config)


def _progress_words(status, epochs, last):
    if status.state == "queued":
        return "Waiting for its turn"
    if last is None:
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
    """Show all runs in a table, damaged ones with what is wrong with them, and a field to turn to one."""
    runs = store.all()
    if not runs:
        return
    with st.expander(f"All runs ({len(runs)})"):
        names = {run.id: run.title() for run in runs if not damage_of(run)}
        st.selectbox("Show the run", list(names), format_func=names.get, index=None, key="looks_back", on_change=_turn)
        st.dataframe([_row(run) for run in runs], hide_index=True, column_config={
            "test accuracy": st.column_config.NumberColumn(format="percent"),
        })  # fmt: skip


def _turn():
    show_run(st.session_state.looks_back)


def _row(run):
    damage = damage_of(run)
    if damage:
        return {"run": run.id, "state": "damaged", "note": damage}
    status, test = run.status(), run.report()
    return {
        "run": run.title(),
        "state": status.state,
        "test accuracy": test["accuracy"] if test else None,
        "epochs": run.config().epochs,
        "seconds": round(status.train_s, 1) or None,
        "note": status.error,
    }
