"""A cache of the runs' states: every open page asks several times a second, so only what has changed is read again."""

from collections.abc import Iterable

from core.runs.queue_order import sort_queue
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.runs.stamped_cache import StampedCache
from core.runs.store import RunStore


def busy_run(store: RunStore) -> Run | None:
    """Return the store's run that trains now, or else its next one; None where nothing of it is to be trained."""
    found = run_states(store)
    live = next((run for run, state in found if state.is_live), None)
    return live or next(iter(waiting_among(found)), None)


def waiting_runs(store: RunStore) -> list[Run]:
    """Return the runs that wait to be trained, in the order in which they are trained, as `store.queue` does."""
    return waiting_among(run_states(store))


def run_states(store: RunStore) -> list[tuple[Run, RunState]]:
    """Return every run, newest first, with its state; `DAMAGED` where its config or its status cannot be used."""
    runs = store.all()
    return list(zip(runs, _states.values(store.root, runs), strict=True))


def waiting_among(found: Iterable[tuple[Run, RunState]]) -> list[Run]:
    """Return the runs that wait, of those with their states, in the order in which they are trained."""
    return sort_queue(run for run, state in found if state is RunState.QUEUED)


def _read_state(run: Run) -> RunState:
    try:
        run.config()
        return run.status().state
    except RunError:
        return RunState.DAMAGED


_states = StampedCache[RunState](
    Run.file_stamp, _read_state, keep=lambda state: not state.is_live, has_ended=lambda state: state.is_final
)
