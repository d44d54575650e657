"""The followers that this process has started, each of which follows one run after the other.

A follower takes half a second of processor time to load Dask, on a cluster of one machine taken from the trainings. So
one whose run has ended waits for a moment for the next run, which it is told through its standard input.
"""

import json
import time
from dataclasses import dataclass

from core.jobs import launcher
from core.runs.run import Run
from core.runs.schema import RunError
from core.storage.file_stamp import Stamp

MAX_FOLLOWERS = 64
"""How many followers one process has at a time; each has some 100 MB here."""

IDLE_S = 5.0
"""For how long a follower whose run has ended waits for another one."""


def has_followed(run: Run, pid: int) -> bool:
    """Return whether the last process that followed the run has this pid, and has written how the run ended.

    True also where the run's folder is gone: nobody follows it.
    """
    try:
        return not run.folder.exists() or (run.was_started_by(pid) and not run.status().is_live)
    except RunError:
        return True


@dataclass
class _Follower:
    """One follower and the run that it was given last, whose status file had this stamp then, or at the last look."""

    process: launcher.WorkerProcess
    run: Run
    stamp: Stamp | None
    is_first: bool = True
    idle_since: float | None = None

    def look(self, now: float) -> None:
        """Note whether the run has ended."""
        stamp = self.run.status_stamp()
        if self.idle_since is None and stamp != self.stamp:
            self.stamp = stamp
            if has_followed(self.run, self.process.pid):
                self.idle_since = now

    def can_take_run(self) -> bool:
        """Return whether it waits for another run."""
        return self.idle_since is not None and not self.is_closed() and self.process.poll() is None

    def is_closed(self) -> bool:
        """Return whether it is told no other run."""
        return self.process.stdin is None or self.process.stdin.closed

    def take(self, run: Run) -> bool:
        """Tell it another run; return False where it has ended this very moment."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps([str(run.folder.parent), run.id]).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            return False
        self.run, self.stamp, self.is_first, self.idle_since = run, run.status_stamp(), False, None
        return True

    def close(self) -> None:
        """Have it end after its run."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()


class Followers:
    """The followers that one process has started; they outlive it, but take no further run then."""

    def __init__(self) -> None:
        self._all: list[_Follower] = []

    def follow(self, run: Run) -> None:
        """Have a run followed, if nobody here follows it and there is room for one more; raises `OSError`."""
        if any(each.run.id == run.id and each.idle_since is None for each in self._all):
            return
        if any(each.take(run) for each in self._all if each.can_take_run()):
            return
        if len(self._all) < MAX_FOLLOWERS:
            with open(run.log_path, "ab") as log:
                process = launcher.start_follower(run.folder.parent, run.id, log)
            self._all.append(_Follower(process, run, run.status_stamp()))

    def look_after(self) -> list[tuple[Run, launcher.WorkerProcess]]:
        """End those that have waited long enough; return those that have ended before they began their first run.

        A later run of one that was killed waits again, and is given to another one.
        """
        now = time.monotonic()
        ended = [each for each in self._all if each.process.poll() is not None]
        self._all = [each for each in self._all if each not in ended]
        for each in self._all:
            each.look(now)
            if each.idle_since is not None and now - each.idle_since > IDLE_S:
                each.close()
        for each in ended:
            each.close()
        return [(each.run, each.process) for each in ended if each.is_first]

    def kill(self) -> None:
        """Kill them all."""
        for each in self._all:
            each.close()
            each.process.kill()
            each.process.wait()
        self._all.clear()
