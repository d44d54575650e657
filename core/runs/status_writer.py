"""A run's status while it trains, with its heartbeat."""

import time
from dataclasses import replace

from core.runs.run_folder import RunFolder
from core.runs.schema import RunState, Status

_HEARTBEAT_S = 2.0


class StatusWriter:
    """A writer of a run's status, at every change of state and every two seconds."""

    def __init__(self, run: RunFolder, status: Status) -> None:
        self._run, self.status, self._written = run, status, time.monotonic()

    def beat(self) -> None:
        """Write the heartbeat if the last one is more than two seconds old; raises `OSError`."""
        if time.monotonic() - self._written > _HEARTBEAT_S:
            self.write(self.status.state)

    def note(self, note: str) -> None:
        """Keep why the run ended before its last epoch, '' where it did not, for the next status that is written."""
        self.status = replace(self.status, note=note)

    def measure(self, train_s: float, images_per_s: float) -> None:
        """Keep how long the training took and how fast it was, for the next status that is written."""
        self.status = replace(self.status, train_s=train_s, images_per_s=images_per_s)

    def write(self, state: RunState) -> Status:
        """Write the status with this state and return it; raises `OSError`."""
        self._written = time.monotonic()
        self.status = replace(self.status, state=state, ended=time.time() if state.is_final else 0.0)
        self._run.write_status(self.status)
        return self.status
