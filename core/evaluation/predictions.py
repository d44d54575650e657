"""A network's predictions of the test images, kept in the run's folder for the images behind a report's figures."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.config.train_config import TEST_IMAGES, TrainConfig
from core.datasets.split import images_for_test
from core.evaluation.report import make_report
from core.runs.run import Run
from core.runs.schema import RunError

Array = np.ndarray
"""An array, for the annotations of code that does no array arithmetic."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """A network's `answers` (n,) uint8 and `probabilities` (n, classes) float16.

    The answers are kept beside the probabilities because two probabilities that differ may be equal in 16 bits.
    """

    answers: np.ndarray
    probabilities: np.ndarray

    @classmethod
    def from_probabilities(cls, probabilities: np.ndarray) -> "Predictions":
        """Return the predictions of (n, classes) float probabilities."""
        return cls(probabilities.argmax(axis=1).astype(np.uint8), probabilities.astype(np.float16))

    @property
    def confidences(self) -> np.ndarray:
        """Return the probability of each answer, (n,) float32 in [0, 1]."""
        return self.probabilities.max(axis=1).astype(np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays by name, as `Run.save_predictions` takes them."""
        return {"answers": self.answers, "probabilities": self.probabilities}


def load_predictions(run: Run) -> Predictions | None:
    """Return the predictions in the run's folder, or None where there are none; raises `RunError` for damaged ones.

    How many there are is not known where the recipe is tested on other images than the test images.
    """
    arrays = run.predictions()
    if arrays is None:
        return None
    config = run.config()
    dataset, is_on_test = config.dataset, config.tested_on == TEST_IMAGES
    count = dataset.test_images if is_on_test else len(arrays.get("answers", ()))
    wanted = {"answers": ((count,), np.uint8), "probabilities": ((count, dataset.num_classes), np.float16)}
    if {name: (array.shape, array.dtype) for name, array in arrays.items()} != wanted or not _are_valid(**arrays):
        raise RunError(f"The predictions of run {run.id} are not those of {dataset.name}'s {count:,} test images.")
    return Predictions(**arrays)


def _are_valid(answers: np.ndarray, probabilities: np.ndarray) -> bool:
    is_answer = answers.size and answers.max() < probabilities.shape[1]
    return bool(is_answer and probabilities.min() >= 0 and probabilities.max() <= 1)


def save_if_missing(run: Run, probabilities: np.ndarray) -> None:
    """Write an ended run's predictions of the test images, (n, classes), and its report, where it has none.

    So what its worker did not measure is measured once. Its worker has ended; one that resumes the run removes both
    after its first whole epoch. On a full disk nothing is written. Raises `RunError`, and `DatasetError` where the
    run's data set is gone.
    """
    if not run.status().is_final:
        return
    with contextlib.suppress(OSError):
        if run.predictions() is None:
            run.save_predictions(Predictions.from_probabilities(probabilities).arrays())
        if run.report() is None:
            run.write_report(make_report(probabilities, images_for_test(run.config(), run.folder.parent).labels))


def predict_test_images(classify: Callable[[np.ndarray], np.ndarray], config: TrainConfig, root: Path) -> np.ndarray:
    """Return the probabilities, (n, classes) float32, that `Recognizer.classify` gives the recipe's test images.

    `root` is the folder of all runs. Raises `DatasetError` where the data set is gone.
    """
    return classify(images_for_test(config, root).images)
