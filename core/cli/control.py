"""Tell a run something while it waits or trains, as the buttons of the Train page do: pause, resume, stop,
stop_after_epoch, extend EPOCHS, rate LEARNING_RATE, first (in the queue)."""

from core.jobs import scheduler
from core.runs.commands import COMMANDS
from core.runs.run import RunError, RunStore

NAME, HELP = "tell", "pause, resume, stop, extend a run, change its learning rate"


def add_arguments(command) -> None:
    """Add which run, and what it is told."""
    command.add_argument("run", metavar="RUN", help="the run's id")
    command.add_argument("word", choices=COMMANDS)
    command.add_argument("value", nargs="?", type=float, help="how many epochs more, or which learning rate")


def carry_out(options) -> int:
    """Tell the run; its trainer follows within a second. What is to go on gets one, if none is at work."""
    store = RunStore()
    run = store.get(options.run)
    state = run.status().state
    if state == "finished" and options.word not in ("extend", "resume"):
        raise RunError(f"Run {run.id} has finished. Told to extend, it is trained further.")
    run.send(options.word, options.value)
    if run.status().state == "queued":
        scheduler.start_next(store)
    print(f"Run {run.id} was {state} and is told: {options.word}")
    return 0
