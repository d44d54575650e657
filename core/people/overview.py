"""The class as its teacher sees it: everybody's lessons and runs, who waits, and the results as a table."""

import csv
import io
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.config.dataset_spec import MNIST
from core.lessons.catalogue import LESSONS
from core.lessons.progress import ProgressFile, count_done
from core.people.names import tell_apart
from core.people.register import People, Person, last_seen
from core.runs.fair_queue import read_machine
from core.runs.index import RunSummary, run_summaries
from core.runs.schema import RunState
from core.runs.store import RunStore
from core.runs.workspaces import size_bytes
from core.storage.csv_literals import to_literal


@dataclass(frozen=True)
class PersonRow:
    """One person's work. `name` is what the person is called among all (`tell_apart`).

    `best` is the best accuracy on MNIST's test images, 0 to 1, None before there is one; `doing` is what the machine
    does for this person, in words, '' for nothing; `seen` in seconds since 1970.
    """

    person: Person
    name: str
    lessons_done: int
    runs: int
    best: float | None
    doing: str
    seen: float
    disk_mb: float


@dataclass(frozen=True)
class LeaderboardRow:
    """A place on the leaderboard: accuracies of the same size share one."""

    place: int
    name: str
    accuracy: float
    is_own: bool


def read_class(root: Path) -> list[PersonRow]:
    """Return everybody's work in the class of a machine's root, by name; the teacher's own is left out."""
    doing = _doing(root)
    return [_row(person, name, doing) for name, person in _named(root)]


def _named(root: Path) -> list[tuple[str, Person]]:
    """Return everybody but the teacher, by name, each with a name that no other one has."""
    people = People(root).all()
    names = tell_apart({each.id: each.name for each in people})
    return [(names[each.id], each) for each in people]


def _row(person: Person, name: str, doing: Mapping[Path, str]) -> PersonRow:
    runs = run_summaries(RunStore(person.root))
    done = count_done(ProgressFile(person.root).read(person.id))
    size_mb = size_bytes(person.root) / 1024**2
    return PersonRow(
        person, name, done, len(runs), best_accuracy(runs), doing.get(person.root, ""), last_seen(person), size_mb
    )


def _doing(root: Path) -> dict[Path, str]:
    live, waiting = read_machine(root)
    found: dict[Path, str] = {}
    for place, run in reversed(list(enumerate(waiting, 1))):
        found[run.folder.parent] = f"waits, place {place}"
    if live:
        found[live[0].folder.parent] = "paused" if live[1] is RunState.PAUSED else "trains"
    return found


def best_accuracy(runs: Iterable[RunSummary]) -> float | None:
    """Return the best accuracy on MNIST's test images of runs that were trained here, 0 to 1; None without one."""
    scores = [
        each.test_accuracy
        for each in runs
        if each.test_accuracy is not None and not each.imported and each.config and each.config.dataset == MNIST
    ]
    return max(scores, default=None)


def read_leaderboard(root: Path, own_id: str) -> list[LeaderboardRow]:
    """Return everybody who has an accuracy, the best first; `own_id` is the id of the person who looks."""
    best = [(best_accuracy(run_summaries(RunStore(each.root))), name, each.id) for name, each in _named(root)]
    scored = sorted([(score, name, key) for score, name, key in best if score is not None], key=lambda row: -row[0])
    scores = [score for score, _, _ in scored]
    return [LeaderboardRow(scores.index(score) + 1, name, score, key == own_id) for score, name, key in scored]


def results_csv(root: Path) -> bytes:
    """Return all runs of the class as a CSV in UTF-8, a line each, with the person's name and lessons."""
    text = io.StringIO()
    writer = csv.writer(text)
    columns = ("person", "lessons done", "of lessons", "run", "filed", "state", "recipe", "test accuracy", "seconds")
    writer.writerow(columns)
    for name, person in _named(root):
        done = count_done(ProgressFile(person.root).read(person.id))
        begin = [to_literal(name), done, len(LESSONS)]
        runs = run_summaries(RunStore(person.root))
        writer.writerows([*begin, *_cells(run)] for run in runs)
        if not runs:
            writer.writerow([*begin, *[""] * 6])
    return text.getvalue().encode("utf-8-sig")


def _cells(run: RunSummary) -> list[object]:
    filed = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.created))
    accuracy = "" if run.test_accuracy is None else f"{run.test_accuracy:.4f}"
    seconds = "" if run.train_s is None else f"{run.train_s:.1f}"
    return [to_literal(run.title), filed, str(run.state), to_literal(run.recipe), accuracy, seconds]
