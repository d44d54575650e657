"""Runs side by side: their curves, in what their recipes differ, their reports, and where they disagree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.charts.curves import Axis, Curve, Metric, View, learning_curves
from core.config.describe import recipe_differences
from core.config.percent import percent
from core.config.train_config import TrainConfig
from core.evaluation.comparison import disagreements, only_right
from core.runs.report_schema import DigitScore, Report
from core.runs.run import Run
from core.runs.schema import error_reason
from core.runs.view import RunView
from pages.widgets.components import gallery
from pages.widgets.components.chart import chart
from pages.widgets.shared import model_predictions
from pages.widgets.shared.text import escape_markdown

MAX_RUNS = 6
_LETTERS = "ABCDEF"
_CHART_PX = 300
_SMOOTHING = 0.6


@dataclass(frozen=True)
class _Compared:
    """A run with the letter that stands for it."""

    letter: str
    view: RunView

    @property
    def name(self) -> str:
        return f"{self.letter} · {self.view.title}"


@dataclass(frozen=True)
class _Tested:
    """A run's test report, and the run."""

    report: Report
    view: RunView


_LINES: dict[str, Callable[[_Tested], str]] = {
    "test accuracy": lambda tested: percent(tested.report.accuracy, 2),
    "95 % interval": lambda tested: " to ".join(percent(each, 2) for each in tested.report.interval),
    "misread": lambda tested: f"{tested.report.count - tested.report.correct:,}",
    "loss": lambda tested: f"{tested.report.loss:.4f}",
    "calibration error": lambda tested: percent(tested.report.calibration_error or 0, 2),
    "weights": lambda tested: f"{tested.view.status.parameters:,}",
    "epochs trained": lambda tested: f"{tested.view.last_row.epoch:.1f}" if tested.view.last_row else "",
    "training": lambda tested: f"{tested.view.train_s:,.1f} s",
}
"""The lines of the table of reports: label, and the figure as it is shown; each class's recall follows."""

_OTHER_IMAGES = (
    "These runs were tested on different images, so their accuracies do not show which network is the better one, and "
    "there are no images on which they could disagree."
)


def show(runs: Sequence[Run]) -> None:
    """Show two to six runs side by side; each has a letter, in the order given."""
    compared = [_Compared(letter, RunView.read(run)) for letter, run in zip(_LETTERS, runs, strict=False)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Comparing** " + ", ".join(escape_markdown(each.name) for each in compared), width="stretch")
        if st.button("Close", icon=":material/close:"):
            st.query_params.pop("compare")
            st.rerun()
    _curves(compared)
    settings, reports = st.columns([2, 3])
    with settings:
        _settings(compared)
    try:
        with_model = [each for each in compared if each.view.has_model]
        with reports:
            _reports(with_model)
        if _were_tested_apart(compared):
            st.info(_OTHER_IMAGES, icon=":material/info:")
        elif len(with_model) > 1:
            st.fragment(_disagreements)(with_model)
    except model_predictions.UNAVAILABLE as error:
        st.error(f"Not all reports can be shown: {escape_markdown(error_reason(error))}", icon=":material/error:")


def _curves(compared: Sequence[_Compared]) -> None:
    by = st.radio("Curves by", list(Axis), horizontal=True, key="compared_by", persist_state="session")
    curves = [Curve(each.name, each.view.rows, each.view.marks) for each in compared]
    view, epochs = View(by=by, smoothing=_SMOOTHING), max(each.view.epochs for each in compared)
    which = "-".join(each.view.id for each in compared)
    for metric, column in zip((Metric.ACCURACY, Metric.LOSS), st.columns(2), strict=True):
        with column:
            alt = f"Line chart of the {metric} of {len(compared)} runs against {by}."
            chart(learning_curves(curves, metric, view, epochs), f"compared-{metric}-{which}", alt, _CHART_PX)


def _settings(compared: Sequence[_Compared]) -> None:
    st.markdown("**Where the recipes differ**")
    found = recipe_differences([each.view.config for each in compared], [each.view.changes for each in compared])
    if not found:
        st.markdown("In nothing: the recipes are the same.")
        return
    rows = [{"setting": label} | dict(zip(_LETTERS, values, strict=False)) for label, values in found]
    # A table's cells break their lines, as those of a data frame do not: a list of layers is long.
    st.table(rows, hide_index=True, alt="The settings in which the recipes differ")


def _reports(compared: Sequence[_Compared]) -> None:
    st.markdown("**The test reports**")
    tests = {each.letter: _Tested(model_predictions.report_of(each.view.run), each.view) for each in compared}
    lines = _LINES if _learned_different_sets(compared) else _LINES | _recalls(compared[0].view.config)
    rows = [{"": label} | {letter: line(tested) for letter, tested in tests.items()} for label, line in lines.items()]
    st.dataframe(rows, hide_index=True, height=282, alt="The test reports side by side")


def _learned_different_sets(compared: Sequence[_Compared]) -> bool:
    return len({each.view.config.dataset for each in compared}) > 1


def _were_tested_apart(compared: Sequence[_Compared]) -> bool:
    return len({each.view.config.tested_part for each in compared}) > 1


def _recalls(config: TrainConfig) -> dict[str, Callable[[_Tested], str]]:
    """Return the lines of each class's recall."""
    return {
        f"recall of {name}": lambda tested, label=label: _recall(tested.report.digits[label])
        for label, name in enumerate(config.dataset.class_names)
    }


def _recall(score: DigitScore) -> str:
    return percent(score.accuracy, 2) if score.count else "–"


def _disagreements(compared: Sequence[_Compared]) -> None:
    try:
        labels = model_predictions.labels(compared[0].view.run)
        predictions = [model_predictions.predictions_of(each.view.run) for each in compared]
    except model_predictions.UNAVAILABLE as error:  # a run may be deleted before the next page is turned to
        st.error(f"The pictures cannot be shown: {escape_markdown(error_reason(error))}", icon=":material/error:")
        return
    letters, tested_on = "".join(each.letter for each in compared), compared[0].view.config.tested_on
    split = disagreements(labels, predictions)
    st.markdown(f"**Where they disagree**: {len(split):,} of the {len(labels):,} {tested_on}")
    alone = only_right(labels, predictions)
    counts = zip(letters, alone, strict=True)
    st.markdown("; ".join(f"{letter} alone reads {count:,} right" for letter, count in counts))
    name = "disagreements-" + "-".join(each.view.id for each in compared)
    gallery.show_disagreements(split, letters, name, compared[0].view.config)
