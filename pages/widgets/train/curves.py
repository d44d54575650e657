"""The learning curves of a run as a person chooses to see them, with other runs beside it and figures to download."""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from core.charts.curves import SMOOTHINGS, Axis, Curve, Metric, View, learning_curves
from core.config.presets import reference_accuracy
from core.runs.index import run_summaries
from core.runs.metrics_schema import MetricRow, Metrics
from core.runs.plan import row_learning_rates
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.runs.view import RunView
from pages.widgets.components.chart import chart
from pages.widgets.shared.text import disambiguate
from pages.widgets.train import live_curves
from pages.widgets.train.state import BESIDE, COMPARED_METRICS

_CHART_PX = 240
_SMALL_PX = 170
_COLUMNS: tuple[str, ...] = (
    "epoch",
    "step",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "images_per_s",
    "elapsed_s",
)
_SMOOTHED = dict(zip(SMOOTHINGS, ("as measured", "a little", "much"), strict=True))


def choose_view(store: RunStore, run: Run) -> tuple[View, tuple[Curve, ...]]:
    """Show the settings of the curves; return the chosen ones and the other runs' curves that stand beside."""
    with st.popover("View", icon=":material/tune:", key="view", on_change="rerun") as popover:
        by = st.radio("Along", list(Axis), horizontal=True, key="curves-by", persist_state="session")
        scale = st.radio(
            "Scale",
            ["linear", "logarithmic"],
            horizontal=True,
            key="curves-scale",
            persist_state="session",
            help="The logarithmic one shows accuracy as the share of mistakes: the last tenths of a percent are as "
            "wide as the first.",
        )
        smoothing = st.radio(
            "Smoothed",
            list(_SMOOTHED),
            format_func=lambda share: _SMOOTHED[share],
            horizontal=True,
            key="curves-smoothed",
            persist_state="session",
        )
        if popover.open:  # else the runs that might stand beside it are not read, several times a second
            ended = {each.id: each.title for each in run_summaries(store) if each.state.is_final}
            others = disambiguate(ended)
            others.pop(run.id, None)
            st.multiselect(
                "Beside it",
                list(others),
                format_func=lambda run_id: others.get(run_id, str(run_id)),
                max_selections=5,
                key=BESIDE.name,
                persist_state="session",
            )
    return View(by, scale == "logarithmic", smoothing), _beside(store, run)


def _beside(store: RunStore, shown: Run) -> tuple[Curve, ...]:
    """Return the ended runs that were chosen; their rows are kept, for the page is drawn several times a second."""
    known, found = dict(COMPARED_METRICS.get()), []
    for run_id in BESIDE.get():
        with suppress(RunError):  # it was deleted since
            run = store.get(run_id)
            if run.id != shown.id:
                known[run.id] = run.metrics(known.get(run.id, Metrics()))
                found.append(Curve(run.title(), known[run.id].rows))
    COMPARED_METRICS.set(known)
    return tuple(found)


def show(view: RunView, curve: Curve, chosen: View, beside: Sequence[Curve], interval_s: float) -> None:
    """Show loss and accuracy of the run's curve and of those beside it, on a page that is drawn at this interval."""
    for metric, column in zip(live_curves.METRICS, st.columns(2), strict=True):
        with column:
            name, alt = f"{metric}-{view.id}", _alt(metric, curve)
            if beside:
                reference = reference_accuracy(view.config) if metric is Metric.ACCURACY else None
                figure = learning_curves([curve, *beside], metric, chosen, view.epochs, reference)
                chart(figure, name, alt, _CHART_PX)
                continue
            is_newest = curve.rows is view.rows
            live = live_curves.live_source(view, metric, chosen, interval_s) if is_newest else None
            chart(live_curves.draw(curve, metric, chosen, view).text, name, alt, _CHART_PX, live=live)


def show_more(view: RunView, curve: Curve, chosen: View) -> None:
    """Show, in expanders, the learning rate and the speed, and the figures as a table and a CSV."""
    expander = st.expander("Learning rate and speed", key=f"fold-{view.id}", on_change="rerun")
    if expander.open:
        with expander:
            _rate_and_speed(view, curve, chosen)
    expander = st.expander("The curves as a table", key=f"table-{view.id}", on_change="rerun")
    if expander.open:
        with expander:
            _table(view, curve)


def _rate_and_speed(view: RunView, curve: Curve, chosen: View) -> None:
    rates = row_learning_rates(view.config, view.marks, curve.rows)
    rated = [replace(curve, learning_rates=rates.tolist())]
    rate, speed = st.columns(2)
    with rate:
        figure = learning_curves(rated, Metric.LEARNING_RATE, chosen, view.epochs)
        chart(figure, f"rate-{view.id}", "Line chart of the learning rate.", _SMALL_PX)
    with speed:
        figure = learning_curves(rated, Metric.IMAGES_PER_S, chosen, view.epochs)
        chart(figure, f"speed-{view.id}", "Line chart of the training images per second.", _SMALL_PX)


def _table(view: RunView, curve: Curve) -> None:
    rows = curve.rows
    ends = list({row.epoch: row for row in rows if row.epoch == round(row.epoch)}.values())
    shown = ends if ends and ends[-1] is rows[-1] else [*ends, *rows[-1:]]
    st.dataframe([_cells(row) for row in shown], hide_index=True, placeholder="–")
    st.download_button(
        "All points as CSV",
        lambda: _csv(rows),
        f"{view.id}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"csv-{view.id}",
    )


def _cells(row: MetricRow) -> dict[str, float | None]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _csv(rows: Sequence[MetricRow]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS)
    writer.writeheader()
    writer.writerows(map(_cells, rows))
    return text.getvalue()


def _alt(metric: Metric, curve: Curve) -> str:
    if not curve.rows:
        return f"Line chart of the {metric} against epochs: no point yet."
    first, last = curve.rows[0], curve.rows[-1]
    course = f"{getattr(first, metric):.3f} at first, {getattr(last, metric):.3f} at epoch {last.epoch:.1f}"
    return f"Line chart of the training {metric} against epochs: {course}."
