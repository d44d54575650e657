"""What a network answered to each test image: kept compactly, for the pictures behind every figure of its report."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.datasets.mnist import load_mnist
from core.evaluation.report import make_report
from core.runs.run import Run
from core.runs.schema import RunError


@dataclass(frozen=True, eq=False)
class Predictions:
    """A network's `answers` (n,) uint8, 0 to 9, and `probabilities` (n, 10) float16.

    The answers are kept beside the probabilities because two that differ may be the same in 16 bits.
    """

    answers: np.ndarray
    probabilities: np.ndarray

    @classmethod
    def from_probabilities(cls, probabilities: np.ndarray) -> "Predictions":
        """Return the predictions of (n, 10) float probabilities."""
        return cls(probabilities.argmax(axis=1).astype(np.uint8), probabilities.astype(np.float16))

    @property
    def confidences(self) -> np.ndarray:
        """How sure each answer is, (n,) float32 in [0, 1]."""
        return self.probabilities.max(axis=1).astype(np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays that `Run.save_predictions` keeps."""
        return {"answers": self.answers, "probabilities": self.probabilities}


def load_predictions(run: Run) -> Predictions | None:
    """Return the predictions that are kept in the run's folder, or None; raises `RunError` for damaged ones."""
    arrays = run.predictions()
    if arrays is None:
        return None
    count = len(load_mnist().test)
    wanted = {"answers": ((count,), np.uint8), "probabilities": ((count, 10), np.float16)}
    if {name: (array.shape, array.dtype) for name, array in arrays.items()} != wanted or not _sound(**arrays):
        raise RunError(f"The predictions of run {run.id} are not those of MNIST's {count:,} test images.")
    return Predictions(**arrays)


def _sound(answers, probabilities):
    return answers.max() <= 9 and probabilities.min() >= 0 and probabilities.max() <= 1


def save_if_missing(run: Run, probabilities: np.ndarray) -> None:
    """Keep what an ended run's model answered to the test images, (n, 10), and its report, where there are none.

    So what its trainer did not measure is measured once. That trainer is gone; one that goes on with the run removes
    both when its first epoch is whole. On a full disk nothing is kept. Raises `RunError`.
    """
    if not run.status().is_final:
        return
    with contextlib.suppress(OSError):
        if run.predictions() is None:
            run.save_predictions(Predictions.from_probabilities(probabilities).arrays())
        if run.report() is None:
            run.write_report(make_report(probabilities, load_mnist().test.labels))


def predict_test_images(classify: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the (n, 10) float32 probabilities that `Recognizer.classify` gives MNIST's test images."""
    return classify(load_mnist().test.images)
