"""The run that others wait for: which it is, what it does, and the way to it."""

import streamlit as st

from core.runs.commands import CommandName
from core.runs.fair_queue import is_busy
from core.runs.queue_view import Queue
from core.runs.schema import RunState
from pages.widgets.shared import workspace
from pages.widgets.shared.run_commands import command_button
from pages.widgets.shared.shown_run import show_run
from pages.widgets.shared.text import escape_markdown

_WORDS = {
    RunState.QUEUED: "is about to start.",
    RunState.RUNNING: "is being trained.",
    RunState.PAUSED: "is paused and keeps its place: what waits begins when it is resumed or stopped.",
    RunState.STOPPING: "is being stopped.",
}

_OTHERS_WORDS = _WORDS | {RunState.PAUSED: "is paused; it is stopped by itself when its time is up."}


def is_training() -> bool:
    """Return whether a run is being trained on this machine, to which the processor should be left."""
    return is_busy(workspace.store().root)


def show(queue: Queue, where: str) -> bool:
    """Show the active run in a sentence, with a button that resumes it where it is paused, and one that leads to it.

    where: tells apart several of these on a page. Returns whether the run is to be shown: its button was pressed.
    Buttons come first, so that they stay in place.
    """
    if queue.active is None:
        return False
    if not queue.active.is_own:
        st.markdown(f"**{queue.active.title.capitalize()}** {_OTHERS_WORDS[queue.state]}")
        return False
    run, key = queue.active.run, f"active-{where}-{queue.active.run.id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=key):
        pressed = st.button("Show it", key=f"show-{key}", icon=":material/visibility:")
        if queue.state is RunState.PAUSED:
            command_button(run, "Resume", CommandName.RESUME, ":material/play_arrow:", where=f"{where}-")
        st.markdown(f"**{escape_markdown(queue.active.title)}** {_WORDS[queue.state]}", width="stretch")
    if pressed:
        show_run(run.id)
    return pressed


def show_where_paused(queue: Queue, where: str) -> None:
    """Show the active run, as `show` does, where it is paused while others wait; its button leads to the Train page."""
    if queue.waiting and queue.state is RunState.PAUSED and show(queue, where):
        st.switch_page("pages/train.py")
