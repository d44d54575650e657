"""The queue as a page shows it: the run that trains and those that wait, with their titles."""

from dataclasses import dataclass

from core.runs.fair_queue import PAGE_AGE_S, read_machine
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.runs.stamped_cache import StampedCache
from core.runs.store import RunStore

OTHERS_TITLE = "somebody else's run"


@dataclass(frozen=True)
class QueueEntry:
    """A run of the queue, and what a person calls it; `is_own` is False for another person's, which has no title."""

    run: Run
    title: str
    is_own: bool = True


@dataclass(frozen=True)
class Queue:
    """The run that a process is at work on, or is about to start, its state, and the runs that wait for it in order.

    Where no run is at work, the first one of the queue is about to start: it is `active`, its state `QUEUED`. Runs that
    are trained on a cluster are left out: they wait for none here.
    """

    active: QueueEntry | None
    state: RunState
    waiting: tuple[QueueEntry, ...]

    def is_starting(self, run_id: str) -> bool:
        """Return whether the run of that id is about to start."""
        return self.active is not None and self.active.run.id == run_id and self.state is RunState.QUEUED

    def place(self, run_id: str) -> int:
        """Return the place of the run of that id among those that wait, from 1; 0 where it does not wait."""
        return next((place for place, each in enumerate(self.waiting, 1) if each.run.id == run_id), 0)

    def starts_after(self, run_id: str) -> str:
        """Return the title of the run that must end before that one starts; '' where it does not wait."""
        place = self.place(run_id)
        before = [self.active, *self.waiting][place - 1] if place else None
        return before.title if before else ""


def read_queue(store: RunStore) -> Queue:
    """Return the machine's active run and those that wait; those of the store with their titles."""
    live, waiting = read_machine(store.root, PAGE_AGE_S)
    lined_up = [*([live[0]] if live else []), *(run for run in waiting if not run.cluster)]
    own = [run for run in lined_up if run.folder.parent == store.root]
    titles = dict(zip((run.folder for run in own), _titles.values(store.root, own), strict=True))
    entries = [QueueEntry(run, titles.get(run.folder, OTHERS_TITLE), run.folder in titles) for run in lined_up]
    state = live[1] if live else RunState.QUEUED
    return Queue(entries[0] if entries else None, state, tuple(entries[1:]))


def _read_title(run: Run) -> str:
    try:
        return run.title()
    except RunError:  # its notes are damaged; it is trained all the same
        return run.id


_titles = StampedCache[str](Run.title_stamp, _read_title, lambda title: True)
