"""The followers that this process has started, each of which follows one run after the other.

A follower takes half a second of processor time to load Dask, on a cluster of one machine taken from the trainings. So
one whose run has ended says so, through its standard output, and waits for a moment for the next run, which it is told
through its standard input. Where it ends before it was told, or has taken, a run, the run still waits.
"""

import contextlib
import json
import threading

from core.jobs import launcher
from core.runs.run import Run

MAX_FOLLOWERS = 64
"""How many followers one process has at a time; each has some 100 MB here."""


class _Follower:
    """One follower and the run that it was given last."""

    def __init__(self, run: Run) -> None:
        with open(run.log_path, "ab") as log:
            self.process = launcher.start_follower(run.folder.parent, run.id, log)
        self.run, self.is_first, self.is_idle = run, True, False
        threading.Thread(target=self._listen, name="follower", daemon=True).start()

    def _listen(self) -> None:
        """Note each time that it says that its run has ended."""
        assert self.process.stdout is not None
        with self.process.stdout as said:
            while said.read(1):
                self.is_idle = True

    def take(self, run: Run) -> bool:
        """Tell it another run; return False where it does not wait for one, or has ended this very moment."""
        if not self.is_idle or self.process.stdin is None or self.process.poll() is not None:
            return False
        self.run, self.is_first, self.is_idle = run, False, False
        try:
            self.process.stdin.write(json.dumps([str(run.folder.parent), run.id]).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Have it end after its run."""
        with contextlib.suppress(OSError):  # of what it did not read any more
            if self.process.stdin:
                self.process.stdin.close()


class Followers:
    """The followers that one process has started; they outlive it, but take no further run then."""

    def __init__(self) -> None:
        self._all: list[_Follower] = []

    def follow(self, run: Run) -> None:
        """Have a run followed, if nobody here follows it and there is room for one more; raises `OSError`."""
        if any(each.run.id == run.id and not each.is_idle for each in self._all):
            return
        if not any(each.take(run) for each in self._all) and len(self._all) < MAX_FOLLOWERS:
            self._all.append(_Follower(run))

    def drop_ended(self) -> list[tuple[Run, launcher.WorkerProcess]]:
        """Forget those that have ended; return those that never said that their first run had ended.

        A later run of one that was killed waits again, and is given to another one.
        """
        ended = [each for each in self._all if each.process.poll() is not None]
        self._all = [each for each in self._all if each not in ended]
        for each in ended:
            each.close()
        return [(each.run, each.process) for each in ended if each.is_first and not each.is_idle]

    def kill(self) -> None:
        """Kill them all."""
        for each in self._all:
            each.process.kill()
            each.process.wait()
            each.close()
        self._all.clear()
