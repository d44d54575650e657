"""The learning curves of one or several runs as Plotly figures, drawn the way a person chose."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from core.charts.curve_marks import AXIS_MARGIN, draw_marks
from core.charts.style import BACKGROUND, MUTED, SERIES, TEXT, base_layout, figure_json, thin_points
from core.config.percent import percent
from core.runs.metrics_schema import MetricRow
from core.runs.schema import Mark

if TYPE_CHECKING:
    import plotly.graph_objects as go

SMOOTHINGS = (0.0, 0.6, 0.9)
"""The smoothings that are offered: the share of the running mean that stays when the next point comes."""


class Metric(StrEnum):
    """A figure that is drawn over the course of a run."""

    LOSS = "loss"
    ACCURACY = "accuracy"
    LEARNING_RATE = "learning_rate"
    IMAGES_PER_S = "images_per_s"


class Axis(StrEnum):
    """The horizontal axis of curves: epochs or time."""

    EPOCH = "epoch"
    TIME = "time"


_TITLES = {
    Metric.LOSS: "Loss",
    Metric.ACCURACY: "Accuracy",
    Metric.LEARNING_RATE: "Learning rate",
    Metric.IMAGES_PER_S: "Images per second",
}
_REFERENCE_PX = 84  # beside a chart, for the words on its reference
_NAME_CHARS = 28  # of a run's name in a line of the legend: more is cut off on a phone


@dataclass(frozen=True)
class View:
    """The settings of a drawing of curves: against epochs or time, logarithmic or not, how much smoothed (0 to 1)."""

    by: Axis = Axis.EPOCH
    log: bool = False
    smoothing: float = 0.0


@dataclass(frozen=True)
class Curve:
    """One run's curves: its metric rows, its marks and, where they are drawn, the learning rate of each row."""

    name: str
    rows: Sequence[MetricRow]
    marks: Sequence[Mark] = ()
    learning_rates: Sequence[float] = ()


@dataclass(frozen=True)
class _Point:
    row: MetricRow
    value: float


def learning_curves(
    curves: Sequence[Curve], metric: Metric, view: View, epochs: float = 0, reference: float | None = None
) -> "go.Figure":
    """Return a figure of one metric of each run; the first has the accent colour.

    Training is a line, validation points at the epochs' ends; marks are thin vertical lines with a label. `epochs` is
    how far the axis goes at least, `reference` an accuracy (0 to 1) drawn as a dashed line. On the logarithmic scale
    accuracy is drawn as the share of mistakes, where the last tenths of a percent are as wide as the first. Every
    figure of one view has the same `uirevision`, so that a zoom stays when new points come.
    """
    import plotly.graph_objects as go

    return go.Figure(learning_curves_data(curves, metric, view, epochs, reference))


def learning_curves_json(
    curves: Sequence[Curve], metric: Metric, view: View, epochs: float = 0, reference: float | None = None
) -> str:
    """Return the figure of `learning_curves` as JSON, sooner: Plotly does not check what is in it."""
    return figure_json(learning_curves_data(curves, metric, view, epochs, reference))


def learning_curves_data(
    curves: Sequence[Curve], metric: Metric, view: View, epochs: float = 0, reference: float | None = None
) -> dict[str, Any]:
    """Return the figure of `learning_curves` as plain values, `data` and `layout`, as Plotly takes them."""
    scale = _Scale(metric, view)
    traces = [trace for place, curve in enumerate(curves) for trace in scale.traces(curve, place, len(curves) > 1)]
    time = view.by == Axis.TIME
    last = max([epochs or 0, *(row.epoch for curve in curves for row in curve.rows[-1:])])
    layout = base_layout()
    layout |= {
        "showlegend": len(traces) > 1,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "margin": {"l": 64, "r": 12, "t": 32, "b": 36},
        "uirevision": f"{view.by} {scale.log}",
    }
    title = {"text": "seconds of training" if time else "epoch", "standoff": 4}
    layout["xaxis"] |= {"title": title, "nticks": 8, "rangemode": "tozero"}
    if epochs and not time:
        layout["xaxis"]["range"] = [0, AXIS_MARGIN * last]
    layout["yaxis"] |= {"title": {"text": scale.title}, "type": "log" if scale.log else "linear"}
    if metric == Metric.ACCURACY:
        layout["yaxis"]["tickformat"] = "~%" if scale.log else ".1~%"
        if not scale.mistakes:
            layout["yaxis"]["range"] = _accuracy_range(traces)
    if metric == Metric.LEARNING_RATE:
        layout["yaxis"]["rangemode"] = "tozero"
    _add_marks(layout, curves, view.by, last)
    if reference is not None:
        _add_reference(layout, scale.value(reference), reference, scale.log)
    return {"data": traces, "layout": layout}


def _accuracy_range(traces: Sequence[dict[str, Any]]) -> list[float]:
    """Return the top fifth, where networks differ, while the newest point of each line is in it; else all."""
    newest = [trace["y"][-1] for trace in traces if trace["y"]]
    return [0.8 if newest and min(newest) >= 0.8 else 0.0, 1.005]


class _Scale:
    """A metric as the view draws it."""

    def __init__(self, metric: Metric, view: View) -> None:
        self.metric, self.view = metric, view
        self.log = view.log and metric is not Metric.IMAGES_PER_S
        self.mistakes = self.log and metric == Metric.ACCURACY
        self.title = "Mistakes" if self.mistakes else _TITLES[metric]

    def value(self, number: float) -> float:
        return max(1 - number, 1e-4) if self.mistakes else number

    def traces(self, curve: Curve, place: int, many: bool) -> Iterator[dict[str, Any]]:
        colour = SERIES[place % len(SERIES)]
        points = _without_repeats(self._points(curve))
        values = smooth([self.value(point.value) for point in points], self.view.smoothing)
        picked = thin_points(list(zip(points, values, strict=True)))
        yield {
            "type": "scatter",
            "x": [_position(point.row, self.view.by) for point, _ in picked],
            "y": [value for _, value in picked],
            "mode": "lines",
            "name": "<br>".join(wrap(curve.name, _NAME_CHARS)) if many else "training",
            "line": {"color": colour, "width": 2, "shape": "spline", "smoothing": 0.6},
        }
        validated = self._validation_points(curve)
        if not validated:
            return
        yield {
            "type": "scatter",
            "x": [_position(point.row, self.view.by) for point in validated],
            "y": [self.value(point.value) for point in validated],
            "mode": "markers",
            "name": f"{curve.name}, validation" if many else "validation",
            "showlegend": not many,
            "marker": {
                "color": colour if many else TEXT,
                "size": 9,
                "symbol": "diamond",
                "line": {"color": BACKGROUND, "width": 1},
            },
        }

    def _points(self, curve: Curve) -> list[_Point]:
        if self.metric == Metric.LEARNING_RATE:
            return [_Point(row, rate) for row, rate in zip(curve.rows, curve.learning_rates, strict=True)]
        return [_Point(row, getattr(row, self.metric)) for row in curve.rows]

    def _validation_points(self, curve: Curve) -> list[_Point]:
        figures = {Metric.LOSS: "val_loss", Metric.ACCURACY: "val_accuracy"}
        if self.metric not in figures:
            return []
        values = [(row, getattr(row, figures[self.metric])) for row in curve.rows]
        return [_Point(row, value) for row, value in values if value is not None]


def smooth(values: Sequence[float], share: float) -> list[float]:
    """Return the running mean of the values, of which `share` (0 to 1) stays as each next one comes.

    It is unbiased at the start, as TensorBoard's is: the first value stays what it was.
    """
    means, mean, weight = [], 0.0, 0.0
    for value in values:
        mean, weight = share * mean + (1 - share) * value, share * weight + (1 - share)
        means.append(mean / weight)
    return means


def _without_repeats(points: Sequence[_Point]) -> list[_Point]:
    """Return the points without those of validation lines, which repeat the epoch's last step."""
    steps = [None, *(point.row.step for point in points)]
    return [point for point, (before, step) in zip(points, pairwise(steps), strict=True) if step != before]


def _position(row: MetricRow | Mark, axis: Axis) -> float:
    return row.elapsed_s if axis == Axis.TIME else row.epoch


def _add_marks(layout: dict[str, Any], curves: Sequence[Curve], axis: Axis, last_epoch: float) -> None:
    """Draw a line for each mark in the colour of its curve, and the labels."""
    placed = [[(_position(mark, axis), mark) for mark in curve.marks] for curve in curves]
    colours = [SERIES[number % len(SERIES)] for number in range(len(curves))] if len(curves) > 1 else [MUTED]
    ends = [_position(row, axis) for curve in curves for row in curve.rows[-1:]]
    length = max([0.0, *ends, *(place for each in placed for place, _ in each)])
    shapes, annotations = draw_marks(placed, colours, max(length, last_epoch) if axis == Axis.EPOCH else length)
    if shapes:
        layout |= {"shapes": shapes, "annotations": annotations}


def _add_reference(layout: dict[str, Any], place: float, accuracy: float, log: bool) -> None:
    layout["margin"] |= {"r": _REFERENCE_PX}
    line = {"color": MUTED, "width": 1, "dash": "dash"}
    along = {"x0": 0, "x1": 1, "xref": "x domain", "y0": place, "y1": place, "yref": "y"}
    layout.setdefault("shapes", []).append({"type": "line", "line": line, **along})
    layout.setdefault("annotations", []).append(
        {
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "y": math.log10(place) if log else place,
            "yanchor": "middle",
            "align": "left",
            "showarrow": False,
            "text": f" seed recipe<br> {percent(accuracy, 2)}",
            "font": {"size": 12, "color": TEXT},
        }
    )
