"""What a run's model answered to the test images: as its trainer kept it, or measured here once."""

import streamlit as st

from core.datasets.mnist import load_mnist
from core.evaluation import predictions
from core.evaluation.predictions import Predictions
from core.evaluation.report import make_report
from core.runs.run import Run
from pages.widgets.shared.models import open_model


def labels():
    """Return the labels of the test images, (10000,) uint8."""
    return load_mnist().test.labels


def predictions_of(run: Run) -> Predictions:
    """Return the answers of the run's model; raises `RunError`, `ModelError` or `OSError`."""
    return predictions.load_predictions(run) or Predictions.from_probabilities(_measured_once(run))


def report_of(run: Run) -> dict:
    """Return the run's test report with everything that is shown of it; raises as `predictions_of` does.

    A run of an older version, or one that was stopped, has no whole report: its model is measured here.
    """
    test = run.report()
    if test and "reliability" in test and all("f1" in row for row in test["digits"]):
        return test
    return make_report(_measured_once(run), labels())


def _measured_once(run):
    """The probabilities, kept in the folder of a run that has ended, for other servers and for later."""
    probabilities = _measured(run.id, run.model_path.stat().st_mtime_ns)
    predictions.save_if_missing(run, probabilities)
    return probabilities


@st.cache_resource(max_entries=16, show_spinner="Reading the 10,000 test images …")
def _measured(run_id, changed_ns):
    """The probabilities by the model's file as it is now, shared by all sessions."""
    return predictions.predict_test_images(open_model(run_id).classify)
