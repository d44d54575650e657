"""The answers of a run's model to the test images: as its worker saved it, or measured here once."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.config.train_config import TrainConfig
from core.datasets.mnist import DatasetError
from core.datasets.split import images_for_test
from core.evaluation import predictions
from core.evaluation.predictions import Array, Predictions
from core.evaluation.report import make_report
from core.networks.safe_loading import ModelError
from core.recognition import RELEASED_MODEL, Recognizer
from core.runs.report_schema import Report
from core.runs.run import Run
from core.runs.schema import RunError
from pages.widgets.shared import workspace
from pages.widgets.shared.models import RELEASED_ID, open_model, run_of

UNAVAILABLE = (RunError, ModelError, OSError, DatasetError)
"""What the functions here raise where answers cannot be had; the last where the run's data set is gone."""


def labels(run: Run | None = None) -> Array:
    """Return the labels of the images that a run was tested on, (n,) uint8; of MNIST's for none."""
    config = run.config() if run else TrainConfig()
    return images_for_test(config, workspace.data_root(config.dataset)).labels


def predictions_of(run: Run) -> Predictions:
    """Return the answers of the run's model; raises one of `UNAVAILABLE`."""
    return predictions.load_predictions(run) or Predictions.from_probabilities(_measure_and_save(run))


def probabilities_of(model_id: str) -> Array:
    """Return the probabilities, (n, classes), that a model of the picker gives; raises as `predictions_of` does."""
    run = run_of(model_id)
    return predictions_of(run).probabilities if run else _probabilities(RELEASED_ID, RELEASED_MODEL, TrainConfig())


def report_of(run: Run) -> Report:
    """Return the run's test report with everything that is shown of it; raises as `predictions_of` does.

    A run of an early version, or one that was stopped, has no complete report: its model is measured here.
    """
    report = run.report()
    return report if report and report.is_complete else make_report(_measure_and_save(run), labels(run))


def _measure_and_save(run: Run) -> Array:
    """Return the probabilities, saved in the folder of a run that has ended, for other servers and for later."""
    probabilities = _probabilities(run.id, run.model_path, run.config())
    predictions.save_if_missing(run, probabilities)
    return probabilities


def _probabilities(model_id: str, path: Path, config: TrainConfig) -> Array:
    root = workspace.data_root(config.dataset)
    return _measure(path, path.stat().st_mtime_ns, root, config, lambda: open_model(model_id))


@st.cache_resource(max_entries=16, show_spinner="Reading the test images …")
def _measure(path: Path, changed_ns: int, root: Path, _config: TrainConfig, _open: Callable[[], Recognizer]) -> Array:
    """Return the probabilities of the model's file as it is now (`changed_ns`), shared by all sessions."""
    return predictions.predict_test_images(_open().classify, _config, root)
