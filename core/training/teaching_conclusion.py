"""The end of a run that learned from corrections: its card is fitted anew, and it is measured before and after."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config.dataset_spec import MNIST, ImageForm
from core.config.train_config import TrainConfig
from core.corrections.freezing import FrozenCorrections
from core.datasets.mnist import Images, Split
from core.evaluation.model_calibration import calibrate
from core.evaluation.predictions import Predictions
from core.evaluation.report import make_report
from core.evaluation.teaching_measures import measure
from core.networks.safe_loading import load_model
from core.recognition.model_files import RELEASED_MODEL, ModelCard
from core.recognition.outlier_score import OutlierScore
from core.recognition.recognizer import Recognizer
from core.runs import teaching
from core.runs.run import Run
from core.storage import atomic

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, eq=False)
class Judged:
    """A model that has learned: its card's values, its outlier score, and its measures before and after."""

    calibration: dict[str, Any]  # temperature and refusal; of own classes, their data set too
    outlier_score: OutlierScore | None
    result: teaching.TeachingResult


def judge(
    model: "keras.Model",
    start: Path,
    config: TrainConfig,
    corrections: FrozenCorrections,
    data: Split,
    own: Images,
    share: float,
    poll: Callable[[], None],
) -> Judged:
    """Return the fitted card of a model that has learned, and what it and the model that it started from read.

    start: the file of the model before. own: copies of what the person corrected.
    share: how far the weights were moved. poll: called between the steps of this, which take seconds; it may raise.
    """
    dataset = config.dataset
    is_digits = dataset.is_digits and dataset.form is ImageForm.MNIST
    card = ModelCard.of_dataset(dataset)
    calibration: dict[str, Any] = {"refusal": card.min_confidence}
    outlier_score = None
    if is_digits:
        calibration, outlier_score = calibrate(model, data, own)
    if dataset != MNIST:
        calibration |= {"dataset": dataset.to_json()}
    poll()
    before = measure(_load(start, card), corrections, data, is_digits)
    poll()
    after = measure(Recognizer(model, ModelCard.from_values(calibration), outlier_score), corrections, data, is_digits)
    shipped = ModelCard.beside(RELEASED_MODEL).test_accuracy if dataset == MNIST else None
    tested_on = f"{config.tested_on} of {dataset.name}"
    return Judged(calibration, outlier_score, teaching.TeachingResult(before, after, share, shipped, tested_on))


def _load(start: Path, card: ModelCard) -> Recognizer:
    """Return the reader of the model before; of own classes one without a card of its own is read with `card`."""
    if card.dataset == MNIST or start.with_suffix(".json").is_file():
        return Recognizer.load(start)
    return Recognizer(load_model(start, card.dataset.num_classes), card)


def keep(run: Run, model: "keras.Model", judged: Judged, answered: np.ndarray, labels: np.ndarray) -> None:
    """Write the model, its card and its measures into the run's folder; raises `OSError`.

    answered: (n, classes) probabilities of the test images, (n,) labels.
    """
    run.save_model(model)
    if judged.outlier_score:
        judged.outlier_score.save(run.model_path.with_suffix(".npz"))
    after = judged.result.after
    measured = {"test_accuracy": after.test_accuracy, "calibration_error": after.calibration_error}
    card = measured | {"test_digits_kept": after.digits_kept} | judged.calibration
    atomic.replace_json(run.model_path.with_suffix(".json"), card)
    run.save_predictions(Predictions.from_probabilities(answered).arrays())
    teaching.write_result(run, judged.result)
    run.write_report(make_report(answered, labels))


def replace_judged(run: Run, model: "keras.Model") -> None:
    """Write a model that is not judged, without the card and the measures of an earlier one; raises `OSError`."""
    run.remove_report()
    teaching.remove_result(run)
    for suffix in (".json", ".npz"):
        run.model_path.with_suffix(suffix).unlink(missing_ok=True)
    run.save_model(model)
