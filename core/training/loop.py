"""Training: one function of a config and a run folder, which it fills while the network trains."""

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.config import schedules
from core.config.train_config import TrainConfig
from core.datasets.input_pipeline import Chunk, training_chunks
from core.datasets.mnist import Split
from core.datasets.split import split_for, subsample_and_corrupt_labels
from core.networks import builder
from core.runs.commands import CommandName
from core.runs.plan import TrainingPlan
from core.runs.run import Run
from core.runs.schema import MarkKind, RunState, Status
from core.runs.status_writer import StatusWriter
from core.training.batch_parts import count_parts
from core.training.checkpoints import Checkpoints, restore, restore_model, training_state
from core.training.command_listener import CommandListener
from core.training.early_stopping import early_stop_reason, time_limit_reason
from core.training.failure import failure_text
from core.training.halting import Stopped, follow_commands
from core.training.measurements import Measurements
from core.training.metrics_writer import MetricsWriter
from core.training.warm_start import take_over_weights

if TYPE_CHECKING:
    import keras

_FIRST_BLOCK_IMAGES = 256


class _EndedEarly(Exception):
    """The run ends before its last epoch; the text says why."""


def train(config: TrainConfig, run: Run) -> Status:
    """Train the network of `config` on its data set and write `run`'s folder meanwhile; return the last status.

    A run that has a checkpoint goes on from there, and ends with the weights it would have had without the break, to
    the last bit (on the same machine).

    The status ends as `finished` (with the model and the test report in the folder), or as `stopped` where the run
    was sent a stop (with the model of the newest whole epoch, if there is one). Whatever else ends the training
    leaves the status `failed` with a sentence, and is raised again.
    """
    status = Status.of_this_process(builder.count_parameters(config))
    run.write_status(status)
    run.remove_leftovers()
    try:
        return _Training(config, run, status).finish()
    except Exception as error:
        failed = replace(status, state=RunState.FAILED, ended=time.time(), error=failure_text(error))
        run.write_status(failed)
        raise


class _Training:
    """One run: its network, its data, and what writes its folder."""

    def __init__(self, config: TrainConfig, run: Run, status: Status) -> None:
        from core.training import train_step

        self.config, self.run, self.status = config, run, StatusWriter(run, status)
        self.data: Split = subsample_and_corrupt_labels(split_for(config, run.folder.parent), config)
        self.steps_per_epoch = schedules.steps_per_epoch(len(self.data.train), config.batch_size)
        self.checkpoint = run.checkpoint()
        self.epoch = int(self.checkpoint["epoch"]) if self.checkpoint else 0
        self.plan = TrainingPlan(config, self.steps_per_epoch, run.marks())
        self.listener = CommandListener(run, self.plan)
        self.checkpoint_writer = Checkpoints(run)
        parts = count_parts(config)
        train_step.set_threads(config, parts)
        builder.import_keras().utils.set_random_seed(config.seed)
        self.model: keras.Sequential = builder.build(config)
        if not self.checkpoint:
            take_over_weights(self.model, config, run.folder.parent)
        self.optimizer = train_step.make_optimizer(config)
        self.metrics = self._metrics_writer()
        self.measurements = Measurements(run, config, self.model, self.data, self.metrics, self._poll, parts)
        self.step_block = train_step.make_step_block(self.model, self.optimizer, config)

    def _metrics_writer(self) -> MetricsWriter:
        """Return the clock, going on from the checkpoint; rows after it are retracted, for their steps come again."""
        checkpoint_step = self.checkpoint.get("step") if self.checkpoint else None
        if checkpoint_step is None:  # an early version stored no step, so a report may be of steps that are taken again
            self.run.remove_report()
        done = self.epoch * self.steps_per_epoch if checkpoint_step is None else int(checkpoint_step)
        rows = self.run.metrics().rows
        done_rows = [row for row in rows if row.step <= done]
        if len(done_rows) < len(rows):
            self.run.retract_metrics(done)
        first_block = max(1, _FIRST_BLOCK_IMAGES // self.config.batch_size)
        last = done_rows[-1] if done_rows else None
        return MetricsWriter(
            self.run, self.steps_per_epoch, first_block, done, last, lambda: self.measurements.read_probes()
        )

    def finish(self) -> Status:
        """Train to the end or until stopped; return the status with which the run ended."""
        try:
            self._resume()
            self.measurements.take_snapshot_if_due()
            self._train_and_test()
        except Stopped:
            return self._stop()
        finally:
            self.checkpoint_writer.close()
        return self.status.write(RunState.FINISHED)

    def _resume(self) -> None:
        """Restore the checkpoint, if there is one; what was cut off between it and the next step is made up for."""
        if self.checkpoint:
            restore(self.checkpoint, self.model, self.optimizer)
            self._poll()
            last = self.metrics.row
            at_epoch_end = self.metrics.step == self.epoch * self.steps_per_epoch
            if last and last.step == self.metrics.step and at_epoch_end:
                is_known = last.val_loss is not None
                if not (is_known and last.step in self.run.snapshots.steps()):
                    self.measurements.validate(is_known)
            self.metrics.start_line()

    def _train_and_test(self) -> None:
        """Train to the end, then keep the model and what it answers to the test images.

        An extension meanwhile leads back to training.
        """
        while True:
            self._train_epochs()
            self._measure_training()
            answered = self.measurements.probabilities(self.data.test.images)
            self.checkpoint_writer.wait()
            self.run.save_model(self.model)
            self.measurements.save_answers(answered)
            self.listener.poll(self.metrics.step, self.metrics.elapsed_s)
            ended_early = self.status.status.note and not self.plan.extended
            if self.epoch == self.plan.epochs or ended_early:
                return

    def _train_epochs(self) -> None:
        """Train to the last epoch, or until something ends the run early; the status's note then says why."""
        self.status.note("")
        try:
            self._end_early_if_due()
            chunks = training_chunks(self.data.train, self.config, self.epoch, lambda: self.plan.epochs, self._poll)
            for chunk in chunks:
                self._train_chunk(chunk)
                if chunk.ends_epoch:
                    self._end_epoch()
                    self._end_early_if_due()
        except _EndedEarly as why:
            self.metrics.write()
            if self.metrics.step > self.epoch * self.steps_per_epoch:
                self._save_checkpoint()
            self.checkpoint_writer.wait()
            self.listener.mark(MarkKind.ENDED_EARLY, self.metrics.step, self.metrics.elapsed_s)
            self.status.note(str(why))

    def _end_early_if_due(self) -> None:
        if self.plan.extended or self.epoch == self.plan.epochs:
            return
        if why := early_stop_reason(self.config, self.run.metrics().rows, self.metrics.train_s):
            raise _EndedEarly(why)

    def _train_chunk(self, chunk: Chunk) -> None:
        """Take the optimizer steps of one chunk in blocks that take about as long as a line of metrics covers.

        Steps that a run which ended within the epoch has taken already are left out.
        """
        batch = self.config.batch_size
        done = chunk.epoch * self.steps_per_epoch + chunk.first // batch
        steps = math.ceil(len(chunk.labels) / batch)
        first = max(0, self.metrics.step - done)
        while first < steps:
            self._poll()
            self.metrics.start()
            snapshot = max(first + 1, self.measurements.next_snapshot_step - done)
            last = min(steps, first + self.metrics.block_steps, snapshot)
            rates = self.plan.rates(done, done + steps)
            loss_sum, right = self.step_block(chunk.images, chunk.labels, rates, np.int32(first), np.int32(last))
            taken = min(len(chunk.labels), last * batch) - first * batch
            self.metrics.add(done + last, last - first, taken, float(loss_sum), float(right))
            self.measurements.take_snapshot_if_due()
            first = last
            within = not (chunk.ends_epoch and first == steps)
            if within and not self.plan.extended and (why := time_limit_reason(self.config, self.metrics.train_s)):
                raise _EndedEarly(why)

    def _end_epoch(self) -> None:
        """Write the epoch's checkpoint, then measure it: a stop while it is measured does not lose the epoch."""
        self.epoch += 1
        self.metrics.write()
        self.run.remove_report()
        self._save_checkpoint()
        self.measurements.validate()
        if self.listener.halt is CommandName.STOP_AFTER_EPOCH and self.epoch < self.plan.epochs:
            raise Stopped
        self.metrics.start_line()

    def _save_checkpoint(self) -> None:
        """Write a checkpoint of this very moment: a whole epoch, or a step within one after which the run ended."""
        place = {"epoch": np.asarray(self.epoch, np.int64), "step": np.asarray(self.metrics.step, np.int64)}
        self.checkpoint = training_state(self.model, self.optimizer) | place
        self.checkpoint_writer.save(self.checkpoint)

    def _poll(self) -> None:
        follow_commands(self.status, self.listener, self.metrics, self.metrics.step)

    def _measure_training(self) -> None:
        images = round(self.metrics.step / self.steps_per_epoch * len(self.data.train))
        train_s = self.metrics.train_s
        self.status.measure(train_s, images / train_s if train_s else 0.0)

    def _stop(self) -> Status:
        """Save the model of the newest checkpoint, if there is one, once it is on the disk; test images stay unused."""
        self.checkpoint_writer.wait()
        if self.checkpoint:
            restore_model(self.checkpoint, self.model)
            self.run.save_model(self.model)
        self._measure_training()
        return self.status.write(RunState.STOPPED)
