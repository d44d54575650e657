"""Releases: a finished run's model becomes the one that comes with the app, with a card of how it was made."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from core.config.dataset_spec import MNIST
from core.config.presets import PRESETS
from core.config.train_config import TrainConfig
from core.datasets.mnist import data_checksum
from core.datasets.split import split_for
from core.evaluation.model_calibration import calibrate, measure_calibration
from core.explanation.neighbour_files import RELEASED_INDEX, release_index
from core.explanation.network import ExplainedNetwork
from core.recognition.model_files import RELEASED_MODEL, ModelCard
from core.recognition.outlier_score import OutlierScore
from core.recognition.recognizer import Recognizer
from core.runs.report_schema import Report
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.storage import atomic

_MAX_BYTES = 3_000_000
_SCORE = {"kind": str, "pictures": int, "accuracy": float, "calibration_error": float}


def release_model(run: Run, beside: Sequence[Run] = (), scores: str = "[]") -> dict:
    """Copy the run's model to `core/assets` and write its card beside it; return the card.

    `beside` are runs of the same config but for the seed, whose test accuracy the card gives as well. `scores` is
    JSON: what the model scored on handwriting, a list of objects with `kind` (words), `pictures` (how many),
    `accuracy` and `calibration_error` (0 to 1).

    Raises `RunError` where a run has not finished or is of another config, where the model is larger than 3 MB, or
    where `scores` are something else.
    """
    _finished_report(run)
    if run.config().dataset != MNIST:
        raise RunError(
            f"Run {run.id} learned {run.config().dataset.name}; only a network that learned MNIST is released."
        )
    size_bytes = run.model_path.stat().st_size
    if size_bytes > _MAX_BYTES:
        raise RunError(f"The model has {size_bytes:,} bytes; at most {_MAX_BYTES:,} can be released.")
    card = _card(run, beside, scores)
    model, mnist = Recognizer.load(run.model_path).model, split_for(run.config(), run.folder.parent)
    calibration, outlier_score = calibrate(model, mnist)
    if calibration:
        reader = Recognizer(model, ModelCard.from_values(calibration), outlier_score)
        calibration |= measure_calibration(reader, mnist)
    card |= calibration
    _write(run.model_path, card, outlier_score)
    release_index(ExplainedNetwork(Recognizer.load(RELEASED_MODEL)), RELEASED_MODEL.with_name(RELEASED_INDEX.name))
    return card


def _card(run: Run, beside: Sequence[Run], scores: str) -> dict:
    """Return what the card says but for the calibration."""
    config, status, test = run.config(), run.status(), _finished_report(run)
    return {
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


def _write(model_path: Path, card: dict, outlier_score: OutlierScore | None) -> None:
    """Replace the released model, its card and its outlier score.

    Where this is cut off in between, the model is left without a card or outlier score, not with those of another.
    """
    for suffix in (".json", ".npz"):
        RELEASED_MODEL.with_suffix(suffix).unlink(missing_ok=True)
    with open(model_path, "rb") as model:
        atomic.replace_file(RELEASED_MODEL, lambda file: shutil.copyfileobj(model, file))
    if outlier_score:
        outlier_score.save(RELEASED_MODEL.with_suffix(".npz"))
    atomic.replace_json(RELEASED_MODEL.with_suffix(".json"), card)


def _finished_report(run: Run) -> Report:
    test, status = run.report(), run.status()
    if status.state != RunState.FINISHED or test is None:
        raise RunError(f"Run {run.id} is {status.state}; only a finished run can be released.")
    return test


def _command(config: TrainConfig) -> str:
    """Return the command that trains the network again, or '' where no preset has its config."""
    names = [name for name, each in PRESETS.items() if each.changed({"seed": config.seed}) == config]
    return f"python -m core train --preset {names[0]} --seed {config.seed}" if names else ""


def _by_seed(runs: Sequence[Run]) -> dict[str, float]:
    """Return the runs' test accuracies by their seeds, in order; raises `RunError` where configs do not match."""
    accuracies = {}
    for run in runs:
        config = run.config()
        if config.changed({"seed": 0}) != runs[0].config().changed({"seed": 0}) or str(config.seed) in accuracies:
            raise RunError(f"Run {run.id} must have another seed than run {runs[0].id} and be the same in all else.")
        accuracies[str(config.seed)] = _finished_report(run).accuracy
    return {seed: accuracies[seed] for seed in sorted(accuracies, key=int)}


def _checked_scores(text: str) -> list[dict]:
    """Return the scores of a JSON text; raises `RunError` where it holds something else."""
    try:
        scores = json.loads(text)
    except ValueError as error:
        raise RunError(f"The scores are not valid JSON: {error}.") from error
    objects = isinstance(scores, list) and all(isinstance(score, dict) for score in scores)
    if not objects or any({name: type(value) for name, value in score.items()} != _SCORE for score in scores):
        raise RunError(f"The scores must be a JSON list of objects with {', '.join(_SCORE)}.")
    return scores
