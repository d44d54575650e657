"""The controls of a run: pause, resume, stop, more epochs, another learning rate; and its place in the queue."""

import streamlit as st

from core.config.train_config import FIELD_SPECS
from core.runs.commands import CommandName
from core.runs.plan import MAX_EPOCHS
from core.runs.queue_view import Queue
from core.runs.schema import RunState
from core.runs.view import RunView
from pages.widgets.shared import active_run
from pages.widgets.shared.press import once
from pages.widgets.shared.run_commands import command_button, send, value_key
from pages.widgets.shared.text import escape_markdown

_RATE = FIELD_SPECS["learning_rate"]


def show(view: RunView) -> None:
    """Show what can be done to the run in the state it is in.

    The controls are drawn from left to right: what the last drawing left behind is removed only when this one has
    ended, and must not move a button under a mouse that is pressed already.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if view.state is RunState.QUEUED:
            command_button(view.run, "Cancel", CommandName.STOP, ":material/stop:")
        elif view.state in (RunState.RUNNING, RunState.PAUSED):
            _pause_or_resume(view)
            _stop_menu(view)
            _change_menu(view)
        elif view.status.is_final:
            _resume_or_extend(view)
            if view.has_model:
                _use_button(view)


def halt_text(view: RunView) -> str:
    """Return what is said, behind its progress, of a run that is halted or about to be, or ''."""
    if view.state is RunState.PAUSED:
        return "nothing is computed while it is paused"
    if view.state is RunState.RUNNING and view.halt is CommandName.STOP_AFTER_EPOCH:
        return "stops when this epoch is over"
    return ""


def show_queue(queue: Queue, shown: str) -> None:
    """Show which run the others wait for, and the runs that wait; `shown` is the id of the run on the page.

    Each can be put first or cancelled, by buttons that stay in place (see `show`); the shown one is cancelled above. In
    a class, those of other people stand among them without a name and without buttons.
    """
    if queue.active and queue.active.run.id != shown and active_run.show(queue, "queue"):
        st.rerun(scope="app")
    if queue.waiting:
        held = ", until this run is resumed or stopped" if _is_held_by(queue, shown) else ""
        st.markdown(f"**Queue**: {len(queue.waiting)} waiting{held}")
    for place, entry in enumerate(queue.waiting, 1):
        is_shown, title = entry.run.id == shown, f"{place}. {escape_markdown(entry.title)}"
        if not entry.is_own:
            st.markdown(title)
            continue
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"waiting-{entry.run.id}"):
            if not is_shown:
                command_button(entry.run, "Cancel", CommandName.STOP, ":material/close:")
            st.markdown(f"**{title}** (this one)" if is_shown else title, width="stretch")
            if any(each.is_own for each in queue.waiting[: place - 1]):
                command_button(entry.run, "Put first", CommandName.FIRST, ":material/vertical_align_top:")


def _is_held_by(queue: Queue, run_id: str) -> bool:
    return queue.state is RunState.PAUSED and queue.active is not None and queue.active.run.id == run_id


def _pause_or_resume(view: RunView) -> None:
    if view.state is RunState.PAUSED:
        help_text = "Paused, a run keeps its memory and its place: what is in the queue waits."
        command_button(view.run, "Resume", CommandName.RESUME, ":material/play_arrow:", help_text)
    else:
        command_button(view.run, "Pause", CommandName.PAUSE, ":material/pause:")


def _stop_menu(view: RunView) -> None:
    with st.popover("Stop", icon=":material/stop:", key=f"stops-{view.id}"):
        help_text = "Keeps the newest whole epoch. Resume goes on from there."
        command_button(view.run, "Stop now", CommandName.STOP, None, help_text)
        if view.halt is CommandName.STOP_AFTER_EPOCH:
            command_button(view.run, "Do not stop after this epoch", CommandName.RESUME)
        else:
            help_text = "Keeps all that was learned."
            command_button(view.run, "Stop after this epoch", CommandName.STOP_AFTER_EPOCH, None, help_text)


def _change_menu(view: RunView) -> None:
    with st.popover("Change", icon=":material/tune:", key=f"changes-{view.id}"):
        _extend_field(view, "Extend the run", (CommandName.EXTEND,))
        st.number_input(
            "Learning rate",
            _RATE.low,
            _RATE.high,
            view.learning_rate,
            step=0.0005,
            format="%.5g",
            key=value_key(CommandName.RATE, view.run),
            help="Takes effect with the next step and stays until the end, whatever the schedule.",
        )
        command_button(view.run, "Train at this rate", CommandName.RATE)


def _resume_or_extend(view: RunView) -> None:
    if view.state != RunState.FINISHED:
        help_text = "Goes on from the newest whole epoch."
        command_button(view.run, "Resume", CommandName.RESUME, ":material/play_arrow:", help_text)
        return
    if view.is_imported:
        return
    with st.popover("Train further", icon=":material/add:", key=f"further-{view.id}"):
        _extend_field(view, "Train further", (CommandName.EXTEND, CommandName.RESUME))


def _extend_field(view: RunView, label: str, commands: tuple[CommandName, ...]) -> None:
    most = MAX_EPOCHS - view.epochs
    if most < 1:
        st.markdown(f"A run has {MAX_EPOCHS} epochs at most.")
        return
    st.number_input(
        "More epochs",
        1,
        most,
        min(5, most),
        key=value_key(CommandName.EXTEND, view.run),
        help="What is left of the schedule is spread over all epochs that are left. Where it has run out, the last "
        "rate stays.",
    )
    st.button(label, key=f"{label}-{view.id}", on_click=once(send, view.run, *commands))


def _use_button(view: RunView) -> None:
    label = "Read digits with this model" if view.config.dataset.is_digits else "Read with this model"
    if st.button(label, key=f"use-{view.id}", icon=":material/draw:"):
        st.switch_page("pages/recognize.py", query_params={"model": view.id})
