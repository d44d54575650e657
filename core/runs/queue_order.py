"""Whose turn it is: the order in which runs wait to be trained, told from when they began and what they were told."""

import time
from collections.abc import Iterable

from core.runs import schema
from core.runs.commands import RESUME_COMMANDS


def sort_queue(runs: Iterable) -> list:
    """Return `Run`s that wait in their turn.

    That is the order in which they were filed or told to go on; but what was put first, last comes before it, until it
    is told to go on once more. Raises `RunError` where a run's commands cannot be read.
    """
    return sorted(runs, key=_turn)


def _turn(run):
    asked = _asked(run)
    return -asked["first"], asked["resume"], run.id


def _asked(run):
    """When the run was told what, by command; `first` is 0 where it was not put first since it last began to wait."""
    asked = {"first": 0.0, "resume": run.created}
    for each in run.commands()[0]:
        if each["command"] in RESUME_COMMANDS:
            asked["first"] = 0.0
        if schema.is_number(each.get("time")):
            asked[each["command"]] = each["time"]
    return asked


def front_timestamp(waiting: Iterable) -> float:
    """Return now or, where a clock was set back since, just after the moment at which a waiting `Run` was put first.

    In seconds since 1970. Raises `RunError` as `in_turn` does.
    """
    return max([time.time(), *(_asked(run)["first"] + 0.001 for run in waiting)])
