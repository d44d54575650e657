"""Training: one function of a config and a run folder, which it fills while the network learns."""

import errno
import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property

import numpy as np

from core import networks
from core.augmentation import augment, widened
from core.config import TrainConfig
from core.dataset import Images, load_mnist
from core.evaluation import report
from core.passes import training_dtype
from core.predictions import Predictions
from core.runs import Run, Status

_CHUNK_IMAGES = 16384
_FIRST_BLOCK_IMAGES = 256
_PACE_S = 0.15
_HEARTBEAT_S = 2.0
_EVALUATED_AT_ONCE = 500


class TrainingError(RuntimeError):
    """Training cannot go on; the text says why and what to change."""


class _Stopped(Exception):
    """Somebody told the run to stop."""


def train(config: TrainConfig, run: Run) -> Status:
    """Train the network of `config` on MNIST and write `run`'s folder meanwhile; return the last status.

    The status ends as `finished` (with the model and the test report in the folder), or as `stopped` where the run
    was told to stop (with the model of the newest whole epoch, if there is one). Whatever else ends the training
    leaves the status `failed` with a sentence, and is raised again.
    """
    status = Status.of_this_process(networks.count_parameters(config))
    run.write_status(status)
    try:
        training = _Training(config, run, status)
        return training.finish()
    except Exception as error:
        run.write_status(replace(status, state="failed", ended=time.time(), error=_sentence(error)))
        raise


class _Training:
    """One run's network, data and clocks."""

    def __init__(self, config, run, status):
        from core import steps

        self.config, self.run, self.status = config, run, status
        self.data = load_mnist(config.validation_images)
        self.steps_per_epoch = steps.steps_per_epoch(len(self.data.train), config.batch_size)
        steps.set_threads(config)
        networks.import_keras().utils.set_random_seed(config.seed)
        self.model = networks.build(config)
        self.optimizer = steps.make_optimizer(config)
        self.rates = steps.learning_rates(config, config.epochs * self.steps_per_epoch)
        self.progress = _Progress(run, self.steps_per_epoch, max(1, _FIRST_BLOCK_IMAGES // config.batch_size))
        self.first_step_began = time.perf_counter()
        self.step_block = steps.make_step_block(self.model, self.optimizer, config.batch_size, training_dtype(config))
        self.whole_epoch = None

    def finish(self) -> Status:
        """Train to the end or until told to stop; return the status with which the run ended."""
        try:
            self._train_epochs()
            self._end_of_training()
            answered = self._probabilities(self.data.test)
        except _Stopped:
            return self._stop()
        self.run.save_model(self.model)
        self.run.save_predictions(Predictions.of(answered).arrays())
        self.run.write_report(report(answered, self.data.test.labels))
        return self._write_status("finished")

    def _train_epochs(self):
        epoch, first = 0, 0
        for images, labels in _ahead(self._chunks()):
            self._train_chunk(images, labels, epoch * self.steps_per_epoch + first)
            first += math.ceil(len(labels) / self.config.batch_size)
            if first == self.steps_per_epoch:
                epoch, first = epoch + 1, 0
                self._end_epoch(epoch)

    def _chunks(self) -> Iterator[tuple]:
        """Yield the images of every epoch in training order, (n, 28, 28) uint8 with their (n,) int32 labels.

        A chunk holds whole mini-batches and never crosses an epoch, so what is in it depends on the seed alone.
        """
        import tensorflow as tf

        images, labels = self.data.train.images, self.data.train.labels.astype(np.int32)
        size = max(1, _CHUNK_IMAGES // self.config.batch_size) * self.config.batch_size
        for epoch in range(self.config.epochs):
            order = np.random.default_rng([self.config.seed, epoch]).permutation(len(labels))
            for start in range(0, len(order), size):
                chosen = order[start : start + size]
                chunk, wanted = images[chosen], labels[chosen]  # (n, 28, 28), (n,)
                rng = np.random.default_rng([self.config.seed, epoch, start + 1])
                if self.config.other_hands:
                    chunk, wanted = widened(chunk, wanted, rng)
                elif self.config.augmentation:
                    chunk = augment(chunk, rng)
                yield tf.constant(chunk), tf.constant(wanted)

    def _train_chunk(self, images, labels, done):
        """Take the optimizer steps of one chunk in blocks of about `_PACE_S`; `done` steps came before it."""
        steps = math.ceil(len(labels) / self.config.batch_size)
        rates = self.rates[done : done + steps]
        first = 0
        while first < steps:
            self._check_commands()
            last = min(steps, first + self.progress.block_steps)
            loss_sum, right = self.step_block(images, labels, rates, np.int32(first), np.int32(last))
            taken = min(len(labels), last * self.config.batch_size) - first * self.config.batch_size
            self.progress.add(done + last, last - first, taken, float(loss_sum), float(right))
            first = last

    def _end_epoch(self, epoch):
        """The epoch is whole before it is measured: a stop while it is measured does not lose it."""
        self.progress.write()
        self.whole_epoch = self._state()
        self.run.save_checkpoint(self.whole_epoch | {"epoch": np.int64(epoch)})
        if len(self.data.validation):
            measured = report(self._probabilities(self.data.validation), self.data.validation.labels)
            self.progress.add_validation(measured["loss"], measured["accuracy"])
        self._write_status("running")
        self.progress.go_on()

    def _state(self):
        """Every variable of the network (its dropout's seeds too) and of the optimizer, by a name of its own."""
        state = {f"model.{index}": variable.numpy() for index, variable in enumerate(self.model.variables)}
        return state | {f"optimizer.{index}": each.numpy() for index, each in enumerate(self.optimizer.variables)}

    def _check_commands(self):
        if time.time() - self.status.heartbeat > _HEARTBEAT_S:
            self._write_status("running")
        if self.run.stop_requested():
            raise _Stopped

    @cached_property
    def classify(self):
        """Traced when it is first needed, at the first epoch's end: the first point of the curve comes sooner."""
        from core import steps

        return steps.make_classifier(self.model)

    def _probabilities(self, data: Images):
        parts = []
        for start in range(0, len(data), _EVALUATED_AT_ONCE):
            self._check_commands()
            parts.append(self.classify(data.images[start : start + _EVALUATED_AT_ONCE]).numpy())
        return np.concatenate(parts)  # (n, 10)

    def _end_of_training(self):
        train_s = self.progress.last_step_ended - self.first_step_began
        images = self.config.epochs * len(self.data.train)
        self.status = replace(self.status, train_s=train_s, images_per_s=images / train_s)

    def _stop(self):
        """Keep the newest whole epoch, if there is one. The test images stay untouched."""
        if self.whole_epoch:
            for index, variable in enumerate(self.model.variables):
                variable.assign(self.whole_epoch[f"model.{index}"])
            self.run.save_model(self.model)
        return self._write_status("stopped")

    def _write_status(self, state):
        ended = time.time() if state != "running" else 0.0
        self.status = replace(self.status, state=state, ended=ended, heartbeat=time.time())
        self.run.write_status(self.status)
        return self.status


class _Progress:
    """Gathers what the optimizer steps report, and writes it as lines of metrics a few times a second."""

    def __init__(self, run, steps_per_epoch, first_block_steps):
        self.run, self.steps_per_epoch = run, steps_per_epoch
        self.block_steps = first_block_steps
        self.began = self.line_began = self.block_began = self.last_step_ended = time.perf_counter()
        self.step, self.row = 0, {}
        self.images, self.loss_sum, self.right = 0, 0.0, 0.0

    def add(self, step, steps, images, loss_sum, right):
        """Take in a block of `steps` steps that ended with `step`; raises `TrainingError` for a loss of NaN."""
        now = time.perf_counter()
        if not math.isfinite(loss_sum):
            raise TrainingError(
                f"The loss is no longer a number after step {step:,}: the steps were too large. Train again with a "
                "tenth of the learning rate."
            )
        self.step, self.last_step_ended = step, now
        self.images, self.loss_sum, self.right = self.images + images, self.loss_sum + loss_sum, self.right + right
        step_s = (now - self.block_began) / steps
        # Growing at most fourfold keeps a first, slow block from making the next one long.
        self.block_steps = max(1, min(4 * self.block_steps, round(_PACE_S / step_s)))
        self.block_began = now
        if now - self.line_began > 0.7 * _PACE_S:
            self.write()

    def write(self):
        """Write what was gathered since the last line, if anything was."""
        if not self.images:
            return
        self.row = {
            "epoch": self.step / self.steps_per_epoch,
            "step": self.step,
            "loss": self.loss_sum / self.images,
            "accuracy": self.right / self.images,
            "images_per_s": self.images / (self.last_step_ended - self.line_began),
            "elapsed_s": time.perf_counter() - self.began,
        }
        self.run.append_metrics(self.row)
        self.images, self.loss_sum, self.right = 0, 0.0, 0.0
        self.go_on()

    def add_validation(self, loss, accuracy):
        """Write the epoch's last line again, now with the figures of the validation images."""
        elapsed_s = time.perf_counter() - self.began
        self.run.append_metrics(self.row | {"elapsed_s": elapsed_s, "val_loss": loss, "val_accuracy": accuracy})

    def go_on(self):
        """Begin to measure the next line: what lay between was not training."""
        self.line_began = self.block_began = time.perf_counter()


def _ahead(items: Iterator) -> Iterator:
    """Yield the items, each made in a thread of its own while the one before is in use."""
    with ThreadPoolExecutor(1, "chunks") as thread:
        upcoming = thread.submit(next, items, None)
        while (item := upcoming.result()) is not None:
            upcoming = thread.submit(next, items, None)
            yield item


def _sentence(error):
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "No space is left on the disk. Free some, then start the run again."
    if isinstance(error, MemoryError):
        return "The machine's memory did not suffice. Use a smaller network or smaller batches."
    return str(error) or type(error).__name__
