"""Training: one function of a config and a run folder, which it fills while the network learns."""

import errno
import math
import time
from dataclasses import replace
from functools import cached_property

import numpy as np

from core.config import schedules
from core.config.train_config import TrainConfig
from core.datasets.input_pipeline import training_chunks
from core.datasets.mnist import Images, load_mnist, subsample_and_corrupt_labels
from core.evaluation.predictions import Predictions
from core.evaluation.report import make_report
from core.networks import builder
from core.runs.plan import ENDED_EARLY, TrainingPlan
from core.runs.run import Run, Status
from core.training.checkpoints import Checkpoints, restore, restore_model, training_state
from core.training.command_listener import CommandListener
from core.training.early_stopping import early_stop_reason, time_limit_reason
from core.training.metrics_writer import MetricsWriter, check_finite
from core.training.snapshot_recorder import SnapshotRecorder

_FIRST_BLOCK_IMAGES = 256
_HEARTBEAT_S = 2.0
_LISTEN_S = 0.1
_EVALUATED_AT_ONCE = 500


class _Stopped(Exception):
    """Somebody told the run to stop."""


class _Enough(Exception):
    """The run has learned enough before its last epoch; the text says why."""


def train(config: TrainConfig, run: Run) -> Status:
    """Train the network of `config` on MNIST and write `run`'s folder meanwhile; return the last status.

    A run that has a checkpoint goes on from there, and ends with the weights it would have had without the break, to
    the last bit (on the same machine).

    The status ends as `finished` (with the model and the test report in the folder), or as `stopped` where the run
    was told to stop (with the model of the newest whole epoch, if there is one). Whatever else ends the training
    leaves the status `failed` with a sentence, and is raised again.
    """
    status = Status.of_this_process(builder.count_parameters(config))
    run.write_status(status)
    run.remove_leftovers()
    try:
        training = _Training(config, run, status)
        return training.finish()
    except Exception as error:
        run.write_status(replace(status, state="failed", ended=time.time(), error=_sentence(error)))
        raise


class _Training:
    """One run's network, data and clocks."""

    def __init__(self, config, run, status):
        from core.training import train_step

        self.config, self.run, self.status, self.beaten = config, run, status, time.monotonic()
        self.data = subsample_and_corrupt_labels(load_mnist(config.validation_images), config)
        self.steps_per_epoch = schedules.steps_per_epoch(len(self.data.train), config.batch_size)
        self.kept = run.checkpoint()
        self.epoch = int(self.kept["epoch"]) if self.kept else 0
        self.plan = TrainingPlan(config, self.steps_per_epoch, run.marks())
        self.listener = CommandListener(run, self.plan)
        self.checkpoints = Checkpoints(run)
        train_step.set_threads(config)
        builder.import_keras().utils.set_random_seed(config.seed)
        self.model = builder.build(config)
        self.optimizer = train_step.make_optimizer(config)
        self.progress = self._progress()
        self.recorder = SnapshotRecorder(run, self.model, self.data.validation, self.progress.step)
        self.step_block = train_step.make_step_block(self.model, self.optimizer, config)

    def _progress(self):
        """The clock, going on from the checkpoint; rows after it are taken back, for their steps are taken again."""
        kept_step = self.kept.get("step") if self.kept else None
        if kept_step is None:  # an older version kept no step, so a report may be of steps that are taken again
            self.run.remove_report()
        done = self.epoch * self.steps_per_epoch if kept_step is None else int(kept_step)
        rows = self.run.metrics().rows
        kept = [row for row in rows if row["step"] <= done]
        if len(kept) < len(rows):
            self.run.retract_metrics(done)
        first_block = max(1, _FIRST_BLOCK_IMAGES // self.config.batch_size)
        last = kept[-1] if kept else {}
        return MetricsWriter(self.run, self.steps_per_epoch, first_block, done, last, self._observe)

    def _observe(self):
        """What is read in the ten digits; not for the first line, which would wait for the classifier's trace."""
        return self.recorder.read_probe_digits(self.classify) if self.progress.row else {}

    def finish(self) -> Status:
        """Train to the end or until told to stop; return the status with which the run ended."""
        try:
            self._resume()
            self._take_snapshot_if_due()
            self._train_and_answer()
        except _Stopped:
            return self._stop()
        finally:
            self.checkpoints.close()
        return self._write_status("finished")

    def _resume(self):
        """Put back the checkpoint, if there is one; what was cut off between it and the next step is made up for."""
        if self.kept:
            restore(self.kept, self.model, self.optimizer)
            self._look()
            ends_epoch = self.progress.row.get("step") == self.progress.step == self.epoch * self.steps_per_epoch
            if ends_epoch and "val_loss" not in self.progress.row:
                self._validate()
            self.progress.start_line()

    def _train_and_answer(self):
        """Train to the end, then keep the model and what it answers to the test images.

        An extension meanwhile leads back.
        """
        while True:
            self._train_epochs()
            self._end_of_training()
            answered = self._probabilities(self.data.test)
            self.checkpoints.wait()
            self.run.save_model(self.model)
            self.run.save_predictions(Predictions.from_probabilities(answered).arrays())
            self.run.write_report(make_report(answered, self.data.test.labels))
            self.listener.poll(self.progress.step, self.progress.elapsed_s)
            if self.epoch == self.plan.epochs or (self.status.note and not self.plan.extended):
                return

    def _train_epochs(self):
        """Train to the last epoch, or until it is enough; the status's note then says why."""
        self.status = replace(self.status, note="")
        try:
            self._end_where_enough()
            for chunk in training_chunks(
                self.data.train, self.config, self.epoch, lambda: self.plan.epochs, self._look
            ):
                self._train_chunk(chunk)
                if chunk.ends_epoch:
                    self._end_epoch()
                    self._end_where_enough()
        except _Enough as why:
            self.progress.write()
            if self.progress.step > self.epoch * self.steps_per_epoch:
                self._keep()
            self.checkpoints.wait()
            self.listener.mark(ENDED_EARLY, self.progress.step, self.progress.elapsed_s)
            self.status = replace(self.status, note=str(why))

    def _end_where_enough(self):
        more = self.plan.extended or self.epoch == self.plan.epochs
        if not more and (why := early_stop_reason(self.config, self.run.metrics().rows, self.progress.train_s)):
            raise _Enough(why)

    def _train_chunk(self, chunk):
        """Take the optimizer steps of one chunk in blocks that take about as long as a line of metrics covers.

        Those that a run which ended within the epoch has taken already are passed over.
        """
        batch = self.config.batch_size
        done = chunk.epoch * self.steps_per_epoch + chunk.first // batch
        steps = math.ceil(len(chunk.labels) / batch)
        first = max(0, self.progress.step - done)
        while first < steps:
            self._look()
            self.progress.start()
            last = min(steps, first + self.progress.block_steps, max(first + 1, self.recorder.next_step - done))
            rates = self.plan.rates(done, done + steps)
            loss_sum, right = self.step_block(chunk.images, chunk.labels, rates, np.int32(first), np.int32(last))
            taken = min(len(chunk.labels), last * batch) - first * batch
            self.progress.add(done + last, last - first, taken, float(loss_sum), float(right))
            self._take_snapshot_if_due()
            first = last
            within = not (chunk.ends_epoch and first == steps)
            if within and not self.plan.extended and (why := time_limit_reason(self.config, self.progress.train_s)):
                raise _Enough(why)

    def _take_snapshot_if_due(self, validated=None):
        if validated is None and self.progress.step != self.recorder.next_step:
            return
        began = time.perf_counter()
        # As in `_observe`, the first line of the curve does not wait for the classifier's trace.
        classify = self.classify if self.progress.row else None
        self.recorder.record_snapshot(
            self.progress.step, self.progress.step / self.steps_per_epoch, classify, validated
        )
        self.progress.exclude_time(time.perf_counter() - began)

    def _end_epoch(self):
        """The epoch is whole before it is measured: a stop while it is measured does not lose it."""
        self.epoch += 1
        self.progress.write()
        self.run.remove_report()
        self._keep()
        self._validate()
        if self.listener.halt == "stop_after_epoch" and self.epoch < self.plan.epochs:
            raise _Stopped
        self.progress.start_line()

    def _keep(self):
        """Write a checkpoint of this very moment: a whole epoch, or within one that is gone on with."""
        place = {"epoch": np.int64(self.epoch), "step": np.int64(self.progress.step)}
        self.kept = training_state(self.model, self.optimizer) | place
        self.checkpoints.save(self.kept)

    def _validate(self):
        validated = np.zeros((0, 10), np.float32)
        if len(self.data.validation):
            validated = self._probabilities(self.data.validation)
            measured = make_report(validated, self.data.validation.labels)
            self.progress.add_validation(measured["loss"], measured["accuracy"])
        self._take_snapshot_if_due(validated)

    def _look(self):
        """Give a sign of life and do what the run is told; several times a second. Raises `_Stopped`."""
        self._beat()
        self.listener.poll(self.progress.step, self.progress.elapsed_s)
        if self.listener.halt == "pause":
            self._pause()
        if self.listener.halt == "stop":
            raise _Stopped

    def _beat(self):
        if time.monotonic() - self.beaten > _HEARTBEAT_S:
            self._write_status(self.status.state)

    def _pause(self):
        """Compute nothing until told to go on or to stop. The memory is kept, and the turn."""
        began, elapsed_s = time.perf_counter(), self.progress.elapsed_s
        self.progress.write()
        self._write_status("paused")
        while self.listener.halt == "pause":
            time.sleep(_LISTEN_S)
            self._beat()
            self.listener.poll(self.progress.step, elapsed_s)
        self.progress.exclude_pause(time.perf_counter() - began)
        self._write_status("running")

    @cached_property
    def classify(self):
        """Traced when it is first needed, at the first epoch's end: the first point of the curve comes sooner."""
        from core.training import train_step

        return train_step.make_classifier(self.model)

    def _probabilities(self, data: Images):
        parts = []
        for start in range(0, len(data), _EVALUATED_AT_ONCE):
            self._look()
            parts.append(self.classify(data.images[start : start + _EVALUATED_AT_ONCE]).numpy())
            check_finite(parts[-1], self.progress.step)
        return np.concatenate(parts)  # (n, 10)

    def _end_of_training(self):
        images = round(self.progress.step / self.steps_per_epoch * len(self.data.train))
        train_s = self.progress.train_s
        self.status = replace(self.status, train_s=train_s, images_per_s=images / train_s if train_s else 0.0)

    def _stop(self):
        """Keep the newest checkpoint, if there is one, once it is on the disk. The test images stay untouched."""
        self.checkpoints.wait()
        if self.kept:
            restore_model(self.kept, self.model)
            self.run.save_model(self.model)
        return self._write_status("stopped")

    def _write_status(self, state):
        self.beaten = time.monotonic()
        self.status = replace(self.status, state=state)
        self.status = replace(self.status, ended=time.time() if self.status.is_final else 0.0)
        self.run.write_status(self.status)
        return self.status


def _sentence(error):
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "No space is left on the disk. Free some, then press Resume: the run goes on."
    if isinstance(error, MemoryError):
        return "The machine's memory did not suffice. Use a smaller network or smaller batches."
    return str(error) or type(error).__name__
