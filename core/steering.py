"""What a run is told while it trains: heard by the trainer, followed, and marked where it took effect."""

import time

from core.commands import halt_of
from core.course import Course
from core.runs import Run


class Steering:
    """Hears a run's commands, changes its `course` by them, and keeps what halts it: `halt` (`commands.halt_of`)."""

    def __init__(self, run: Run, course: Course):
        self._run, self.course = run, course
        self._followed_before, self._read, self._offset = run.heard(), 0, 0
        self.halt = ""

    def hear(self, step: int, elapsed_s: float) -> None:
        """Follow what the run was told since the last call; `step` steps are taken so far. Raises `OSError`.

        Each command is marked before it takes effect, so that a run that is cut off and resumed takes it at the same
        step again, and no command twice.
        """
        told, self._offset = self._run.commands(self._offset)
        for each in told:
            self._read += 1
            if self._read > self._followed_before and each["command"] != "first":
                self._follow(each, step, elapsed_s)

    def _follow(self, told, step, elapsed_s):
        value = {"value": told["value"]} if "value" in told else {}
        mark = {
            "kind": told["command"],
            **value,
            "step": step,
            "epoch": step / self.course.steps_per_epoch,
            "elapsed_s": elapsed_s,
            "time": time.time(),
            "heard": self._read,
        }
        self._run.append_mark(mark)
        self.course.change(mark)
        self.halt = halt_of([{"command": self.halt}, told])
