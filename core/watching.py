"""Looking at a network while it learns: the person's ten digits again and again, and snapshots to go back to."""

import numpy as np

from core import my_digits
from core.dataset import Images
from core.evaluation import confusion_matrix
from core.snapshots import Snapshot, next_due, weight_pictures

_MEASURED_BETWEEN = 500
"""Validation images that a snapshot within an epoch measures: looking must not cost more than a little training."""


class Watcher:
    """Takes down what a person wants to see of a run; its cost is about a hundredth of the training's."""

    def __init__(self, run, model, validation: Images):
        self.run, self.model, self.validation = run, model, validation
        self.next_step = 0
        self._changed_ns, self._ten = -1, None

    def ten_digits(self) -> np.ndarray:
        """Return the person's digits as they are now, (10, 28, 28) uint8."""
        changed_ns = my_digits.changed_ns(self.run.folder.parent)
        if changed_ns != self._changed_ns:
            self._changed_ns, self._ten = changed_ns, my_digits.load(self.run.folder.parent).images
        return self._ten

    def answers(self, classify) -> dict:
        """Return what the network says of the ten digits, for a row of metrics: `answers` and `confidences`.

        `classify` is what `steps.make_classifier` returns.
        """
        probabilities = classify(self.ten_digits()).numpy()  # (10, 10)
        confidences = [round(float(each), 3) for each in probabilities.max(axis=1)]
        return {"answers": probabilities.argmax(axis=1).tolist(), "confidences": confidences}

    def look(self, step: int, epoch: float, validated: np.ndarray | None = None) -> None:
        """Take a snapshot after `step` steps.

        `validated` (n, 10) are the probabilities of all validation images where they are known already, as at an
        epoch's end; else some of the images are measured.
        """
        self.next_step = next_due(step)
        measured = self._measure(_MEASURED_BETWEEN) if validated is None else validated
        labels = self.validation.labels[: len(measured)]
        self.run.snapshots.save(
            Snapshot(
                step=np.int64(step),
                epoch=np.float64(epoch),
                digits=self.ten_digits(),
                probabilities=self._classify(self.ten_digits()),
                weights=weight_pictures(self.model),
                confusion=confusion_matrix(labels, measured.argmax(axis=1)),
            )
        )

    def _measure(self, most):
        return self._classify(self.validation.images[:most])

    def _classify(self, images):
        """(n, 28, 28) uint8 → (n, 10) float32. Not traced: the first snapshots come before anything else may wait."""
        return self.model(images.astype(np.float32) / 255, training=False).numpy()
