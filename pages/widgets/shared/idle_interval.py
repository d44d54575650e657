"""The interval at which a page on which nothing happens looks for changes: each look takes longer the more runs are."""

_RUNS_A_SECOND = 500


def idle_interval_s(shortest_s: float, runs: int) -> float:
    """Return the interval between two looks at so many runs, in seconds."""
    return max(shortest_s, runs / _RUNS_A_SECOND)
