"""The controls of a run: pause, resume, stop, more epochs, another learning rate; and its place in the queue."""

import streamlit as st

from core.config.train_config import FIELD_SPECS, TrainConfig
from core.runs.commands import CommandError
from core.runs.plan import MAX_EPOCHS, TrainingPlan
from core.runs.run import Run, RunStore
from core.runs.schema import RunError, Status
from core.runs.state_cache import waiting_runs
from pages.widgets.shared.text import escape_markdown

_RATE = FIELD_SPECS["learning_rate"]


def epochs_of(run: Run, config: TrainConfig) -> int:
    """Return how many epochs the run has by now: the config's and those it was extended by."""
    return TrainingPlan(config, 1, run.marks()).epochs


def controls(run: Run, status: Status, config: TrainConfig) -> None:
    """Show what can be done to the run in the state it is in.

    From left to right as they are drawn: what the last drawing left behind is cleared away only when this one has
    ended, and must not move a button under a mouse that is pressed already.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if status.state == "queued":
            _button(run, "Cancel", "stop", ":material/stop:")
        elif status.state in ("running", "paused"):
            _pause_or_resume(run, status)
            _stops(run)
            _changes(run, config)
        elif status.is_final:
            _go_on(run, status, config)
            if run.has_model:
                _use(run)


def halt_words(run: Run, status: Status) -> str:
    """Return what is said, behind its progress, of a run that is halted or about to be, or ''."""
    if status.state == "paused":
        return "nothing is computed while it is paused"
    if status.state == "running" and run.halt() == "stop_after_epoch":
        return "stops when this epoch is over"
    return ""


def queue(store: RunStore, shown: Run) -> None:
    """Show the runs that wait; each can be put first or cancelled, by buttons that stay in place (see `controls`)."""
    runs = [run for run in waiting_runs(store) if run.id != shown.id]
    if not runs:
        return
    st.markdown(f"**Queue**: {len(runs)} waiting")
    for place, run in enumerate(runs, 1):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"waiting-{run.id}"):
            _button(run, "Cancel", "stop", ":material/close:")
            st.markdown(f"{place}. {escape_markdown(_title(run))}", width="stretch")
            if place > 1:
                _button(run, "Put first", "first", ":material/vertical_align_top:")


def _title(run):
    try:
        return run.title()
    except RunError:  # its notes are damaged; it is trained all the same
        return run.id


def _pause_or_resume(run, status):
    if status.state == "paused":
        why = "Paused, a run keeps its memory and its turn: what is in the queue waits."
        _button(run, "Resume", "resume", ":material/play_arrow:", why)
    else:
        _button(run, "Pause", "pause", ":material/pause:")


def _stops(run):
    with st.popover("Stop", icon=":material/stop:", key=f"stops-{run.id}"):
        _button(run, "Stop now", "stop", None, "Keeps the newest whole epoch. Resume goes on from there.")
        if run.halt() == "stop_after_epoch":
            _button(run, "Do not stop after this epoch", "resume")
        else:
            _button(run, "Stop after this epoch", "stop_after_epoch", None, "Keeps all that was learned.")


def _changes(run, config):
    with st.popover("Change", icon=":material/tune:", key=f"changes-{run.id}"):
        _extend(run, config, "Extend the run", ("extend",))
        value = next((mark["value"] for mark in reversed(run.marks()) if mark["kind"] == "rate"), config.learning_rate)
        st.number_input(
            "Learning rate",
            _RATE.low,
            _RATE.high,
            value,
            step=0.0005,
            format="%.5g",
            key=f"rate-{run.id}",
            help="Takes effect with the next step and stays until the end, whatever the schedule.",
        )
        _button(run, "Learn at this rate", "rate")


def _go_on(run, status, config):
    if status.state != "finished":
        _button(run, "Resume", "resume", ":material/play_arrow:", "Goes on from the newest whole epoch.")
        return
    if run.is_imported:
        return
    with st.popover("Train further", icon=":material/add:", key=f"further-{run.id}"):
        _extend(run, config, "Train further", ("extend", "resume"))


def _extend(run, config, label, commands):
    most = MAX_EPOCHS - epochs_of(run, config)
    if most < 1:
        st.markdown(f"A run has {MAX_EPOCHS} epochs at most.")
        return
    st.number_input(
        "More epochs",
        1,
        most,
        min(5, most),
        key=f"extend-{run.id}",
        help="What is left of the schedule is spread over all epochs that are left. Where it has run out, the last "
        "rate stays.",
    )
    st.button(label, key=f"{label}-{run.id}", on_click=_send, args=(run, *commands))


def _use(run):
    if st.button("Read digits with this model", key=f"use-{run.id}", icon=":material/draw:"):
        st.switch_page("pages/recognize.py", query_params={"model": run.id})


def _button(run, label, command, icon=None, why=None):
    st.button(label, key=f"{command}-{label}-{run.id}", icon=icon, help=why, on_click=_send, args=(run, command))


def _send(run, *commands):
    """Tell the run these; what a command's field holds goes with it."""
    try:
        for name in commands:
            run.send(name, st.session_state.get(f"{name}-{run.id}"))
    except (CommandError, RunError, OSError) as error:
        st.toast(f"The run cannot be told this: {escape_markdown(str(error))}", icon=":material/error:")
