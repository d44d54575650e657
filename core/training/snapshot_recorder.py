"""Observations of a network while it trains: its probe images read again and again, and snapshots to go back to."""

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.config.dataset_spec import DatasetSpec
from core.datasets import probe_digits
from core.datasets.class_examples import class_examples
from core.datasets.mnist import Images
from core.evaluation.report import confusion_matrix
from core.runs.first_layer import first_layer_images, first_layer_use
from core.runs.run import Run
from core.runs.snapshots import Snapshot, next_snapshot_step
from core.training.metrics_writer import ProbeAnswers

if TYPE_CHECKING:
    import keras

Classify = Callable[[np.ndarray], np.ndarray]
"""(n, 28, 28) uint8 images → (n, classes) float32 probabilities."""

_VALIDATION_SAMPLE = 100
"""Validation images that a snapshot within an epoch measures: it must not cost more than a little training."""
_REST_FACTOR = 200
"""Times as long as reading the probe digits took, they are not read again."""


class SnapshotRecorder:
    """A recorder of what a person wants to see of a run; its cost is about a hundredth of the training's.

    `step` steps are taken already; `next_step` is the one after which the next snapshot within an epoch is due.
    """

    def __init__(self, run: Run, dataset: DatasetSpec, model: "keras.Model", validation: Images, step: int) -> None:
        self.run, self.dataset, self.model, self.validation = run, dataset, model, validation
        self.next_step = next_snapshot_step(step) if step else 0
        self._modified_ns = -1
        self._digits = np.zeros((0, 28, 28), np.uint8)
        self._rests_until = 0.0
        self._waiting: list[tuple[int, float, list[np.ndarray]]] = []

    def probe_images(self) -> np.ndarray:
        """Return the image of each class, (classes, 28, 28) uint8: the probe digits as they now are, or the set's."""
        if not self.dataset.is_digits:
            return class_examples(self.dataset, self.run.folder.parent)
        modified_ns = probe_digits.modified_ns(self.run.folder.parent)
        if modified_ns != self._modified_ns:
            self._modified_ns, self._digits = modified_ns, probe_digits.load(self.run.folder.parent).images
        return self._digits

    def read_probe_digits(self, classify: Classify) -> ProbeAnswers | None:
        """Return what the network reads in the probe digits, for a line of metrics.

        None where they were read so short a while ago that reading them again would hold up the training.
        """
        began = time.perf_counter()
        if began < self._rests_until:
            return None
        probabilities = classify(self.probe_images())  # (classes, classes)
        ended = time.perf_counter()
        self._rests_until = ended + _REST_FACTOR * (ended - began)
        confidences = tuple(round(float(each), 3) for each in probabilities.max(axis=1))
        return ProbeAnswers(tuple(probabilities.argmax(axis=1).tolist()), confidences, self._modified_ns)

    def record_snapshot(
        self, step: int, epoch: float, classify: Classify | None = None, validated: np.ndarray | None = None
    ) -> None:
        """Take a snapshot after `step` steps.

        `classify` is None before it is traced, since the first point of the curve must not wait for that: the weights
        are kept, and the snapshot is taken together with the next one. `validated` (n, classes) are the probabilities
        of all validation images where they are known already, as at an epoch's end; else some of the images are
        measured. On a full disk there is no snapshot, and the training goes on.
        """
        self.next_step = next_snapshot_step(step)
        if classify is None:
            self._waiting.append((step, epoch, self.model.get_weights()))
            return
        if self._waiting:
            self._take_waiting(classify)
        self._take(step, epoch, classify, validated)

    def _take_waiting(self, classify: Classify) -> None:
        now = self.model.get_weights()
        for step, epoch, weights in self._waiting:
            self.model.set_weights(weights)
            self._take(step, epoch, classify)
        self.model.set_weights(now)
        self._waiting.clear()

    def _take(self, step: int, epoch: float, classify: Classify, validated: np.ndarray | None = None) -> None:
        digits = self.probe_images()
        sample = self.validation.images[:_VALIDATION_SAMPLE] if validated is None else self.validation.images[:0]
        probabilities = classify(np.concatenate([digits, sample]))  # (classes + n, classes)
        validated = probabilities[len(digits) :] if validated is None else validated
        snapshot = Snapshot(
            step=np.asarray(step, np.int64),
            epoch=np.asarray(epoch, np.float64),
            digits=digits,
            probabilities=probabilities[: len(digits)],
            weights=first_layer_images(self.model),
            confusion=confusion_matrix(self.validation.labels[: len(validated)], validated.argmax(axis=1), len(digits)),
            use=first_layer_use(self.model),
        )
        with contextlib.suppress(OSError):
            self.run.snapshots.save(snapshot)
            self.run.snapshots.save_weights(step, self.model.get_weights())
