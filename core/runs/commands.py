"""What a run is told while it waits or trains: the words, their values, and what all of them together mean."""

from collections.abc import Iterable

from core.config import FIELD_SPECS, format_number
from core.runs.schema import is_number

_VALUES = {
    "extend": (int, 1, FIELD_SPECS["epochs"].high, "epochs"),
    "rate": (float, FIELD_SPECS["learning_rate"].low, FIELD_SPECS["learning_rate"].high, "the learning rate"),
}
_HALTS = ("pause", "stop_after_epoch", "stop")
RESUME_COMMANDS = ("resume", "extend")
"""What takes up a run that has ended; the second only one that has finished."""
COMMANDS = (*_HALTS, "resume", "first", *_VALUES)
"""pause; stop_after_epoch: end with this epoch; stop: end now and keep the newest whole epoch; resume: go on, after a
pause or an end; first: be the next of the queue; extend: train so many epochs more; rate: learn at this rate now."""


class CommandError(ValueError):
    """Something that no run can be told; the text names the value and the range."""


def make_command(name: str, value: float | None = None) -> dict:
    """Return the command as a line of JSON holds it; raises `CommandError` for one that no trainer would follow."""
    if name not in COMMANDS:
        raise CommandError(f"{name!r} is not a command; there are {', '.join(COMMANDS)}.")
    if name not in _VALUES:
        return {"command": name}
    kind, low, high, what = _VALUES[name]
    if not is_number(value) or not low <= value <= high or kind(value) != value:
        whole = "a whole number" if kind is int else "a number"
        raise CommandError(f"{what} cannot be {value}: {whole} from {format_number(low)} to {format_number(high)} is wanted.")
    return {"command": name, "value": kind(value)}


def is_command(line: dict) -> bool:
    """Return whether a line that somebody wrote is a command that can be followed."""
    try:
        return bool(make_command(line.get("command"), line.get("value")))
    except CommandError:
        return False


def pending_halt(commands: Iterable[dict]) -> str:
    """Return what a run that was told all this does: '' (it goes on), or `pause`, `stop_after_epoch` or `stop`.

    The last word counts, except that only `resume` takes back a `stop`, and that a pause before the wanted end of an
    epoch does not take that end back.
    """
    halt, after_pause = "", ""
    for each in commands:
        if each["command"] == "resume":
            halt, after_pause = after_pause, ""
        elif each["command"] in _HALTS and halt != "stop":
            if each["command"] != "pause":
                after_pause = ""
            elif halt == "stop_after_epoch":
                after_pause = halt
            halt = each["command"]
    return halt
