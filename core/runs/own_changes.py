"""Counts of what this process itself has changed of each run, so that it is seen at once, however seldom it looks."""

from collections import defaultdict

_CHANGES: defaultdict[str, int] = defaultdict(int)
_ALL = ""  # no run's id


def note_change(run_id: str) -> None:
    """Note that this process has just changed a file of the run of that id."""
    _CHANGES[run_id] += 1
    _CHANGES[_ALL] += 1


def count_changes(run_id: str) -> int:
    """Return how often this process has changed the run of that id."""
    return _CHANGES.get(run_id, 0)


def count_all_changes() -> int:
    """Return how often this process has changed any run."""
    return count_changes(_ALL)
