"""The commands that a run can be sent while it waits or trains, their values, and what all of them together mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.config.field_spec import format_number
from core.config.train_config import FIELD_SPECS
from core.runs.record_values import convert, is_number, without_none


class CommandError(ValueError):
    """A command that no run can follow; the text names the value and the range."""


class CommandName(StrEnum):
    """A command's name.

    pause; stop_after_epoch: end with this epoch; stop: end now and keep the newest whole epoch; resume: go on, after a
    pause or an end; first: be the next of the queue; extend: train so many epochs more; rate: train at this learning
    rate from now on.
    """

    PAUSE = "pause"
    STOP_AFTER_EPOCH = "stop_after_epoch"
    STOP = "stop"
    RESUME = "resume"
    FIRST = "first"
    EXTEND = "extend"
    RATE = "rate"


COMMANDS = tuple(CommandName)

RESUME_COMMANDS = (CommandName.RESUME, CommandName.EXTEND)
"""The commands that take up a run which has ended; `extend` only one that has finished."""

HALTS = (CommandName.PAUSE, CommandName.STOP_AFTER_EPOCH, CommandName.STOP)
"""The commands that halt a run, for a while or for good."""


@dataclass(frozen=True)
class Command:
    """One command: `value` is the number of epochs of `extend` or the learning rate of `rate`, `time` when it was sent.

    The time is seconds since 1970; None where the line in the file gives none.
    """

    command: CommandName
    value: int | float | None = None
    time: float | None = None

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> "Command | None":
        """Return the command that a line of a file holds, or None where no run could follow it."""
        time = line.get("time")
        try:
            made = make_command(line.get("command"), line.get("value"))
        except CommandError:
            return None
        return convert({**made.to_json(), "time": time if is_number(time) else None}, cls)

    def to_json(self) -> dict[str, Any]:
        """Return the command as it is written."""
        return without_none({"command": str(self.command), "value": self.value, "time": self.time})


@dataclass(frozen=True)
class _ValueRange:
    kind: type[int] | type[float]
    low: float
    high: float
    label: str


def _value_range(field: str, kind: type, label: str, low: float | None = None) -> _ValueRange:
    spec = FIELD_SPECS[field]
    assert spec.low is not None and spec.high is not None, "a number's field has a range"
    return _ValueRange(kind, spec.low if low is None else low, spec.high, label)


_VALUES = {
    CommandName.EXTEND: _value_range("epochs", int, "epochs", low=1),
    CommandName.RATE: _value_range("learning_rate", float, "the learning rate"),
}


def make_command(name: object, value: object = None) -> Command:
    """Return the command; raises `CommandError` for a name that is none and for a value that is out of range."""
    if name not in COMMANDS:
        raise CommandError(f"{name!r} is not a command; there are {', '.join(COMMANDS)}.")
    command = CommandName(str(name))
    wanted = _VALUES.get(command)
    if wanted is None:
        return Command(command)
    if not isinstance(value, int | float) or not is_number(value) or not wanted.low <= value <= wanted.high:
        raise _out_of_range(wanted, value)
    if wanted.kind(value) != value:
        raise _out_of_range(wanted, value)
    return Command(command, wanted.kind(value))


def _out_of_range(wanted: _ValueRange, value: object) -> CommandError:
    kind = "a whole number" if wanted.kind is int else "a number"
    low, high = format_number(wanted.low), format_number(wanted.high)
    return CommandError(f"{wanted.label} cannot be {value}: {kind} from {low} to {high} is wanted.")


def pending_halt(commands: Iterable[Command]) -> CommandName | None:
    """Return what halts a run that was sent these commands: pause, stop_after_epoch or stop; None where it goes on.

    The last command counts, except that only `resume` takes back a `stop`, and that a pause before the wanted end of
    an epoch does not take that end back.
    """
    halt: CommandName | None = None
    after_pause: CommandName | None = None
    for each in commands:
        if each.command is CommandName.RESUME:
            halt, after_pause = after_pause, None
        elif each.command in HALTS and halt is not CommandName.STOP:
            if each.command is not CommandName.PAUSE:
                after_pause = None
            elif halt is CommandName.STOP_AFTER_EPOCH:
                after_pause = halt
            halt = each.command
    return halt
