"""A cache of the runs' states: every open page asks several times a second, so only what has changed is read again."""

from dataclasses import dataclass

from core.runs.queue_order import sort_queue
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.runs.stamped_cache import StampedCache
from core.runs.store import RunStore


def busy_run(store: RunStore) -> Run | None:
    """Return the run that trains now, or else the next in the queue; None where nothing is to be trained."""
    found = run_states(store)
    live = next((run for run, state in found if state.is_live), None)
    return live or next(iter(_queued(found)), None)


def waiting_runs(store: RunStore) -> list[Run]:
    """Return the runs that wait to be trained, in the order in which they are trained, as `store.queue` does."""
    return _queued(run_states(store))


def run_states(store: RunStore) -> list[tuple[Run, RunState]]:
    """Return every run, newest first, with its state; `DAMAGED` where its config or its status cannot be used."""
    runs = store.all()
    return list(zip(runs, _states.values(runs), strict=True))


def _queued(found: list[tuple[Run, RunState]]) -> list[Run]:
    return sort_queue(run for run, state in found if state is RunState.QUEUED)


def _read_state(run: Run) -> RunState:
    try:
        run.config()
        return run.status().state
    except RunError:
        return RunState.DAMAGED


_states = StampedCache[RunState](Run.file_stamp, _read_state, lambda state: not state.is_live)


@dataclass(frozen=True)
class QueueEntry:
    """A run of the queue, and what a person calls it."""

    run: Run
    title: str


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
    """Return the active run and those that wait, with their titles."""
    found = run_states(store)
    live = [(run, state) for run, state in found if state.is_live and not run.cluster][:1]
    lined_up = live + [(run, RunState.QUEUED) for run in _queued(found) if not run.cluster]
    runs = [run for run, _ in lined_up]
    entries = [QueueEntry(run, title) for run, title in zip(runs, _titles.values(runs), strict=True)]
    state = lined_up[0][1] if lined_up else RunState.QUEUED
    return Queue(entries[0] if entries else None, state, tuple(entries[1:]))


def _read_title(run: Run) -> str:
    try:
        return run.title()
    except RunError:  # its notes are damaged; it is trained all the same
        return run.id


_titles = StampedCache[str](Run.title_stamp, _read_title, lambda title: True)
