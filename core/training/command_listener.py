"""The commands that a run is sent while it trains: received, followed, and marked where they took effect."""

import time
from typing import Protocol

from core.runs.commands import Command, CommandName, pending_halt
from core.runs.run_folder import RunFolder
from core.runs.schema import Mark, MarkKind


class Plan(Protocol):
    """The plan of a training, as far as commands change it."""

    steps_per_epoch: int

    def apply(self, mark: Mark) -> None:
        """Follow one mark."""
        ...


class CommandListener:
    """The receiver of a run's commands: it changes `plan` and holds what halts the run in `halt` (`pending_halt`)."""

    def __init__(self, run: RunFolder, plan: Plan) -> None:
        self._run, self.plan = run, plan
        self._followed_before, self._offset = run.acknowledged(), 0
        self._received: list[Command] = []
        self.halt: CommandName | None = None

    def poll(self, step: int, elapsed_s: float) -> None:
        """Follow what the run was sent since the last call; `step` steps are taken so far. Raises `OSError`.

        Each command is marked before it takes effect, so that a run that is cut off and resumed follows it at the same
        step again, and none twice. An extension that was stopped before any worker received it was cancelled.
        """
        new, self._offset = self._run.commands_from(self._offset)
        for place, each in enumerate(new):
            self._received.append(each)
            cancelled = each.command is CommandName.EXTEND and any(
                later.command is CommandName.STOP for later in new[place:]
            )
            is_new = len(self._received) > self._followed_before
            if is_new and each.command is not CommandName.FIRST and not cancelled:
                self.mark(MarkKind(each.command), step, elapsed_s, each.value)
        self.halt = pending_halt(self._received)

    def mark(self, kind: MarkKind, step: int, elapsed_s: float, value: float | None = None) -> None:
        """Mark what happens to the run after `step` steps, and change its plan by it; raises `OSError`."""
        mark = Mark(
            kind=kind,
            step=step,
            epoch=step / self.plan.steps_per_epoch,
            elapsed_s=elapsed_s,
            acknowledged=len(self._received),
            value=value,
            time=time.time(),
        )
        self._run.append_mark(mark)
        self.plan.apply(mark)
