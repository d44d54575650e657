"""What a run is told while it trains: heard by the trainer, followed, and marked where it took effect."""

import time

from core.runs.commands import pending_halt
from core.runs.plan import TrainingPlan
from core.runs.run import Run


class CommandListener:
    """Hears a run's commands, changes its `course` by them, and keeps what halts it: `halt` (`commands.halt_of`)."""

    def __init__(self, run: Run, course: TrainingPlan):
        self._run, self.plan = run, course
        self._followed_before, self._offset = run.acknowledged(), 0
        self._heard: list[dict] = []
        self.halt = ""

    def poll(self, step: int, elapsed_s: float) -> None:
        """Follow what the run was told since the last call; `step` steps are taken so far. Raises `OSError`.

        Each command is marked before it takes effect, so that a run that is cut off and resumed takes it at the same
        step again, and no command twice. An extension that was stopped before anybody heard it was cancelled.
        """
        told, self._offset = self._run.commands(self._offset)
        for place, each in enumerate(told):
            self._heard.append(each)
            cancelled = each["command"] == "extend" and any(later["command"] == "stop" for later in told[place:])
            if len(self._heard) > self._followed_before and each["command"] != "first" and not cancelled:
                self.mark(each["command"], step, elapsed_s, each.get("value"))
        self.halt = pending_halt(self._heard)

    def mark(self, kind: str, step: int, elapsed_s: float, value: float | None = None) -> None:
        """Mark what happens to the run after `step` steps, and change its course by it; raises `OSError`."""
        mark = {
            "kind": kind,
            **({} if value is None else {"value": value}),
            "step": step,
            "epoch": step / self.plan.steps_per_epoch,
            "elapsed_s": elapsed_s,
            "time": time.time(),
            "heard": len(self._heard),
        }
        self._run.append_mark(mark)
        self.plan.change(mark)
