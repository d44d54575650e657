"""What each run is doing: every open page asks this several times a second, so only what has changed is read for it."""

from pathlib import Path

from core.runs.schema import LIVE_STATES, RunError
from core.runs.run import Run, RunStore
from core.runs.queue_order import sort_queue

_known: dict[Path, tuple[tuple, str]] = {}


def busy_run(store: RunStore) -> Run | None:
    """Return the run that trains now, or else the next in the queue; None where nothing is to be trained."""
    found = run_states(store)
    live = next((run for run, state in found if state in LIVE_STATES), None)
    return live or next(iter(_waiting(found)), None)


def waiting_runs(store: RunStore) -> list[Run]:
    """Return the runs that wait to be trained, in their turn, as `store.queue` does."""
    return _waiting(run_states(store))


def run_states(store: RunStore) -> list[tuple[Run, str]]:
    """Return every run, newest first, with its state; `damaged` where its config or its status cannot be used.

    A run whose files are as they were is not read again, unless it is live: its process may be gone since.
    """
    runs = store.all()
    for folder in _known.keys() - {run.folder for run in runs}:
        _known.pop(folder, None)
    return [(run, _state(run)) for run in runs]


def _waiting(found):
    return sort_queue(run for run, state in found if state == "queued")


def _state(run):
    stamp = run.file_stamp()
    known, state = _known.get(run.folder, (None, ""))
    if known != stamp or state in LIVE_STATES:
        state = _read(run)
        _known[run.folder] = stamp, state
    return state


def _read(run):
    try:
        run.config()
        return run.status().state
    except RunError:
        return "damaged"
