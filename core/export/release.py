"""The model that the app ships with: taken from a finished run, with a card of how it was made."""

import json
import shutil
from collections.abc import Sequence

import numpy as np

from core.config.train_config import PRESETS
from core.datasets.augmentation import OUTLIER_LABEL, augment, augment_strongly, make_outliers
from core.datasets.mnist import data_checksum, load_mnist
from core.evaluation.calibration import (
    TARGET_RECALL,
    apply_temperature,
    expected_calibration_error,
    fit_temperature,
    refusal_threshold,
)
from core.recognition import outlier_score
from core.recognition.recognizer import SHIPPED, Recognizer, feature_model
from core.runs.run import Run
from core.runs.schema import RunError
from core.storage import atomic

_MAX_BYTES = 3_000_000
_DIGITS, _OUTLIERS = 8000, 6000  # so many the likeness is fitted on
_SCORE = {"kind": str, "pictures": int, "accuracy": float, "calibration_error": float}


def release_model(run: Run, beside: Sequence[Run] = (), scores: str = "[]") -> dict:
    """Copy the run's model to `core/assets` and write its card beside it; return the card.

    `beside` are runs of the same config but for the seed, whose test accuracy the card gives as well. `scores` is
    JSON: what the model scored on handwriting, a list of objects with `kind` (words), `pictures` (how many),
    `accuracy` and `calibration_error` (0 to 1).

    Raises `RunError` where a run has not finished or is of another config, where the model is larger than 3 MB, or
    where `scores` are something else.
    """
    test = _finished_report(run)
    if run.model_path.stat().st_size > _MAX_BYTES:
        raise RunError(f"The model has {run.model_path.stat().st_size:,} bytes; at most {_MAX_BYTES:,} may ship.")
    config, status = run.config(), run.status()
    card = {
        "run": run.id,
        "command": _command(config),
        "config": json.loads(config.to_json()),
        "seed": config.seed,
        "data": "MNIST",
        "data_sha256": data_checksum(),
        "parameters": status.parameters,
        "test_accuracy": test.accuracy,
        "test_accuracy_by_seed": _by_seed([run, *beside]),
        "test_images": test.count,
        "train_s": round(status.train_s, 1),
        "handwriting": _checked_scores(scores),
    }
    calibration, score = _calibration(run)
    card |= calibration
    # Cut off in between, a network is left without a card or likeness, not with another's.
    for suffix in (".json", ".npz"):
        SHIPPED.with_suffix(suffix).unlink(missing_ok=True)
    with open(run.model_path, "rb") as model:
        atomic.replace_file(SHIPPED, lambda file: shutil.copyfileobj(model, file))
    if score:
        score.save(SHIPPED.with_suffix(".npz"))
    atomic.replace_json(SHIPPED.with_suffix(".json"), card)
    return card


def _finished_report(run):
    test, status = run.report(), run.status()
    if status.state != "finished" or test is None:
        raise RunError(f"Run {run.id} is {status.state}; only a finished run can ship.")
    return test


def _command(config):
    """The command that trains the network again, or '' where no preset has its config."""
    names = [name for name, each in PRESETS.items() if each.changed({"seed": config.seed}) == config]
    return f"python -m core train --preset {names[0]} --seed {config.seed}" if names else ""


def _by_seed(runs):
    accuracies = {}
    for run in runs:
        config = run.config()
        if config.changed({"seed": 0}) != runs[0].config().changed({"seed": 0}) or str(config.seed) in accuracies:
            raise RunError(f"Run {run.id} must have another seed than run {runs[0].id} and be the same in all else.")
        accuracies[str(config.seed)] = _finished_report(run).accuracy
    return {seed: accuracies[seed] for seed in sorted(accuracies, key=int)}


def _checked_scores(text):
    try:
        scores = json.loads(text)
    except ValueError as error:
        raise RunError(f"The scores are not valid JSON: {error}.") from error
    objects = isinstance(scores, list) and all(isinstance(score, dict) for score in scores)
    if not objects or any({name: type(value) for name, value in score.items()} != _SCORE for score in scores):
        raise RunError(f"The scores must be a JSON list of objects with {', '.join(_SCORE)}.")
    return scores


def _calibration(run):
    """What the card says of confidence and refusal, and the likeness that tells digits from other marks.

    The temperature is fitted on the run's validation images and an augmented copy of each, the refusal on them as they
    are. Beside them stands how well they hold on the test images, which neither saw. Without validation images there
    is nothing to fit them on: the card has none, and there is no likeness.
    """
    mnist, reader = load_mnist(run.config().validation_images), Recognizer.load(run.model_path)
    validation = mnist.validation
    if not len(validation):
        return {}, None
    plain = reader.classify(validation.images)
    augmented = reader.classify(augment(validation.images, np.random.default_rng(0)))
    temperature = fit_temperature(np.concatenate([plain, augmented]), np.tile(validation.labels, 2))
    fitted = {"temperature": temperature, "refusal": refusal_threshold(apply_temperature(plain, temperature))}
    score = _likeness(reader.model, temperature, mnist)
    shipped, looks = Recognizer(reader.model, fitted, score).predict_with_outlier_score(mnist.test.images)
    measured = {
        "calibration_error": round(expected_calibration_error(shipped, mnist.test.labels), 4),
        "test_digits_kept": float((looks >= 0).mean()),
    }
    return fitted | measured, score


def _likeness(model, temperature, mnist):
    """Fitted on digits as other hands write them and on marks; it keeps as many validation images as the refusal."""
    rng, train, network = np.random.default_rng(0), mnist.train, feature_model(model)

    def seen(images):
        features, probabilities = network.predict(images / np.float32(255), batch_size=500, verbose=0)
        return np.column_stack([features, apply_temperature(probabilities, temperature).max(axis=1)])

    written, labels = augment_strongly(train.images[:_DIGITS], train.labels[:_DIGITS].astype(np.int32), rng)
    others = slice(_DIGITS, _DIGITS + _OUTLIERS)
    marks = make_outliers(train.images[others], train.labels[others], rng)
    score = outlier_score.fit_outlier_score(seen(written[labels != OUTLIER_LABEL]), seen(marks))
    return outlier_score.with_recall(score, seen(mnist.validation.images), TARGET_RECALL)
