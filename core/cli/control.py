"""Send a run a command while it waits or trains, as the buttons of the Train page do: pause, resume, stop,
stop_after_epoch, extend EPOCHS, rate LEARNING_RATE, first (in the queue)."""

import argparse

from core.cli.errors import UsageError
from core.jobs import scheduler
from core.runs.commands import RESUME_COMMANDS, CommandError, CommandName
from core.runs.quota import check_resume
from core.runs.schema import RunState
from core.runs.store import RunStore

_VALUES = {CommandName.EXTEND: "how many epochs more", CommandName.RATE: "the learning rate"}
_PARTICIPLES = {
    CommandName.PAUSE: "paused",
    CommandName.STOP: "stopped",
    CommandName.STOP_AFTER_EPOCH: "stopped after an epoch",
    CommandName.RESUME: "resumed",
    CommandName.FIRST: "put first in the queue",
    CommandName.EXTEND: "extended",
    CommandName.RATE: "given another learning rate",
}


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add which run, which action and its value."""
    command.add_argument("run", metavar="RUN", help="the run's id")
    command.add_argument("action", choices=[str(name) for name in CommandName])
    values = "; ".join(f"{action}: {value}" for action, value in _VALUES.items())
    command.add_argument("value", nargs="?", type=float, help=values)


def carry_out(options: argparse.Namespace) -> int:
    """Send the run a command, which its worker follows within a second; start a worker where the run waits for one."""
    action, value = CommandName(options.action), options.value
    if action in _VALUES and value is None:
        raise UsageError(f"{action} needs a value: {_VALUES[action]}.")
    if action not in _VALUES and value is not None:
        raise UsageError(f"{action} takes no value; it was given {value:g}.")
    store = RunStore()
    run = store.get(options.run)
    state, refused = run.status().state, f"Run {options.run} cannot be {_PARTICIPLES[action]}"
    if state is RunState.FINISHED and action not in RESUME_COMMANDS:
        raise UsageError(f"{refused}: it has finished. To train it further, use extend.")
    if state.is_final and action in RESUME_COMMANDS:
        check_resume(store)
    try:
        is_sent = run.send(action, value)
    except CommandError as error:
        raise UsageError(f"{refused}: {error}") from error
    if not is_sent:
        print(f"Run {run.id} is {state}; {action} would change nothing.")
        return 0
    if run.status().state is RunState.QUEUED:
        scheduler.start_next(store)
    print(f"Run {run.id} was {state}; it was sent: {action}")
    return 0
