"""The fitting of a model's card: its temperature, and the score by which it refuses what looks like no digit."""

from typing import TYPE_CHECKING, Any

import numpy as np

from core.datasets.augmentation import augment
from core.datasets.mnist import Images, Split
from core.datasets.strong_augmentation import OUTLIER_LABEL, augment_strongly, make_outliers
from core.evaluation.calibration import (
    TARGET_RECALL,
    apply_temperature,
    expected_calibration_error,
    fit_temperature,
    refusal_threshold,
)
from core.networks.inference_pass import feature_model
from core.recognition.outlier_score import OutlierScore, fit_outlier_score, with_own_kept, with_recall
from core.recognition.recognizer import Recognizer

if TYPE_CHECKING:
    import keras

_RECALL_WITH_OWN = 0.994  # of digits that are kept, where a person's own ones have moved the score
_OWN_WEIGHT = 3  # how often each of a person's own digits counts among the digits that the score is fitted on
_DIGITS, _OUTLIERS = 8000, 6000  # images that the outlier score is fitted on


def calibrate(
    model: "keras.Model", mnist: Split, own: Images | None = None
) -> tuple[dict[str, float], OutlierScore | None]:
    """Return what a model's card says of confidence and refusal, and its outlier score.

    own: digits that a person labelled, so that the score does not take them for outliers.

    The temperature is fitted on the validation images and an augmented copy of each, the refusal on them as they are.
    Without validation images there is nothing to fit them on: the card has none, and there is no outlier score.
    """
    validation, plain = mnist.validation, Recognizer(model)
    if not len(validation):
        return {}, None
    probabilities = plain.classify(validation.images)
    augmented = plain.classify(augment(validation.images, np.random.default_rng(0)))
    temperature = fit_temperature(np.concatenate([probabilities, augmented]), np.tile(validation.labels, 2))
    refusal = refusal_threshold(apply_temperature(probabilities, temperature))
    return {"temperature": temperature, "refusal": refusal}, _outlier_score(model, temperature, mnist, own)


def measure_calibration(reader: Recognizer, mnist: Split) -> dict[str, float]:
    """Return how well a reader's confidence and refusal hold on the test images, which no fitting saw."""
    found = reader.predict_with_outlier_score(mnist.test.images)
    return {
        "calibration_error": round(expected_calibration_error(found.probabilities, mnist.test.labels), 4),
        "test_digits_kept": float((~found.refused).mean()),
    }


def _outlier_score(model: "keras.Model", temperature: float, mnist: Split, own: Images | None) -> OutlierScore:
    """Return a score fitted on strongly augmented digits and on outliers; it keeps about `TARGET_RECALL` of digits."""
    rng, train, network = np.random.default_rng(0), mnist.train, feature_model(model)
    options: dict[str, Any] = {"batch_size": 500, "verbose": 0}

    def rows(images: np.ndarray) -> np.ndarray:
        features, probabilities = network.predict(images / np.float32(255), **options)
        return np.column_stack([features, apply_temperature(probabilities, temperature).max(axis=1)])

    digits, labels = augment_strongly(train.images[:_DIGITS], train.labels[:_DIGITS].astype(np.int32), rng)
    others = slice(_DIGITS, _DIGITS + _OUTLIERS)
    outliers = make_outliers(train.images[others], train.labels[others], rng)
    digits, outlier_rows = digits[labels != OUTLIER_LABEL], rows(outliers)
    kept = rows(mnist.validation.images)
    if own is None:
        return with_recall(fit_outlier_score(rows(digits), outlier_rows), kept, TARGET_RECALL)
    own_rows = rows(own.images)
    known = np.concatenate([rows(digits), np.tile(own_rows, (_OWN_WEIGHT, 1))])
    score = with_recall(fit_outlier_score(known, outlier_rows), kept, _RECALL_WITH_OWN)
    return with_own_kept(score, [own_rows[own.labels == label] for label in np.unique(own.labels)], outlier_rows)
