"""The works of a sweep, several of which one process carries out side by side, and how many at a time."""

import contextlib
import time
from collections.abc import Generator

from core.cluster.connection import ClusterError, count_slots, open_client

_COUNT_INTERVAL_S = 30.0

Work = Generator[None, None, None]
"""One work, in steps: the next step is taken when the runs have been looked after."""


def takes_step_to_end(work: Work) -> bool:
    """Take the next step of a work; return whether that was its end."""
    try:
        next(work)
    except StopIteration:
        return True
    return False


class Slots:
    """The number of runs that can be trained at a time: one here, on a cluster one for each thread of its workers."""

    def __init__(self, cluster: str) -> None:
        self._cluster, self._count, self._counted = cluster, 1, float("-inf")

    def count(self) -> int:
        """Return how many there are; asked anew every half minute, and 1 where the cluster was never reached."""
        if self._cluster and time.monotonic() - self._counted > _COUNT_INTERVAL_S:
            with contextlib.suppress(ClusterError), open_client(self._cluster) as client:
                self._count = max(1, count_slots(client))
            self._counted = time.monotonic()
        return self._count
