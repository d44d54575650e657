"""The measurements of a network while it trains and at its end: probe images, snapshots, validation, its answers."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.config.train_config import TrainConfig
from core.datasets.mnist import Split
from core.evaluation.predictions import Predictions
from core.evaluation.report import make_report
from core.runs.run import Run
from core.training.evaluator import Evaluator
from core.training.metrics_writer import MetricsWriter, ProbeAnswers
from core.training.snapshot_recorder import SnapshotRecorder

if TYPE_CHECKING:
    import keras


class Measurements:
    """The measurements of the network of one run, after as many steps as `metrics` says, written to its folder.

    `poll` is called before each batch of images, and may raise; each batch is computed in so many `parts`.
    """

    def __init__(
        self,
        run: Run,
        config: TrainConfig,
        model: "keras.Model",
        data: Split,
        metrics: MetricsWriter,
        poll: Callable[[], None],
        parts: int,
    ) -> None:
        self._run, self._config, self._data, self._metrics = run, config, data, metrics
        self._recorder = SnapshotRecorder(run, config.dataset, model, data.validation, metrics.step)
        self._evaluator = Evaluator(model, poll, parts)

    @property
    def next_snapshot_step(self) -> int:
        """Return the step after which the next snapshot within an epoch is due."""
        return self._recorder.next_step

    def read_probes(self) -> ProbeAnswers | None:
        """Return what is read in the probe digits; not for the first line, which would wait for tracing."""
        return self._recorder.read_probe_digits(self._evaluator.classify) if self._metrics.row else None

    def take_snapshot_if_due(self, validated: np.ndarray | None = None) -> None:
        """Take a snapshot where this is the step for one, or an epoch's end, at which the validation images are known.

        validated: their probabilities, (n, classes) float32.
        """
        if validated is None and self._metrics.step != self._recorder.next_step:
            return
        began = time.perf_counter()
        # As in `read_probes`, the first line of the curve does not wait for the classifier's trace.
        classify = self._evaluator.classify if self._metrics.row else None
        epoch = self._metrics.step / self._metrics.steps_per_epoch
        self._recorder.record_snapshot(self._metrics.step, epoch, classify, validated)
        self._metrics.exclude_time(time.perf_counter() - began)

    def validate(self, is_known: bool = False) -> None:
        """Measure an epoch and take its snapshot; where `is_known`, its figures are there, and only that is missing."""
        validated = np.zeros((0, self._config.dataset.num_classes), np.float32)
        if len(self._data.validation):
            validated = self.probabilities(self._data.validation.images)
            measured = make_report(validated, self._data.validation.labels)
            if not is_known:
                self._metrics.add_validation(measured.loss, measured.accuracy)
        self.take_snapshot_if_due(validated)

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return the (n, classes) float32 probabilities of (n, 28, 28) uint8 images, as `Evaluator` computes them."""
        return self._evaluator.probabilities(images, self._metrics.step)

    def save_answers(self, tested: np.ndarray) -> None:
        """Keep what the network answers, and the report on it; raises `OSError`.

        tested: the (n, classes) probabilities of the test images. The training images that it did not learn from are
        answered too, where it has a fold.
        """
        self._run.save_predictions(Predictions.from_probabilities(tested).arrays())
        if self._config.fold:
            held_out = self.probabilities(self._data.validation.images)
            self._run.save_fold_predictions(Predictions.from_probabilities(held_out).arrays())
        self._run.write_report(make_report(tested, self._data.test.labels))
