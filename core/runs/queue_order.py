"""The order in which runs wait to be trained, from when they began to wait and what they were sent."""

import time
from collections.abc import Iterable
from typing import Protocol, TypeVar

from core.runs.commands import RESUME_COMMANDS, Command, CommandName


class QueuedRun(Protocol):
    """The properties of a run that the order needs (`runs.run.Run` has them)."""

    id: str

    @property
    def created(self) -> float:
        """Return when it was filed, in seconds since 1970."""
        ...

    def commands(self) -> list[Command]:
        """Return all that it was sent."""
        ...


_Run = TypeVar("_Run", bound=QueuedRun)


def sort_queue(runs: Iterable[_Run]) -> list[_Run]:
    """Return runs that wait in the order in which they are trained.

    That is the order in which they were filed or resumed. A run that was sent `first` comes before these, the last one
    sent it foremost, until it is resumed once more. Raises `RunError` where a run's commands cannot be read.
    """
    return sorted(runs, key=_queue_key)


def _queue_key(run: QueuedRun) -> tuple[float, float, str]:
    return -_put_first_at(run), _waiting_since(run), run.id


def _waiting_since(run: QueuedRun) -> float:
    """Return when the run was filed or last resumed, in seconds since 1970."""
    resumed = [each.time for each in run.commands() if each.command is CommandName.RESUME and each.time is not None]
    return resumed[-1] if resumed else run.created


def _put_first_at(run: QueuedRun) -> float:
    """Return when the run was put first since it last began to wait; 0 where it was not."""
    put_first_at = 0.0
    for each in run.commands():
        if each.command in RESUME_COMMANDS:
            put_first_at = 0.0
        elif each.command is CommandName.FIRST and each.time is not None:
            put_first_at = each.time
    return put_first_at


def front_timestamp(waiting: Iterable[QueuedRun]) -> float:
    """Return a time, in seconds since 1970, that puts a run before all that wait.

    It is now or, where the clock was set back since, just after the newest `first` of the waiting runs. Raises
    `RunError` as `sort_queue` does.
    """
    return max([time.time(), *(_put_first_at(run) + 0.001 for run in waiting)])
