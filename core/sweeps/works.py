"""The works of a sweep, several of which one process carries out side by side, and how many at a time."""

import contextlib
import threading
from collections.abc import Generator

from core.cluster.channel import as_lost
from core.cluster.connection import ClusterError, count_slots, open_client

_COUNT_INTERVAL_S = 30.0
_CLOSE_TIMEOUT_S = 2.0

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
        self._cluster, self._count = cluster, 1
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def count(self) -> int:
        """Return how many there are, 1 before it is known; a thread asks a cluster every half minute."""
        if self._cluster and self._thread is None:
            self._thread = threading.Thread(target=self._keep_counting, name="slots", daemon=True)
            self._thread.start()
        return self._count

    def close(self) -> None:
        """End the connection to the cluster."""
        self._closed.set()
        if self._thread:
            self._thread.join(_CLOSE_TIMEOUT_S)

    def _keep_counting(self) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(ClusterError), open_client(self._cluster) as client:
                while not self._closed.is_set():
                    with as_lost():
                        self._count = max(1, count_slots(client))
                    self._closed.wait(_COUNT_INTERVAL_S)
            self._closed.wait(_COUNT_INTERVAL_S)
