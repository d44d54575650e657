"""A worker that waits for a run with TensorFlow loaded, so that training begins at once."""

import json

from core.jobs import launcher
from core.runs.run import Run
from core.runs.store import RunStore

_IDLE_TIMEOUT_S = 600.0
_RETRY_S = 30.0


class WarmWorker:
    """At most one waiting process: it is handed one run, then replaced, and stopped when no run is expected.

    It holds nothing but memory, and ends with the process that started it.
    """

    def __init__(self) -> None:
        self.process: launcher.WorkerProcess | None = None
        self._started = self._expected = float("-inf")

    def expect(self, now: float) -> None:
        """Note that somebody may start a run soon; `now` in seconds of the monotonic clock."""
        self._expected = now

    def keep(self, now: float) -> None:
        """Start the process where a run was expected in the last ten minutes, stop it otherwise; raises `OSError`.

        A process that ended by itself is replaced at the earliest 30 s after it was started.
        """
        if now - self._expected > _IDLE_TIMEOUT_S:
            self.stop()
        elif not self._is_waiting() and (self.process is None or now - self._started > _RETRY_S):
            self.stop()
            self.process, self._started = launcher.start_warm_worker(), now

    def take(self, store: RunStore, run: Run) -> launcher.WorkerProcess | None:
        """Hand the run to the process and return it, or None where no process waits."""
        process = self.process
        if process is None or process.stdin is None or not self._is_waiting():
            return None
        try:
            process.stdin.write(json.dumps([str(store.root), run.id]).encode() + b"\n")
            process.stdin.close()
        except OSError:  # it has ended this very moment
            return None
        self.process = None
        return process

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process:
            if process.stdin:
                process.stdin.close()
            process.kill()
            process.wait()

    def _is_waiting(self) -> bool:
        return self.process is not None and self.process.poll() is None
