"""What the optimizer steps report, gathered and written as lines of metrics a few times a second."""

import time
from collections.abc import Callable

import numpy as np

from core.runs.run import Run

_LINE_INTERVAL_S = 0.15


class TrainingError(RuntimeError):
    """Training cannot go on; the text says why and what to change."""


def check_finite(values, step: int) -> None:
    """Raise `TrainingError` where not all of these are finite, which were computed after so many steps."""
    if not np.isfinite(values).all():
        raise TrainingError(
            f"The loss is no longer a number after step {step:,}: the steps were too large. Train again with a tenth "
            "of the learning rate."
        )


class MetricsWriter:
    """The clock of a run and the line of metrics that is being gathered.

    `step` steps are taken; `last` is the newest line of a run that goes on, {} for a new one: the clock follows it,
    and stands until the first `start`.
    `observe()` gives what a line holds besides.
    """

    def __init__(
        self,
        run: Run,
        steps_per_epoch: int,
        first_block_steps: int,
        step: int,
        last: dict,
        observe: Callable[[], dict] = dict,
    ):
        self.run, self.steps_per_epoch, self._observe = run, steps_per_epoch, observe
        self.block_steps = first_block_steps
        self.line_began = self.line_ended = self.block_began = self.last_step_ended = time.perf_counter()
        self.began = self.line_began - last.get("elapsed_s", 0.0)
        self.step, self.row = step, last
        self.images, self.loss_sum, self.right = 0, 0.0, 0.0
        self._stands = True

    @property
    def elapsed_s(self) -> float:
        """How long the run has been learning: the time in which it was paused or cut off does not count."""
        return (self.last_step_ended if self._stands else time.perf_counter()) - self.began

    @property
    def train_s(self) -> float:
        """From the first step's start to the last step's end, pauses left out."""
        return self.last_step_ended - self.began

    def start(self) -> None:
        """Start the clocks, if they stand: a block begins, and what came before its process's first is no training."""
        if self._stands:
            self._stands = False
            self.exclude_pause(time.perf_counter() - self.last_step_ended)
            self.start_line()

    def add(self, step: int, steps: int, images: int, loss_sum: float, right: float) -> None:
        """Take in a block of `steps` steps that ended with `step`; raises `TrainingError` for a loss of NaN."""
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
        self.row = {
            "epoch": self.step / self.steps_per_epoch,
            "step": self.step,
            "loss": self.loss_sum / self.images,
            "accuracy": self.right / self.images,
            "images_per_s": self.images / (self.line_ended - self.line_began),
            "elapsed_s": self.elapsed_s,
            **self._observe(),
        }
        self.run.append_metrics(self.row)
        self.images, self.loss_sum, self.right = 0, 0.0, 0.0
        self.start_line()

    def add_validation(self, loss: float, accuracy: float) -> None:
        """Write the epoch's last line again, now with the figures of the validation images."""
        self.run.append_metrics(self.row | {"elapsed_s": self.elapsed_s, "val_loss": loss, "val_accuracy": accuracy})

    def start_line(self) -> None:
        """Begin to measure the next line: what lay between was not training."""
        self.line_began = self.block_began = time.perf_counter()

    def exclude_pause(self, seconds: float) -> None:
        """Take a pause that has just ended off every clock."""
        self.began += seconds
        self.last_step_ended += seconds
        self.exclude_time(seconds)

    def exclude_time(self, seconds: float) -> None:
        """Leave a look at the network that has just ended out of the speed of learning."""
        self.line_began += seconds
        self.line_ended += seconds
        self.block_began += seconds
