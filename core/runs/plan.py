"""The plan of a run: how many epochs it has and the learning rate of each step, as changed while it trained.

When a run is extended, what is left of its schedule is spread over all the steps that are then left; where nothing is
left of it, the last rate stays. A learning rate set by hand stays until the end, whatever the schedule. A step's rate
depends only on the config and on the changes made up to that step, so a resumed run takes each step as it was taken
before.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from core.config import schedules
from core.config.field_spec import format_number
from core.config.train_config import FIELD_SPECS, TrainConfig
from core.runs.metrics_schema import MetricRow
from core.runs.schema import Mark, MarkKind

MAX_EPOCHS = int(FIELD_SPECS["epochs"].high or 0)


class TrainingPlan:
    """The epochs and learning rates of one run.

    `marks` are applied in the order in which they were made; kinds other than these are ignored. `extend` adds epochs,
    up to `MAX_EPOCHS`; `rate` sets the learning rate from its step on, in place of rates that were set for later steps
    before. An extension after the run has ended early adds to the epochs that had begun by then, not to those planned.
    """

    def __init__(self, config: TrainConfig, steps_per_epoch: int, marks: Iterable[Mark] = ()) -> None:
        self.config, self.steps_per_epoch = config, steps_per_epoch
        self._extensions: list[tuple[int, int]] = []  # (step, epochs)
        self._rates: list[tuple[int, float]] = []  # (step, learning rate)
        self._omitted_epochs = 0  # of those planned, when the run ended early
        for mark in marks:
            self.apply(mark)

    def apply(self, mark: Mark) -> None:
        """Follow one mark."""
        if mark.kind is MarkKind.EXTEND and mark.value is not None:
            self._extensions = sorted([*self._extensions, (mark.step, int(mark.value) - self._omitted_epochs)])
            self._omitted_epochs = 0
        elif mark.kind is MarkKind.ENDED_EARLY:
            self._omitted_epochs = self.epochs - math.ceil(mark.epoch)
        elif mark.kind is MarkKind.RATE and mark.value is not None:
            earlier = [each for each in self._rates if each[0] < mark.step]
            self._rates = [*earlier, (mark.step, mark.value)]

    @property
    def epochs(self) -> int:
        """Return how many epochs the run has now."""
        return min(MAX_EPOCHS, self.config.epochs + sum(epochs for _, epochs in self._extensions))

    @property
    def extended(self) -> bool:
        """Return whether more epochs were asked for: then nothing ends the run before them."""
        return bool(self._extensions)

    def rates(self, first: int, last: int) -> np.ndarray:
        """Return the learning rates of steps `first` to `last` - 1: (last - first,) float32."""
        return self.rates_at_steps(np.arange(first, last))

    def rates_at_steps(self, steps: np.ndarray) -> np.ndarray:
        """Return the learning rate of each of these steps: (n,) int, counted from 0 → (n,) float32."""
        rates = schedules.rates_at(self.config, self._progress(steps + 0.5))
        for since, rate in self._rates:
            rates[steps >= since] = rate
        return rates

    def knots(self) -> list[tuple[int, float]]:
        """Return the steps between which the schedule goes on evenly, with its progress at each: 0 at the start.

        Without extensions these are (0, 0.0) and (steps of the run, 1.0).
        """
        stretches = self._stretches()
        knots = [(start, done) for start, done, _ in stretches]
        ends = [end for _, _, end in stretches]
        early = [(end, 1.0) for end, (start, _) in zip(ends, knots[1:], strict=False) if end < start]
        return sorted([*knots, *early, (ends[-1], 1.0)])

    def _progress(self, moments: np.ndarray) -> np.ndarray:
        """Return how far the schedule is at these moments, (n,) float in steps: 0 at the start, 1 at the end."""
        progress = np.zeros(len(moments))
        for start, done, end in self._stretches():
            progress = np.where(moments >= start, _interpolate(moments, start, done, end), progress)
        return progress

    def _stretches(self) -> list[tuple[int, float, int]]:
        """Return (start, done, end): from step `start` on, the schedule goes from `done` to 1 at step `end`."""
        epochs = self.config.epochs
        stretches = [(0, 0.0, epochs * self.steps_per_epoch)]
        for step, more in self._extensions:
            epochs = min(MAX_EPOCHS, epochs + more)
            done = float(_interpolate(np.asarray(step), *stretches[-1]))
            stretches.append((step, done, epochs * self.steps_per_epoch))
        return stretches


def _interpolate(moments: np.ndarray, start: int, done: float, end: int) -> np.ndarray:
    return done + (1 - done) * (np.minimum(moments, end) - start) / max(1, end - start)


def row_learning_rates(config: TrainConfig, marks: Iterable[Mark], rows: Sequence[MetricRow]) -> np.ndarray:
    """Return the learning rate of the last step of each of a run's metric rows: (n,) float32."""
    if not rows:
        return np.zeros(0, np.float32)
    plan = TrainingPlan(config, round(rows[-1].step / rows[-1].epoch), marks)
    return plan.rates_at_steps(np.array([row.step for row in rows]) - 1)


def changed_settings(config: TrainConfig, marks: Sequence[Mark]) -> dict[str, str]:
    """Return, by the config's field, what was changed while the run trained: `2 extended to 5` epochs, in words."""
    changed, epochs, rates = {}, TrainingPlan(config, 1, marks).epochs, list[Mark]()
    if epochs != config.epochs:
        changed["epochs"] = f"{config.epochs} extended to {epochs}"
    for mark in marks:
        if mark.kind is MarkKind.RATE:
            rates = [*(each for each in rates if each.step < mark.step), mark]
    if rates:
        later = [f"{format_number(mark.value or 0.0)} from epoch {mark.epoch:.1f}" for mark in rates]
        changed["learning_rate"] = " then ".join([format_number(config.learning_rate), *later])
    return changed
