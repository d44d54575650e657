"""The figures that blocks of optimizer steps return, gathered and written as lines of metrics a few times a second."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.runs.metrics_schema import MetricRow
from core.runs.run import Run

_LINE_INTERVAL_S = 0.15


class TrainingError(RuntimeError):
    """An obstacle to going on with training; the text says why and what to change."""


def check_finite(values: np.ndarray | float, step: int) -> None:
    """Raise `TrainingError` where not all of these values, computed after so many steps, are finite."""
    if not np.isfinite(values).all():
        raise TrainingError(
            f"The loss is no longer a number after step {step:,}: the steps were too large. Train again with a tenth "
            "of the learning rate."
        )


@dataclass(frozen=True)
class ProbeAnswers:
    """The network's answers to the ten probe digits: ten labels, ten confidences, and the time of their file."""

    answers: tuple[int, ...]
    confidences: tuple[float, ...]
    drawn_ns: int


class MetricsWriter:
    """The clock of a run and the line of metrics that is being gathered.

    `step` steps are taken; `last` is the newest line of a run that is resumed, None for a new one: the clock goes on
    from it, and stands until the first `start`. `read_probes()` returns the answers that a line holds besides, if any.
    """

    def __init__(
        self,
        run: Run,
        steps_per_epoch: int,
        first_block_steps: int,
        step: int,
        last: MetricRow | None,
        read_probes: Callable[[], ProbeAnswers | None] = lambda: None,
    ) -> None:
        self.run, self.steps_per_epoch, self._read_probes = run, steps_per_epoch, read_probes
        self.block_steps = first_block_steps
        self.line_began = self.line_ended = self.block_began = self.last_step_ended = time.perf_counter()
        self.began = self.line_began - (last.elapsed_s if last else 0.0)
        self.step, self.row = step, last
        self.images, self.loss_sum, self.right = 0, 0.0, 0.0
        self._clock_stands = True

    @property
    def elapsed_s(self) -> float:
        """Return how long the run has been training; the time in which it was paused or cut off does not count."""
        return (self.last_step_ended if self._clock_stands else time.perf_counter()) - self.began

    @property
    def train_s(self) -> float:
        """Return the seconds from the first step's start to the last step's end, pauses left out."""
        return self.last_step_ended - self.began

    def start(self) -> None:
        """Start the clock, if it stands: a block begins, and what this process did before its first is no training."""
        if self._clock_stands:
            self._clock_stands = False
            self.exclude_pause(time.perf_counter() - self.last_step_ended)
            self.start_line()

    def add(self, step: int, steps: int, images: int, loss_sum: float, right: float) -> None:
        """Add a block of `steps` steps that ended with `step`; raises `TrainingError` for a loss of NaN."""
        now = time.perf_counter()
        check_finite(loss_sum, step)
        self.step, self.last_step_ended, self.line_ended = step, now, now
        self.images, self.loss_sum, self.right = self.images + images, self.loss_sum + loss_sum, self.right + right
        step_s = (now - self.block_began) / steps
        # Growing at most fourfold keeps a first, slow block from making the next one long.
        self.block_steps = max(1, min(4 * self.block_steps, round(_LINE_INTERVAL_S / step_s)))
        self.block_began = now
        if now - self.line_began > 0.7 * _LINE_INTERVAL_S:
            self.write()

    def write(self) -> None:
        """Write what was gathered since the last line, if anything was; raises `OSError`."""
        if not self.images:
            return
        row = MetricRow(
            epoch=self.step / self.steps_per_epoch,
            step=self.step,
            loss=self.loss_sum / self.images,
            accuracy=self.right / self.images,
            images_per_s=self.images / (self.line_ended - self.line_began),
            elapsed_s=self.elapsed_s,
        )
        if probes := self._read_probes():
            row = replace(row, answers=probes.answers, confidences=probes.confidences, drawn_ns=probes.drawn_ns)
        self.row = row
        self.run.append_metrics(row)
        self.images, self.loss_sum, self.right = 0, 0.0, 0.0
        self.start_line()

    def add_validation(self, loss: float, accuracy: float) -> None:
        """Write the epoch's last line again, now with the figures of the validation images; raises `OSError`."""
        if self.row is not None:
            self.run.append_metrics(replace(self.row, elapsed_s=self.elapsed_s, val_loss=loss, val_accuracy=accuracy))

    def start_line(self) -> None:
        """Begin to measure the next line: what lay between was no training."""
        self.line_began = self.block_began = time.perf_counter()

    def exclude_pause(self, seconds: float) -> None:
        """Leave a pause that has just ended out of every clock."""
        self.began += seconds
        self.last_step_ended += seconds
        self.exclude_time(seconds)

    def exclude_time(self, seconds: float) -> None:
        """Leave time that was spent otherwise, as for a snapshot, out of the images per second."""
        self.line_began += seconds
        self.line_ended += seconds
        self.block_began += seconds
