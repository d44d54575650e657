"""The current status of a run: from its worker's last status, its commands and its marks."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.runs.commands import RESUME_COMMANDS, Command, CommandName, pending_halt
from core.runs.schema import Mark, RunState, Status


def derive_status(last: Status | None, commands: Sequence[Command], marks: Sequence[Mark]) -> Status:
    """Return what a run is doing now, from its worker's last status (None: there is none), its commands and marks."""
    halt = pending_halt(commands)
    if last is None:
        return Status(RunState.STOPPED if halt is CommandName.STOP else RunState.QUEUED)
    if last.is_final and _is_resumed(last, commands, marks):
        return Status(RunState.QUEUED, parameters=last.parameters)
    return replace(last, state=RunState.STOPPING) if last.is_live and halt is CommandName.STOP else last


def _is_resumed(status: Status, commands: Sequence[Command], marks: Sequence[Mark]) -> bool:
    """Return whether the newest command that no worker has received yet takes the run up again.

    A command counts as received also where a worker failed before it could follow it.
    """
    unacknowledged = commands[max(acknowledged_by(marks), status.acknowledged) :]
    resuming = RESUME_COMMANDS if status.state is RunState.FINISHED else RESUME_COMMANDS[:1]
    return pending_halt(unacknowledged) is None and any(each.command in resuming for each in unacknowledged)


def acknowledged_by(marks: Iterable[Mark]) -> int:
    """Return how many commands had been received by the newest of these marks."""
    return max((mark.acknowledged for mark in marks), default=0)
