"""The limit on wrong codes: after so many in ten minutes, from one network address or from all, the next one waits."""

import threading
from collections import deque

WINDOW_S = 600.0
_MAX_ADDRESSES = 10_000
_EVERYBODY = ""


class TryLimit:
    """The wrong codes of the last ten minutes, in this server's memory. Any number of threads may use it."""

    def __init__(self) -> None:
        self._failed: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def begin(self, address: str, now: float, per_address: int, in_all: int) -> float:
        """Count a try as a wrong one, until `forgive`; return 0, or for how many seconds no try is taken.

        It is counted before it is looked at, so that many at once get no further than one after the other. now: seconds
        on a monotonic clock.
        """
        with self._lock:
            self._forget(now)
            for name, most in ((address, per_address), (_EVERYBODY, in_all)):
                failed = self._failed.get(name, ())
                if len(failed) >= most:
                    return failed[len(failed) - most] + WINDOW_S - now
            for name in (address, _EVERYBODY):
                self._failed.setdefault(name, deque()).append(now)
            return 0.0

    def is_full(self, now: float, in_all: int) -> bool:
        """Return whether all addresses together have used up their tries."""
        with self._lock:
            self._forget(now)
            return len(self._failed.get(_EVERYBODY, ())) >= in_all

    def forgive(self, address: str, now: float) -> None:
        """Count the try that began at this moment no more: its code was right."""
        with self._lock:
            for name in (address, _EVERYBODY):
                if now in (failed := self._failed.get(name, deque())):
                    failed.remove(now)

    def _forget(self, now: float) -> None:
        for name, failed in list(self._failed.items()):
            while failed and now - failed[0] >= WINDOW_S:
                failed.popleft()
            if not failed or len(self._failed) > _MAX_ADDRESSES:
                del self._failed[name]
