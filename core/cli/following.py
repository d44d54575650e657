"""A run that a command has started: followed to its end, or to where Ctrl+C stops it, and what it waits for."""

import sys
from collections.abc import Callable

from core.runs.commands import CommandName
from core.runs.queue_view import read_queue
from core.runs.run import Run
from core.runs.schema import RunState
from core.runs.store import RunStore


def follow_to_end(run: Run, follow: Callable[[], None]) -> None:
    """Name the run on standard error, and call `follow`, which returns at its end; Ctrl+C stops the run first."""
    print(f"Run {run.id}", file=sys.stderr)
    try:
        follow()
    except KeyboardInterrupt:
        run.send(CommandName.STOP)
        follow()


def waiting_reason(store: RunStore, run: Run) -> str:
    """Return which run this one waits for, in a sentence; '' where it waits for none, or is about to start."""
    if run.status().state is not RunState.QUEUED:
        return ""
    queue = read_queue(store)
    if queue.active is None or not queue.place(run.id):
        return ""
    sentence, active = f"Run {run.id} waits for {queue.active.run.id}, which is {queue.state}.", queue.active.run.id
    if queue.state is RunState.PAUSED:
        return f"{sentence} It goes on with: python -m core control {active} resume"
    return sentence
