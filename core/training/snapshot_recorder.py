"""Looking at a network while it learns: the person's ten digits again and again, and snapshots to go back to."""

import contextlib
import time
from collections.abc import Callable

import numpy as np

from core.datasets import probe_digits
from core.datasets.mnist import Images
from core.evaluation.report import confusion_matrix
from core.runs.run import Run
from core.runs.snapshots import Snapshot, first_layer_images, next_snapshot_step

_MEASURED_BETWEEN = 100
"""Validation images that a snapshot within an epoch measures: looking must not cost more than a little training."""
_REST = 200
"""Times as long as reading the ten digits took, they are not read again."""


class SnapshotRecorder:
    """Takes down what a person wants to see of a run; its cost is about a hundredth of the training's.

    `step` steps are taken already; `next_step` is the one after which the next snapshot within an epoch is due.
    """

    def __init__(self, run: Run, model, validation: Images, step: int):
        self.run, self.model, self.validation = run, model, validation
        self.next_step = next_snapshot_step(step) if step else 0
        self._changed_ns, self._ten = -1, None
        self._rests_until = 0.0
        self._waiting: list[tuple[int, float, list[np.ndarray]]] = []

    def ten_digits(self) -> np.ndarray:
        """Return the person's digits as they are now, (10, 28, 28) uint8."""
        changed_ns = probe_digits.modified_ns(self.run.folder.parent)
        if changed_ns != self._changed_ns:
            self._changed_ns, self._ten = changed_ns, probe_digits.load(self.run.folder.parent).images
        return self._ten

    def read_probe_digits(self, classify: Callable) -> dict:
        """Return what the network says of the ten digits, for a row of metrics.

        `answers` and `confidences` are lists of ten; `drawn_ns` says which drawing was read (`my_digits.changed_ns`).

        `classify` is what `steps.make_classifier` returns. {} where they were read so short a while ago that reading
        them again would hold up the training.
        """
        began = time.perf_counter()
        if began < self._rests_until:
            return {}
        probabilities = classify(self.ten_digits()).numpy()  # (10, 10)
        ended = time.perf_counter()
        self._rests_until = ended + _REST * (ended - began)
        confidences = [round(float(each), 3) for each in probabilities.max(axis=1)]
        answers = probabilities.argmax(axis=1).tolist()
        return {"answers": answers, "confidences": confidences, "drawn_ns": self._changed_ns}

    def record_snapshot(
        self, step: int, epoch: float, classify: Callable | None = None, validated: np.ndarray | None = None
    ) -> None:
        """Take a snapshot after `step` steps.

        `classify` is what `steps.make_classifier` returns, None before it is traced: the snapshot is then taken with
        the next one, of the weights as they are now, for the first point of the curve waits. `validated` (n, 10) are
        the probabilities of all validation images where they are known already, as at an epoch's end; else some of
        the images are measured. A full disk costs the look back, not the run.
        """
        self.next_step = next_snapshot_step(step)
        if classify is None:
            self._waiting.append((step, epoch, self.model.get_weights()))
            return
        if self._waiting:
            self._take_waiting(classify)
        self._take(step, epoch, classify, validated)

    def _take_waiting(self, classify):
        now = self.model.get_weights()
        for step, epoch, weights in self._waiting:
            self.model.set_weights(weights)
            self._take(step, epoch, classify)
        self.model.set_weights(now)
        self._waiting.clear()

    def _take(self, step, epoch, classify, validated=None):
        digits = self.ten_digits()
        some = self.validation.images[:_MEASURED_BETWEEN] if validated is None else self.validation.images[:0]
        probabilities = classify(np.concatenate([digits, some])).numpy()  # (10 + n, 10)
        validated = probabilities[len(digits) :] if validated is None else validated
        snapshot = Snapshot(
            step=np.int64(step),
            epoch=np.float64(epoch),
            digits=digits,
            probabilities=probabilities[: len(digits)],
            weights=first_layer_images(self.model),
            confusion=confusion_matrix(self.validation.labels[: len(validated)], validated.argmax(axis=1)),
        )
        with contextlib.suppress(OSError):
            self.run.snapshots.save(snapshot)
