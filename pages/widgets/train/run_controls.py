"""The controls of a run: pause, resume, stop, more epochs, another learning rate; and its place in the queue."""

import streamlit as st

from core.config.field_spec import ConfigError
from core.config.train_config import FIELD_SPECS
from core.runs.commands import RESUME_COMMANDS, CommandError, CommandName
from core.runs.plan import MAX_EPOCHS
from core.runs.quota import QuotaError, check_queue
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.runs.state_cache import queue_entries
from core.runs.store import RunStore
from core.runs.view import RunView
from core.storage.os_errors import error_text
from pages.widgets.shared.text import escape_markdown

_RATE = FIELD_SPECS["learning_rate"]


def show(view: RunView) -> None:
    """Show what can be done to the run in the state it is in.

    The controls are drawn from left to right: what the last drawing left behind is removed only when this one has
    ended, and must not move a button under a mouse that is pressed already.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if view.state is RunState.QUEUED:
            _command_button(view.run, "Cancel", CommandName.STOP, ":material/stop:")
        elif view.state in (RunState.RUNNING, RunState.PAUSED):
            _pause_or_resume(view)
            _stop_menu(view)
            _change_menu(view)
        elif view.status.is_final:
            _resume_or_extend(view)
            if view.has_model:
                _use_button(view.run)


def halt_text(view: RunView) -> str:
    """Return what is said, behind its progress, of a run that is halted or about to be, or ''."""
    if view.state is RunState.PAUSED:
        return "nothing is computed while it is paused"
    if view.state is RunState.RUNNING and view.halt is CommandName.STOP_AFTER_EPOCH:
        return "stops when this epoch is over"
    return ""


def show_queue(store: RunStore, shown: Run) -> None:
    """Show the runs that wait; each can be put first or cancelled, by buttons that stay in place (see `show`)."""
    entries = [entry for entry in queue_entries(store) if entry.run.id != shown.id]
    if not entries:
        return
    st.markdown(f"**Queue**: {len(entries)} waiting")
    for place, entry in enumerate(entries, 1):
        key = f"waiting-{entry.run.id}"
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=key):
            _command_button(entry.run, "Cancel", CommandName.STOP, ":material/close:")
            st.markdown(f"{place}. {escape_markdown(entry.title)}", width="stretch")
            if place > 1:
                _command_button(entry.run, "Put first", CommandName.FIRST, ":material/vertical_align_top:")


def _pause_or_resume(view: RunView) -> None:
    if view.state is RunState.PAUSED:
        help_text = "Paused, a run keeps its memory and its place: what is in the queue waits."
        _command_button(view.run, "Resume", CommandName.RESUME, ":material/play_arrow:", help_text)
    else:
        _command_button(view.run, "Pause", CommandName.PAUSE, ":material/pause:")


def _stop_menu(view: RunView) -> None:
    with st.popover("Stop", icon=":material/stop:", key=f"stops-{view.id}"):
        help_text = "Keeps the newest whole epoch. Resume goes on from there."
        _command_button(view.run, "Stop now", CommandName.STOP, None, help_text)
        if view.halt is CommandName.STOP_AFTER_EPOCH:
            _command_button(view.run, "Do not stop after this epoch", CommandName.RESUME)
        else:
            help_text = "Keeps all that was learned."
            _command_button(view.run, "Stop after this epoch", CommandName.STOP_AFTER_EPOCH, None, help_text)


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
            key=_value_key(CommandName.RATE, view.run),
            help="Takes effect with the next step and stays until the end, whatever the schedule.",
        )
        _command_button(view.run, "Train at this rate", CommandName.RATE)


def _resume_or_extend(view: RunView) -> None:
    if view.state != RunState.FINISHED:
        help_text = "Goes on from the newest whole epoch."
        _command_button(view.run, "Resume", CommandName.RESUME, ":material/play_arrow:", help_text)
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
        key=_value_key(CommandName.EXTEND, view.run),
        help="What is left of the schedule is spread over all epochs that are left. Where it has run out, the last "
        "rate stays.",
    )
    st.button(label, key=f"{label}-{view.id}", on_click=_send, args=(view.run, *commands))


def _use_button(run: Run) -> None:
    if st.button("Read digits with this model", key=f"use-{run.id}", icon=":material/draw:"):
        st.switch_page("pages/recognize.py", query_params={"model": run.id})


def _command_button(
    run: Run, label: str, command: CommandName, icon: str | None = None, help_text: str | None = None
) -> None:
    key = f"{command}-{label}-{run.id}"
    st.button(label, key=key, icon=icon, help=help_text, on_click=_send, args=(run, command))


def _value_key(command: CommandName, run: Run) -> str:
    """Return the key of the field that holds a command's value."""
    return f"{command}-{run.id}"


def _send(run: Run, *commands: CommandName) -> None:
    """Send the run these commands, each with what its field holds."""
    try:
        if set(commands) & set(RESUME_COMMANDS) and run.status().is_final:
            check_queue(RunStore(run.folder.parent))
        for command in commands:
            run.send(command, st.session_state.get(_value_key(command, run)))
    except (CommandError, QuotaError, ConfigError, RunError, OSError) as error:
        st.toast(f"This cannot be done: {escape_markdown(error_text(error))}", icon=":material/error:")
