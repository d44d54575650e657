"""The learning curves of one or several runs as Plotly figures, seen the way a person chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.charts.style import BACKGROUND, MUTED, SERIES, TEXT, base_figure, thin_points

_TITLES = {
    "loss": "Loss",
    "accuracy": "Accuracy",
    "learning_rate": "Learning rate",
    "images_per_s": "Images per second",
}
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
_MARKS = {"pause": "paused", "resume": "resumed", "stop": "stopped", "stop_after_epoch": "stop after epoch"}
SMOOTHINGS = (0.0, 0.6, 0.9)
"""What is offered: how much of the mean so far stays when the next point comes."""


@dataclass(frozen=True)
class View:
    """How a person wants to see curves: `by` epoch or time, on a logarithmic scale or not, how much smoothed."""

    by: str = "epoch"
    log: bool = False
    smoothing: float = 0.0


@dataclass(frozen=True)
class Curve:
    """What one run's curves are drawn from: its metrics and the marks of what it was told (`Run.marks`)."""

    name: str
    rows: Sequence[dict]
    marks: Sequence[dict] = ()


def learning_curves(
    curves: Sequence[Curve], metric: str, view: View, epochs: float = 0, reference: float | None = None
):
    """Return `metric` (`loss`, `accuracy`, `learning_rate` or `images_per_s`) of each run; the first has the accent.

    Training is a line, validation points at the epochs' ends; marks are thin upright lines with a word. `epochs` is
    how far the axis goes at least, `reference` an accuracy (0 to 1) drawn as a dashed line. On the logarithmic scale
    accuracy is seen as the share of mistakes, where the last tenths of a percent are as wide as the first. Every
    figure of one view has the same `uirevision`, so that a zoom outlives new points.
    """
    shown = _Shown(metric, view)
    traces = [trace for place, curve in enumerate(curves) for trace in shown.traces(curve, place, len(curves) > 1)]
    figure = base_figure(*traces)
    time = view.by == "time"
    figure.update_xaxes(title={"text": "seconds of training" if time else "epoch", "standoff": 4}, nticks=8)
    last = max([epochs or 0, *(row["epoch"] for curve in curves for row in curve.rows[-1:])])
    figure.update_xaxes(range=None if time or not epochs else [0, 1.02 * last], rangemode="tozero")
    figure.update_yaxes(title=shown.title, type="log" if shown.log else "linear")
    if metric == "accuracy":
        figure.update_yaxes(tickformat="~%" if shown.log else ".1~%", range=shown.accuracy_range(traces))
    if metric == "learning_rate":
        figure.update_yaxes(rangemode="tozero")
    figure.update_layout(
        showlegend=len(traces) > 1,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 64, "r": 12, "t": 32, "b": 36},
        uirevision=f"{view.by} {shown.log}",
    )
    for number, curve in enumerate(curves):
        colour = SERIES[number % len(SERIES)] if len(curves) > 1 else MUTED
        for place, words in _words_by_place(curve.marks, "elapsed_s" if time else "epoch").items():
            _add_mark(figure, place, ", ".join(words), colour)
    if reference is not None:
        _add_reference(figure, shown.value(reference), reference)
    return figure


class _Shown:
    """A metric as the view has it."""

    def __init__(self, metric, view):
        self.metric, self.view = metric, view
        self.log = view.log and metric != "images_per_s"
        self.mistakes = self.log and metric == "accuracy"
        self.title = "Mistakes" if self.mistakes else _TITLES[metric]

    def value(self, number):
        return max(1 - number, 1e-4) if self.mistakes else number

    def traces(self, curve, place, many):
        import plotly.graph_objects as go

        colour = SERIES[place % len(SERIES)]
        rows = [row for row in _stepwise(curve.rows) if self.metric in row]
        values = smooth([self.value(row[self.metric]) for row in rows], self.view.smoothing)
        picked = thin_points(list(zip(rows, values, strict=True)))
        yield go.Scatter(
            x=[self._place(row) for row, _ in picked],
            y=[value for _, value in picked],
            mode="lines",
            name=curve.name if many else "training",
            line={"color": colour, "width": 2, "shape": "spline", "smoothing": 0.6},
        )
        validated = [row for row in curve.rows if f"val_{self.metric}" in row]
        if not validated:
            return
        yield go.Scatter(
            x=[self._place(row) for row in validated],
            y=[self.value(row[f"val_{self.metric}"]) for row in validated],
            mode="markers",
            name=f"{curve.name}, validation" if many else "validation",
            showlegend=not many,
            marker={
                "color": colour if many else TEXT,
                "size": 9,
                "symbol": "diamond",
                "line": {"color": BACKGROUND, "width": 1},
            },
        )

    def _place(self, row):
        return row["elapsed_s" if self.view.by == "time" else "epoch"]

    def accuracy_range(self, traces):
        """The top fifth, where networks differ, as long as the newest point of each line is in it; else all of it."""
        if self.mistakes:
            return None
        newest = [trace.y[-1] for trace in traces if len(trace.y)]
        return [0.8 if newest and min(newest) >= 0.8 else 0.0, 1.005]


def spread_curves(arms: dict[str, Sequence[dict[int, float]]], title: str = "Validation accuracy"):
    """Return one chart of several groups of curves: each group's mean as a line, from its least to its best a band.

    `arms` are, by the group's name, curves of accuracy (0 to 1) by whole epoch; a mean is drawn where all of a group's
    curves that have begun have come.
    """
    import plotly.graph_objects as go

    traces = []
    for place, (name, curves) in enumerate(arms.items()):
        begun = [curve for curve in curves if curve]
        epochs = sorted(set.intersection(*(set(curve) for curve in begun))) if begun else []
        values = np.array([[curve[epoch] for epoch in epochs] for curve in begun])  # (curves, epochs)
        colour = SERIES[place % len(SERIES)]
        shape = {"dash": _DASHES[place % len(_DASHES)], "color": colour, "width": 2}
        if len(begun) > 1 and epochs:
            around = [*values.max(axis=0), *values.min(axis=0)[::-1]]
            band = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": colour, "opacity": 0.15}
            traces.append(go.Scatter(x=epochs + epochs[::-1], y=around, hoverinfo="skip", showlegend=False, **band))
        mean = values.mean(axis=0) if epochs else []
        traces.append(go.Scatter(x=epochs, y=mean, mode="lines+markers", name=name, line=shape))
    figure = base_figure(*traces)
    figure.update_xaxes(title="epoch", rangemode="tozero", nticks=8)
    nothing_yet = not any(len(trace.x) for trace in traces)
    figure.update_yaxes(title=title, tickformat=".1~%", range=[0, 1] if nothing_yet else None)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 64, "r": 12, "t": 32, "b": 44},
        uirevision="zoom",
    )
    return figure


def smooth(values: Sequence[float], share: float) -> list[float]:
    """Return the running mean of the values, of which `share` (0 to 1) stays as each next one comes.

    It is unbiased at the start, as TensorBoard's is: the first value stays what it was.
    """
    means, mean, weight = [], 0.0, 0.0
    for value in values:
        mean, weight = share * mean + (1 - share) * value, share * weight + (1 - share)
        means.append(mean / weight)
    return means


def add_learning_rates(rows: Sequence[dict], rates: np.ndarray) -> list[dict]:
    """Return the rows, each with the `learning_rate` of its last step; `rates` (n,) is the course's, one a row."""
    return [row | {"learning_rate": float(rate)} for row, rate in zip(rows, rates, strict=True)]


def _stepwise(rows):
    """The rows without those of a validation, which say again what its epoch's last step was."""
    return [row for before, row in pairwise([None, *rows]) if before is None or row["step"] != before["step"]]


def _words_by_place(marks, axis):
    """What was done at each place of the axis: what is done at once, as a pause and its end, shares a line."""
    places = {}
    for mark in marks:
        words = {"extend": f"+{mark.get('value', 0):g} epochs", "rate": f"rate {mark.get('value', 0):g}"} | _MARKS
        places.setdefault(mark[axis], []).append(words.get(mark["kind"], mark["kind"]))
    return places


def _add_mark(figure, place, words, colour):
    figure.add_vline(
        x=place,
        line={"color": colour, "width": 1, "dash": "dot"},
        annotation_textangle=-90,
        annotation_text=words,
        annotation_position="bottom right",
        annotation_font={"size": 11, "color": TEXT},
    )


def _add_reference(figure, place, accuracy):
    figure.add_hline(y=place, line={"color": MUTED, "width": 1, "dash": "dash"})
    figure.add_annotation(
        x=0,
        xref="paper",
        xanchor="left",
        y=np.log10(place) if figure.layout.yaxis.type == "log" else place,
        yanchor="bottom",
        showarrow=False,
        text=f"seed recipe {accuracy:.2%}",
        font={"size": 12, "color": TEXT},
    )
