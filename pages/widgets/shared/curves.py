"""The learning curves of a run, seen the way a person chooses, with other runs beside it and figures to take away."""

import csv
import io
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from core.charts.curves import SMOOTHINGS, Curve, View, add_learning_rates, learning_curves
from core.config import REFERENCE_ACCURACY
from core.runs.index import run_summaries
from core.runs.plan import row_learning_rates
from core.runs.run import Metrics, Run, RunError, RunStore
from core.runs.schema import FINAL_STATES
from pages.widgets.components.chart import chart
from pages.widgets.shared.words import disambiguate

_CHART_PX = 170  # the ten digits and the slider below stand in the first screen, too
_SMALL_PX = 170
_COLUMNS = ("epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy", "images_per_s", "elapsed_s")
_SMOOTHED = dict(zip(SMOOTHINGS, ("as measured", "a little", "much"), strict=True))


def choose_view(store: RunStore, run: Run) -> tuple[View, list[Curve]]:
    """Show the ways of seeing, and return the chosen one and the other runs' curves that are to stand beside."""
    with st.popover("View", icon=":material/tune:", key="view", on_change="rerun") as opened:
        by = st.radio("Along", ["epoch", "time"], horizontal=True, key="curves-by", persist_state="session")
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
            format_func=_SMOOTHED.get,
            horizontal=True,
            key="curves-smoothed",
            persist_state="session",
        )
        if opened.open:  # else the runs that might stand beside it are not looked for, several times a second
            others = disambiguate({each.id: each.title for each in run_summaries(store) if each.state in FINAL_STATES})
            others.pop(run.id, None)
            st.multiselect(
                "Beside it",
                list(others),
                format_func=others.get,
                max_selections=5,
                key="curves-beside",
                persist_state="session",
            )
    return View(by, scale == "logarithmic", smoothing), _beside(store, run)


def _beside(store, shown):
    """The ended runs that were chosen; their rows are kept, for the page draws them several times a second."""
    known, found = st.session_state.setdefault("beside", {}), []
    for chosen in st.session_state.get("curves-beside", []):
        with suppress(RunError):  # it was deleted since
            run = store.get(chosen)
            if run.id != shown.id:
                known[run.id] = run.metrics(known.get(run.id, Metrics()))
                found.append(Curve(run.title(), known[run.id].rows))
    return found


def show(run: Run, curve: Curve, view: View, beside: list[Curve], epochs: int) -> None:
    """Show loss and accuracy of the run's curve and of those beside it."""
    curves, rows = [curve, *beside], curve.rows
    loss, accuracy = st.columns(2)
    with loss:
        figure = learning_curves(curves, "loss", view, epochs)
        chart(figure, f"loss-{run.id}", _alt("loss", rows), _CHART_PX)
    with accuracy:
        figure = learning_curves(curves, "accuracy", view, epochs, REFERENCE_ACCURACY)
        chart(figure, f"accuracy-{run.id}", _alt("accuracy", rows), _CHART_PX)


def show_more(run: Run, curve: Curve, view: View, epochs: int) -> None:
    """Show, behind folds, the learning rate and the speed, and the figures as a table and a CSV."""
    fold = st.expander("Learning rate and speed", key=f"fold-{run.id}", on_change="rerun")
    if fold.open:
        with fold:
            _rate_and_speed(run, curve, view, epochs)
    with st.expander("The curves as a table"):
        _table(run, curve.rows)


def _rate_and_speed(run, curve, view, epochs):
    rates = row_learning_rates(run.config(), run.marks(), curve.rows)
    rated = [replace(curve, rows=add_learning_rates(curve.rows, rates))]
    rate, speed = st.columns(2)
    with rate:
        figure = learning_curves(rated, "learning_rate", view, epochs)
        chart(figure, f"rate-{run.id}", "Line chart of the learning rate.", _SMALL_PX)
    with speed:
        figure = learning_curves(rated, "images_per_s", view, epochs)
        chart(figure, f"speed-{run.id}", "Line chart of the images learned from in a second.", _SMALL_PX)


def _table(run, rows):
    ends = list({row["epoch"]: row for row in rows if row["epoch"] == round(row["epoch"])}.values())
    shown = ends if ends and ends[-1] is rows[-1] else [*ends, *rows[-1:]]
    st.dataframe([{name: row.get(name) for name in _COLUMNS} for row in shown], hide_index=True)
    st.download_button(
        "All points as CSV",
        lambda: _csv(rows),
        f"{run.id}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"csv-{run.id}",
    )


def _csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _alt(metric, rows):
    if not rows:
        return f"Line chart of the {metric} against epochs: no point yet."
    first, last = rows[0], rows[-1]
    course = f"{first[metric]:.3f} at first, {last[metric]:.3f} at epoch {last['epoch']:.1f}"
    return f"Line chart of the training {metric} against epochs: {course}."
