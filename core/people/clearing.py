"""Stopping, clearing and removing others' work, for the teacher of a class."""

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


def stop_run(run: Run) -> bool:
    """Stop a run that trains or waits; return whether it did. What it has learned stays. Raises `OSError`."""
    with suppress(RunError, CommandError):  # one that is damaged, or has just ended
        return not run.status().is_final and run.send(CommandName.STOP)
    return False


def stop_runs(person: Person) -> int:
    """Stop all that a person trains or has waiting; return how many runs. Raises `OSError`."""
    return sum(stop_run(run) for run in RunStore(person.root).all())


def clear_run(person: Person, run_id: str) -> None:
    """Move a person's run to that person's trash; raises `RunError` for one that trains, and `OSError`."""
    store = RunStore(person.root)
    trash.delete(store, store.get(run_id))


def remove_person(people: People, person: Person) -> None:
    """Stop a person's runs and remove the person with all data, for good; raises `PeopleError` and `OSError`."""
    stop_runs(person)
    people.remove(person)


def remove_class(root: Path) -> int:
    """Remove everybody but the teacher with all data, for good, and make a new code; return how many people.

    Raises `OSError`; who is not removed by then stays.
    """
    people = People(root)
    everybody = people.all()
    for person in everybody:
        remove_person(people, person)
    take_back(root)
    show_leaderboard(root, False)
    renew_join_code(root)
    return len(everybody)
