"""Stopping, clearing and removing others' work, for the teacher of a class."""

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from core.people.codes import renew_join_code
from core.people.noticeboard import show_leaderboard, take_back
from core.people.register import People, Person
from core.runs import trash
from core.runs.commands import CommandError, CommandName
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.sweeps.sweep import Sweep, SweepError, SweepStore

_PATIENCE_S = 5.0
_INTERVAL_S = 0.05


def stop_run(run: Run) -> bool:
    """Stop a run that trains or waits; return whether it did. What it has learned stays. Raises `OSError`."""
    with suppress(RunError, CommandError):  # one that is damaged, or has just ended
        return not run.status().is_final and run.send(CommandName.STOP)
    return False


def stop_runs(person: Person) -> int:
    """Stop all that a person trains or has waiting; return how many runs. Raises `OSError`.

    The person's sweeps are stopped before, for they would file more; what they have found stays, and they can go on.
    """
    _stop_sweeps(person)
    return sum(stop_run(run) for run in RunStore(person.root).all())


def _stop_sweeps(person: Person) -> list[Sweep]:
    """Ask a person's sweeps to stop, and return them; raises `OSError`."""
    sweeps = SweepStore(RunStore(person.root)).live()
    for each in sweeps:
        with suppress(SweepError):  # it has ended this very moment
            each.request_stop()
    return sweeps


def _wait_for_end(sweeps: Iterable[Sweep]) -> None:
    """Wait until no process is at work on these sweeps, for a few seconds in all."""
    deadline = time.monotonic() + _PATIENCE_S
    while any(each.is_live for each in sweeps) and time.monotonic() < deadline:
        time.sleep(_INTERVAL_S)


def clear_run(person: Person, run_id: str) -> None:
    """Move a person's run to that person's trash; raises `RunError` for one that trains, and `OSError`."""
    store = RunStore(person.root)
    trash.delete(store, store.get(run_id))


def remove_person(people: People, person: Person) -> None:
    """Stop a person's sweeps and runs and remove the person with all data, for good.

    Raises `PeopleError` and `OSError`.
    """
    _remove(people, [person])


def remove_class(root: Path) -> int:
    """Remove everybody but the teacher with all data, for good, and make a new code; return how many people.

    Raises `OSError`; who is not removed by then stays.
    """
    people = People(root)
    everybody = people.all()
    _remove(people, everybody)
    take_back(root)
    show_leaderboard(root, False)
    renew_join_code(root)
    return len(everybody)


def _remove(people: People, going: list[Person]) -> None:
    """Remove people once their sweeps have ended: what still writes there would make the workspace anew."""
    sweeps = [sweep for each in going for sweep in _stop_sweeps(each)]
    for each in going:
        stop_runs(each)
    _wait_for_end(sweeps)
    for each in going:
        people.remove(each)
