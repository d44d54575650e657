"""The course of a run: how many epochs it has and the learning rate of each step, as changed while it learned.

Extended, a run spreads what is left of its schedule over all the steps that are then left; where nothing is left of
it, the last rate stays. A learning rate set by hand stays until the end, whatever the schedule. A step's rate depends
on the config and on the changes made up to that step alone, so a resumed run takes each step as it was taken before.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from core.config import schedules
from core.config.train_config import FIELD_SPECS, TrainConfig

MAX_EPOCHS = FIELD_SPECS["epochs"].high
ENDED_EARLY = "ended early"
"""The kind of the mark where a run had learned enough before its last epoch."""


class TrainingPlan:
    """`changes` are marks of a run, in the order of their making; those of other kinds than these are passed over.

    `extend` adds `value` epochs, at most to `MOST_EPOCHS`; `rate` sets the learning rate to `value` from its `step` on,
    in place of those that were set for later steps before. An extension after the run has ended early adds to the
    epochs that were begun by then, not to those that were planned.
    """

    def __init__(self, config: TrainConfig, steps_per_epoch: int, changes: Iterable[dict] = ()):
        self.config, self.steps_per_epoch = config, steps_per_epoch
        self._extensions, self._rates = [], []
        self._left_out = 0  # of the epochs that were planned, when the run ended early
        for change in changes:
            self.change(change)

    def change(self, mark: dict) -> None:
        """Take one change in."""
        if mark["kind"] == "extend":
            self._extensions = sorted([*self._extensions, (mark["step"], mark["value"] - self._left_out)])
            self._left_out = 0
        elif mark["kind"] == ENDED_EARLY:
            self._left_out = self.epochs - math.ceil(mark["epoch"])
        elif mark["kind"] == "rate":
            kept = [each for each in self._rates if each[0] < mark["step"]]
            self._rates = [*kept, (mark["step"], mark["value"])]

    @property
    def epochs(self) -> int:
        """How many epochs the run has now."""
        return min(MAX_EPOCHS, self.config.epochs + sum(epochs for _, epochs in self._extensions))

    @property
    def extended(self) -> bool:
        """Whether somebody wanted more epochs: then nothing ends the run before them."""
        return bool(self._extensions)

    def rates(self, first: int, last: int) -> np.ndarray:
        """Return the learning rates of steps `first` to `last` - 1: (last - first,) float32."""
        return self.rates_at_steps(np.arange(first, last))

    def rates_at_steps(self, step: np.ndarray) -> np.ndarray:
        """Return the learning rate of each of these steps: (n,) int, counted from 0 → (n,) float32."""
        rates = schedules.rates_at(self.config, self._progress(step + 0.5))
        for since, rate in self._rates:
            rates[step >= since] = rate
        return rates

    def _progress(self, moment):
        """How far the schedule is at these moments, counted in steps: 0 at the start, 1 at the end."""
        progress = np.zeros(len(moment))
        for start, done, end in self._stretches():
            progress = np.where(moment >= start, _along(moment, start, done, end), progress)
        return progress

    def _stretches(self):
        """From which step on the schedule, that far done, is spread over the steps up to which end."""
        epochs, stretches = self.config.epochs, [(0, 0.0, self.config.epochs * self.steps_per_epoch)]
        for step, more in self._extensions:
            epochs = min(MAX_EPOCHS, epochs + more)
            stretches.append((step, float(_along(step, *stretches[-1])), epochs * self.steps_per_epoch))
        return stretches


def _along(moment, start, done, end):
    return done + (1 - done) * (np.minimum(moment, end) - start) / max(1, end - start)


def row_learning_rates(config: TrainConfig, marks: Iterable[dict], rows: Sequence[dict]) -> np.ndarray:
    """Return the learning rate of the last step of each of a run's rows of metrics: (n,) float32."""
    if not rows:
        return np.zeros(0, np.float32)
    course = TrainingPlan(config, round(rows[-1]["step"] / rows[-1]["epoch"]), marks)
    return course.rates_at_steps(np.array([row["step"] for row in rows]) - 1)
