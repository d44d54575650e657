"""The training of a network from drawn things: one function of an objective and a folder, which it fills meanwhile."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from core.networks.saving import save_network
from core.runs.commands import CommandName
from core.runs.objective_run import ObjectiveRow, ObjectiveRun
from core.runs.schema import Mark, RunState, Status
from core.runs.status_writer import StatusWriter
from core.training.checkpoints import Checkpoints, restore, training_state
from core.training.command_listener import CommandListener
from core.training.failure import failure_text
from core.training.metrics_writer import check_finite
from core.training.objectives import Batch, Objective, StepFigures, Validation, make_card

_ROW_STEPS = 10
_CHECKPOINT_STEPS = 100
_VALIDATIONS = 10
_POLL_INTERVAL_S = 0.1

DrawFrom = Callable[[int], contextlib.AbstractContextManager[Iterator[Batch]]]
"""Begin to draw the batches from a step on; they are no longer drawn once the context is left."""


class _Stopped(Exception):
    """The training was sent a stop."""


def train_objective(objective: Objective, run: ObjectiveRun, draw_from: DrawFrom) -> Status:
    """Train the objective's network and write `run`'s folder meanwhile; return the last status.

    A training that has a checkpoint goes on from there, and ends with the weights it would have had without the break,
    to the last bit (on the same machine). It ends as `finished`, with the network and its card in the folder, or as
    `stopped` where it was sent a stop, with a checkpoint of that moment. Whatever else ends it leaves the status
    `failed` with a sentence, and is raised again.
    """
    status = Status.of_this_process()
    run.write_status(status)
    run.remove_leftovers()
    try:
        return _ObjectiveTraining(objective, run, status).finish(draw_from)
    except Exception as error:
        run.write_status(replace(status, state=RunState.FAILED, ended=time.time(), error=failure_text(error)))
        raise


class _FixedPlan:
    """The plan of a training whose length and rates no command changes."""

    def __init__(self, steps_per_epoch: int) -> None:
        self.steps_per_epoch = steps_per_epoch

    def apply(self, mark: Mark) -> None:
        """Change nothing: what the training is sent halts it or lets it go on."""


class _ObjectiveTraining:
    """One training: its network, and what writes its folder."""

    def __init__(self, objective: Objective, run: ObjectiveRun, status: Status) -> None:
        self.objective, self.run, self.examples = objective, run, run.config().examples
        self.steps = objective.count_steps(self.examples)
        self.steps_per_epoch = -(-self.steps // _VALIDATIONS)
        self.trained = objective.make()
        self.status = StatusWriter(run, replace(status, parameters=self.trained.network.count_params()))
        self.listener = CommandListener(run, _FixedPlan(self.steps_per_epoch))
        self.checkpoints = Checkpoints(run)
        self.step = 0
        self.figures: list[StepFigures] = []  # of the steps since the last row
        self.validation: Validation | None = None  # of this step, where it was validated
        self.elapsed_before_s, self.began = 0.0, time.perf_counter()

    @property
    def elapsed_s(self) -> float:
        """Return how long the training has taken, in seconds; pauses and breaks are left out."""
        return self.elapsed_before_s + time.perf_counter() - self.began

    def finish(self, draw_from: DrawFrom) -> Status:
        """Train to the end or until stopped; return the status with which the training ended."""
        self._resume()
        try:
            self._poll()
            self._validate_if_due()
            with draw_from(self.step) as batches:
                for batch in batches:
                    self._take_step(batch)
            self._save_network()
        except _Stopped:
            self._write_row()
            self._save_checkpoint()
            self.checkpoints.wait()
            return self._write_last(RunState.STOPPED)
        finally:
            self.checkpoints.close()
        return self._write_last(RunState.FINISHED)

    def _resume(self) -> None:
        """Restore the checkpoint, if there is one; rows after it are retracted, for their steps come again."""
        state = self.run.checkpoint()
        if state:
            restore(state, self.trained.network, self.trained.optimizer)
            self.step = int(state["step"])
        rows = self.run.rows()
        if rows and rows[-1].step > self.step:
            self.run.retract_metrics(self.step)
        done = [row for row in rows if row.step <= self.step]
        if done:
            self.elapsed_before_s = done[-1].elapsed_s
            if done[-1].step == self.step and done[-1].val_scores is not None:
                self.validation = Validation(done[-1].val_scores, done[-1].val_loss)

    def _take_step(self, batch: Batch) -> None:
        self._poll()
        self.trained.optimizer.learning_rate.assign(self.objective.learning_rate(self.step, self.examples))
        figures = self.trained.step(batch)
        check_finite(figures.loss, self.step)
        self.step, self.validation = self.step + 1, None
        self.figures.append(figures)
        ends_epoch = self._ends_epoch()
        if ends_epoch or self.step % _ROW_STEPS == 0:
            self._write_row()
        if ends_epoch or self.step % _CHECKPOINT_STEPS == 0:
            self._save_checkpoint()
        self._validate_if_due()

    def _ends_epoch(self) -> bool:
        return self.step == self.steps or (self.step > 0 and self.step % self.steps_per_epoch == 0)

    def _write_row(self) -> None:
        """Write what the steps since the last row measured, if there were any."""
        if self.figures:
            scores = [each.score for each in self.figures if each.score is not None]
            loss = float(np.mean([each.loss for each in self.figures]))
            self.run.append_row(self._row(loss, float(np.mean(scores)) if scores else None))
            self.figures = []

    def _row(self, loss: float, score: float | None = None) -> ObjectiveRow:
        return ObjectiveRow(self.step, self.objective.count_examples(self.step), loss, self.elapsed_s, score)

    def _save_checkpoint(self) -> None:
        """Write a checkpoint of this very moment."""
        step = {"step": np.asarray(self.step, np.int64)}
        self.checkpoints.save(training_state(self.trained.network, self.trained.optimizer) | step)

    def _validate_if_due(self) -> None:
        """Measure the network at an epoch's end, once, and write the last row again with what it scores."""
        if self.validation is None and self._ends_epoch():
            self.validation = found = self.trained.validate(self._poll)
            last = self.run.rows()[-1]
            row = replace(last, elapsed_s=self.elapsed_s, val_loss=found.loss, val_scores=dict(found.scores))
            self.run.append_row(row)

    def _poll(self) -> None:
        """Write the heartbeat if it is due and follow new commands. Raises `_Stopped`."""
        self.status.beat()
        self.listener.poll(self.step, self.elapsed_s)
        if self.listener.halt is CommandName.PAUSE:
            self._pause()
        if self.listener.halt not in (None, CommandName.PAUSE):
            raise _Stopped

    def _pause(self) -> None:
        """Compute nothing until resumed or stopped; the memory is kept."""
        paused_at_s = self.elapsed_s
        self.status.write(RunState.PAUSED)
        while self.listener.halt is CommandName.PAUSE:
            time.sleep(_POLL_INTERVAL_S)
            self.status.beat()
            self.listener.poll(self.step, paused_at_s)
        self.elapsed_before_s, self.began = paused_at_s, time.perf_counter()
        self.status.write(RunState.RUNNING)

    def _save_network(self) -> None:
        """Write the network and its card: what it was made of and what it scores."""
        assert self.validation is not None, "the last step ends an epoch"
        card = make_card(self.objective, self.examples, self.status.status.parameters, self.validation, self._poll)
        self.checkpoints.wait()
        save_network(self.trained.network, self.run.model_path)
        self.run.write_card(card)

    def _write_last(self, state: RunState) -> Status:
        elapsed_s = self.elapsed_s
        self.status.measure(elapsed_s, self.objective.count_examples(self.step) / elapsed_s)
        return self.status.write(state)
