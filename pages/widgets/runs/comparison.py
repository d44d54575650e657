"""Runs side by side: their curves, in what their recipes differ, their reports, and where they disagree."""

from collections.abc import Sequence

import streamlit as st

from core.charts.curves import Curve, View, learning_curves
from core.config.describe import recipe_differences
from core.evaluation.comparison import disagreements, only_right
from core.networks.safe_loading import ModelError
from core.runs.run import Run
from core.runs.schema import RunError, error_reason
from pages.widgets.components import gallery
from pages.widgets.components.chart import chart
from pages.widgets.shared import model_predictions, run_controls
from pages.widgets.shared.words import escape_markdown

MOST_RUNS = 6
_LETTERS = "ABCDEF"
_CHART_PX = 300
_SMOOTHING = 0.6


def show(runs: Sequence[Run]) -> None:
    """Show two to six runs side by side; each has a letter, in the order given."""
    names = [f"{letter} · {run.title()}" for letter, run in zip(_LETTERS, runs, strict=False)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Comparing** " + ", ".join(escape_markdown(name) for name in names), width="stretch")
        if st.button("Close", icon=":material/close:"):
            st.query_params.pop("compare")
            st.rerun()
    _curves(runs, names)
    settings, reports = st.columns([2, 3])
    with settings:
        _settings(runs)
    try:
        found = [(letter, run) for letter, run in zip(_LETTERS, runs, strict=False) if run.has_model]
        with reports:
            _reports(found)
        if len(found) > 1:
            st.fragment(_disagreements)(found)
    except (RunError, ModelError, OSError) as error:
        st.error(f"Not all reports can be shown: {escape_markdown(error_reason(error))}", icon=":material/error:")


def _curves(runs, names):
    by = st.radio("Curves by", ("epoch", "time"), horizontal=True, key="compared_by", persist_state="session")
    curves = [Curve(name, run.metrics().rows, run.marks()) for name, run in zip(names, runs, strict=True)]
    view, epochs = View(by=by, smoothing=_SMOOTHING), max(run_controls.epochs_of(run, run.config()) for run in runs)
    which = "-".join(run.id for run in runs)
    for metric, column in zip(("accuracy", "loss"), st.columns(2), strict=True):
        with column:
            alt = f"Line chart of the {metric} of {len(runs)} runs against {by}."
            chart(learning_curves(curves, metric, view, epochs), f"compared-{metric}-{which}", alt, _CHART_PX)


def _settings(runs):
    st.markdown("**Where the recipes differ**")
    found = recipe_differences([run.config() for run in runs])
    if not found:
        st.markdown("In nothing: the recipes are the same.")
        return
    rows = [{"setting": label} | dict(zip(_LETTERS, values, strict=False)) for label, values in found]
    # A table's cells break their lines, as those of a data frame do not: a list of layers is long.
    st.table(rows, hide_index=True, alt="The settings in which the recipes differ")


def _reports(found):
    st.markdown("**The test reports**")
    tests = {letter: (model_predictions.report_of(run), run.status()) for letter, run in found}
    lines = {
        "test accuracy": lambda test, status: f"{test['accuracy']:.2%}",
        "95 % interval": lambda test, status: "{:.2%} to {:.2%}".format(*test["interval"]),
        "misread": lambda test, status: f"{test['count'] - test['correct']:,}",
        "loss": lambda test, status: f"{test['loss']:.4f}",
        "calibration error": lambda test, status: f"{test['calibration_error']:.2%}",
        "weights": lambda test, status: f"{status.parameters:,}",
        "training": lambda test, status: f"{status.train_s:,.1f} s",
    }
    lines |= {
        f"recall of {digit}": lambda test, status, digit=digit: f"{test['digits'][digit]['accuracy']:.2%}"
        for digit in range(10)
    }
    rows = [{"": label} | {letter: line(*each) for letter, each in tests.items()} for label, line in lines.items()]
    st.dataframe(rows, hide_index=True, height=282, alt="The test reports side by side")


def _disagreements(found):
    try:
        labels, predictions = model_predictions.labels(), [model_predictions.predictions_of(run) for _, run in found]
    except (RunError, ModelError, OSError) as error:  # a run may be deleted before the next page is turned to
        st.error(f"The pictures cannot be shown: {escape_markdown(error_reason(error))}", icon=":material/error:")
        return
    letters = "".join(letter for letter, _ in found)
    split = disagreements(labels, predictions)
    st.markdown(f"**Where they disagree**: {len(split):,} of the {len(labels):,} test images")
    alone = only_right(labels, predictions)
    st.markdown(
        "; ".join(f"{letter} alone reads {count:,} right" for letter, count in zip(letters, alone, strict=True))
    )
    gallery.show_disagreements(split, letters, "disagreements-" + "-".join(run.id for _, run in found))
