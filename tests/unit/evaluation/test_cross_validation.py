"""Cross-validation: which runs are filed, and that each image is judged by the run that did not learn from it."""

import numpy as np
import pytest

from core.config.recipe_fields import FOLDS
from core.config.train_config import TrainConfig
from core.datasets.mnist import load_arrays
from core.datasets.split import fold_images
from core.evaluation.ablations import newest_runs
from core.evaluation.cross_validation import (
    GROUP,
    cross_validated,
    doubtful_training_labels,
    file_missing_folds,
    fold_configs,
    fold_runs,
)
from core.evaluation.predictions import Predictions
from core.runs.schema import RunError

CONFIG = TrainConfig(hidden_units=8, epochs=1, label_noise=0.2)


def test_a_run_is_filed_for_each_fold_that_has_none_and_named_as_one_group(store):
    store.create(fold_configs(CONFIG)[1])
    file_missing_folds(CONFIG, store, newest_runs(store), "mine")
    runs = fold_runs(CONFIG, newest_runs(store))
    assert [run.config().fold for run in runs if run] == [1, 2, 3, 4, 5]
    assert [run.notes().name for run in runs if run][::2] == [f"mine: fold {fold} of 5" for fold in (1, 3, 5)]
    assert [run.notes().claim for run in runs if run] == [GROUP, "", GROUP, GROUP, GROUP]
    assert {run.config().label_noise for run in runs if run} == {0.0}, "MNIST's own labels are judged"
    file_missing_folds(CONFIG, store, newest_runs(store), "mine")
    assert len(store.all()) == FOLDS


def filed_with_answers(store, wrong):
    """The five runs, sure of every label but those of the images `wrong`, in which they read the next digit."""
    file_missing_folds(CONFIG, store, newest_runs(store), "mine")
    runs, labels = fold_runs(CONFIG, newest_runs(store)), load_arrays()["y_train"].copy()
    labels[wrong] = (labels[wrong] + 1) % 10
    for run in runs:
        probabilities = np.eye(10)[labels[fold_images(run.config(), labels)]] * 0.9 + 0.01
        run.save_fold_predictions(Predictions.from_probabilities(probabilities).arrays())
    return runs


def test_each_image_is_judged_by_the_run_that_kept_it_back(store):
    wrong = [7, 8, 59999]
    runs = filed_with_answers(store, wrong)
    assert cross_validated(runs).argmax(axis=1)[7] == (load_arrays()["y_train"][7] + 1) % 10
    assert sorted(each.index for each in doubtful_training_labels(runs)) == wrong


def test_a_run_without_answers_to_its_fold_is_named(store):
    runs = filed_with_answers(store, [])
    (runs[3].folder / "fold.npz").unlink()
    with pytest.raises(RunError, match=f"Run {runs[3].id} has no answers to its fold"):
        cross_validated(runs)
