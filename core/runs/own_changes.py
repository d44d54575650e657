"""Counts of what this process itself has changed of each run, so that it is seen at once, however seldom it looks."""

from collections import defaultdict

_CHANGES: defaultdict[str, int] = defaultdict(int)


def note_change(run_id: str) -> None:
    """Note that this process has just changed a file of the run of that id."""
    _CHANGES[run_id] += 1


def count_changes(run_id: str) -> int:
    """Return how often this process has changed the run of that id."""
    return _CHANGES.get(run_id, 0)
