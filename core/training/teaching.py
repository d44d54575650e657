"""Learning from corrections: one function of a config and a run folder, which it fills while the network learns."""

import time
from dataclasses import replace

import numpy as np

from core.config.train_config import TrainConfig
from core.corrections.freezing import FrozenCorrections, thaw
from core.datasets.mnist import Images
from core.datasets.split import split_for
from core.evaluation.report import make_report
from core.networks.builder import import_keras
from core.networks.safe_loading import load_model
from core.runs import teaching as teaching_files
from core.runs.commands import CommandName
from core.runs.plan import TrainingPlan
from core.runs.run import Run
from core.runs.schema import RunState, Status
from core.runs.status_writer import StatusWriter
from core.training import train_step
from core.training.checkpoints import Checkpoints, restore, restore_model, training_state
from core.training.command_listener import CommandListener
from core.training.failure import failure_text
from core.training.halting import Stopped, follow_commands
from core.training.metrics_writer import MetricsWriter, check_finite
from core.training.teaching_batches import OWN_IMAGES, TeachingBatches
from core.training.teaching_conclusion import judge, keep, replace_judged
from core.training.teaching_share import choose_share
from core.training.teaching_step import make_teaching_step

STEPS_PER_EPOCH = 25
_OWN_COPIES = 800  # of what was corrected, by which the end of learning is judged
_VALIDATED = 1000  # validation images that are measured after each epoch


def teach(config: TrainConfig, run: Run) -> Status:
    """Let the network that `config` starts from learn the corrections in `run`'s folder; return the last status.

    As in `loop.train`, a run that has a checkpoint goes on from there, and ends with the weights it would have had
    without the break. It ends as `finished`, with the model, its card and the measures before and after in the folder;
    as `stopped` where it was sent a stop, with the model of the newest epoch; or as `failed` with a sentence, and what
    ended it is raised again.
    """
    status = Status.of_this_process()
    run.write_status(status)
    run.remove_leftovers()
    try:
        return _Teaching(config, run, status).finish()
    except Exception as error:
        run.write_status(replace(status, state=RunState.FAILED, ended=time.time(), error=failure_text(error)))
        raise


def _thaw(config: TrainConfig, run: Run) -> FrozenCorrections:
    return thaw(teaching_files.load_corrections(run), config.dataset.num_classes)


class _Teaching:
    """One run: its network, its data, and what writes its folder."""

    def __init__(self, config: TrainConfig, run: Run, status: Status) -> None:
        self.config, self.run = config, run
        self.corrections, self.data = _thaw(config, run), split_for(config, run.folder.parent)
        self.batches = TeachingBatches(self.corrections, self.data.train, config)
        self.plan = TrainingPlan(config, STEPS_PER_EPOCH, run.marks())
        self.listener = CommandListener(run, self.plan)
        self.checkpoint_writer = Checkpoints(run)
        train_step.set_threads(config)
        import_keras().utils.set_random_seed(config.seed)
        self.start = teaching_files.start_path(run)
        self.before, self.model = (load_model(self.start, config.dataset.num_classes) for _ in range(2))
        self.before.trainable = False
        self.status = StatusWriter(run, replace(status, parameters=self.model.count_params()))
        self.optimizer = import_keras().optimizers.Adam(config.learning_rate)
        self.step_once = make_teaching_step(self.model, self.before, self.optimizer)
        self.classify = train_step.make_classifier(self.model)
        self.checkpoint = run.checkpoint()
        self.step = int(self.checkpoint["step"]) if self.checkpoint else 0
        self.metrics = self._metrics_writer()

    def _metrics_writer(self) -> MetricsWriter:
        """Return the clock, going on from the checkpoint; rows after it are retracted, for their steps come again."""
        rows = self.run.metrics().rows
        done = [row for row in rows if row.step <= self.step]
        if len(done) < len(rows):
            self.run.retract_metrics(self.step)
        return MetricsWriter(self.run, STEPS_PER_EPOCH, 1, self.step, done[-1] if done else None)

    def finish(self) -> Status:
        """Learn to the end or until stopped; return the status with which the run ended."""
        try:
            self._resume()
            self._poll()
            while self.step < self.plan.epochs * STEPS_PER_EPOCH:
                self._learn_epochs()
            self._conclude()
        except Stopped:
            return self._stop()
        finally:
            self.checkpoint_writer.close()
        return self.status.write(RunState.FINISHED)

    def _resume(self) -> None:
        """Restore the checkpoint, if there is one, and measure its epoch where that was cut off."""
        if self.checkpoint:
            restore(self.checkpoint, self.model, self.optimizer)
            if self.metrics.row and self.metrics.row.step == self.step and self.metrics.row.val_loss is None:
                self._validate()

    def _learn_epochs(self) -> None:
        """Learn to the last epoch that is planned now."""
        for batch in self.batches.from_step(self.step, self.plan.epochs * STEPS_PER_EPOCH):
            self._poll()
            self.metrics.start()
            rate = float(self.plan.rates(self.step, self.step + 1)[0])
            loss, right = self.step_once(batch, rate)
            check_finite(loss, self.step + 1)
            self.step += 1
            self.metrics.add(self.step, 1, OWN_IMAGES, loss * OWN_IMAGES, right * OWN_IMAGES)
            if self.step % STEPS_PER_EPOCH == 0:
                self._end_epoch()

    def _end_epoch(self) -> None:
        """Write the epoch's checkpoint, then measure it on some of the validation images."""
        self.metrics.write()
        self.run.remove_report()
        teaching_files.remove_result(self.run)
        place = {"epoch": np.asarray(self.step // STEPS_PER_EPOCH, np.int64), "step": np.asarray(self.step, np.int64)}
        self.checkpoint = training_state(self.model, self.optimizer) | place
        self.checkpoint_writer.save(self.checkpoint)
        self._validate()
        if self.listener.halt is CommandName.STOP_AFTER_EPOCH and self.step < self.plan.epochs * STEPS_PER_EPOCH:
            raise Stopped
        self.metrics.start_line()

    def _validate(self) -> None:
        """Measure the network on some of the validation images, and add that to the newest line of metrics."""
        sample = slice(0, _VALIDATED)
        kept = self._kept_images()
        measured = make_report(self._probabilities(kept.images[sample]), kept.labels[sample])
        self.metrics.add_validation(measured.loss, measured.accuracy)

    def _kept_images(self) -> Images:
        """Return the validation images; of a set that is too small to have any, those of training."""
        return self.data.validation if len(self.data.validation) else self.data.train

    def _conclude(self) -> None:
        """Choose how far the weights are moved, and keep the model with its measures before and after."""
        self._measure_training()
        own = self.batches.own_copies(_OWN_COPIES)
        share = choose_share(self.model, self.before, own, self._probabilities)
        found = judge(self.model, self.start, self.config, self.corrections, self.data, own, share, self._poll)
        self.checkpoint_writer.wait()
        keep(self.run, self.model, found, self._probabilities(self.data.test.images), self.data.test.labels)

    def _probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return the model's (n, classes) probabilities of (n, 28, 28) uint8 images, a few at a time."""
        parts = []
        for first in range(0, len(images), 500):
            self._poll()
            parts.append(self.classify(images[first : first + 500]).numpy())
        found = np.concatenate(parts)
        check_finite(found, self.step)
        return found

    def _poll(self) -> None:
        follow_commands(self.status, self.listener, self.metrics, self.step)

    def _measure_training(self) -> None:
        train_s = self.metrics.train_s
        self.status.measure(train_s, self.step * self.config.batch_size / train_s if train_s else 0.0)

    def _stop(self) -> Status:
        """Save the model of the newest epoch, if there is one that is newer than a finished model."""
        self.checkpoint_writer.wait()
        if self.checkpoint and teaching_files.read_result(self.run) is None:
            restore_model(self.checkpoint, self.model)
            replace_judged(self.run, self.model)
        self._measure_training()
        return self.status.write(RunState.STOPPED)
