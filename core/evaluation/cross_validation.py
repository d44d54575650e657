"""Cross-validation of a recipe: runs that each keep a fold back, and what they read in the images of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.config.recipe_fields import FOLDS
from core.config.train_config import TrainConfig
from core.datasets.split import fold_images
from core.datasets.store import DatasetStore
from core.evaluation.confident_learning import DoubtfulLabel, find_doubtful_labels
from core.runs.quota import file_runs
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore

GROUP = "cross-validation"
"""What the notes of these runs name as what they are for."""


def fold_configs(config: TrainConfig) -> list[TrainConfig]:
    """Return the recipe once for each fold, with all images and the data set's own labels."""
    whole = replace(config, training_share=1.0, label_noise=0.0)
    return [replace(whole, fold=fold) for fold in range(1, FOLDS + 1)]


def fold_runs(config: TrainConfig, newest: Mapping[TrainConfig, Run]) -> list[Run | None]:
    """Return the run of each fold of a recipe, None where there is none; `newest` as of `ablations.newest_runs`."""
    return [newest.get(each) for each in fold_configs(config)]


def file_missing_folds(config: TrainConfig, store: RunStore, newest: Mapping[TrainConfig, Run], title: str) -> None:
    """Create a queued run for each fold that has none, named by the run's title; raises as `quota.file_run` does."""
    missing = [each for each in fold_configs(config) if each not in newest]

    def file_all() -> None:
        for each in missing:
            notes = {"name": f"{title}: fold {each.fold} of {FOLDS}", "claim": GROUP}
            store.create(each, lambda run, notes=notes: run.write_notes(**notes))

    file_runs(store, len(missing), file_all)


def cross_validated(runs: Sequence[Run]) -> np.ndarray:
    """Return the probabilities of all training images, (n, classes) float16, each by the run that kept it back.

    runs: those of `fold_runs`, all finished. Raises `RunError` where one has no answers to its fold, or other ones, and
    `DatasetError` where their data set is gone.
    """
    labels, classes = _training_labels(runs), runs[0].config().dataset.num_classes
    probabilities = np.zeros((len(labels), classes), np.float16)
    for run in runs:
        arrays, images = run.fold_predictions(), fold_images(run.config(), labels)
        found = (arrays or {}).get("probabilities")
        if found is None or found.shape != (len(images), classes):
            raise RunError(f"Run {run.id} has no answers to its fold. Delete it, then check the labels again.")
        probabilities[images] = found
    return probabilities


def doubtful_training_labels(runs: Sequence[Run]) -> list[DoubtfulLabel]:
    """Return the training images whose label is likely wrong, the most doubtful first; raises as `cross_validated`."""
    return find_doubtful_labels(_training_labels(runs), cross_validated(runs))


def _training_labels(runs: Sequence[Run]) -> np.ndarray:
    return DatasetStore(runs[0].folder.parent).load(runs[0].config().dataset)["y_train"]
