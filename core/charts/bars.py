"""Charts of classes: bars for the probabilities of one answer, dots for the accuracy of each class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.style import MUTED, PRIMARY, TEXT, base_figure, base_layout, figure_json, named_axis, shorten
from core.config.dataset_spec import DIGITS
from core.config.percent import percent, percent_number, probability_percent
from core.evaluation.report import wilson_interval
from core.runs.report_schema import DigitScore

if TYPE_CHECKING:
    import plotly.graph_objects as go


MAX_BARS = 12
"""How many classes have a bar: the likeliest ones where there are more."""

MAX_ABREAST = 20
"""Of more classes the dots of `class_accuracy` are in rows."""

_NAME_PX = 96


def probability_bars(probabilities: Sequence[float] | np.ndarray, names: Sequence[str] = DIGITS) -> "go.Figure":
    """Return a horizontal bar chart of (classes,) probabilities, the first at the top, the likeliest in the accent.

    Of more than `MAX_BARS` classes those are shown that are likeliest, in order.

    Its `layout.meta.narrow_range` is the range of its x axis where it is narrow: the figures need a larger share then.
    """
    import plotly.graph_objects as go

    return go.Figure(_bars_figure(probabilities, names))


def probability_bars_json(probabilities: Sequence[float] | np.ndarray, names: Sequence[str] = DIGITS) -> str:
    """Return the figure of `probability_bars` as JSON, sooner: Plotly does not check what is in it."""
    return figure_json(_bars_figure(probabilities, names))


def _bars_figure(probabilities: Sequence[float] | np.ndarray, names: Sequence[str]) -> dict[str, Any]:
    if len(names) > MAX_BARS:
        shown = np.argsort(-np.asarray(probabilities), kind="stable")[:MAX_BARS].tolist()
        names, probabilities = tuple(str(names[label]) for label in shown), np.asarray(probabilities)[shown]
    likeliest = int(np.argmax(probabilities))
    known = bool(np.sum(probabilities))
    words = [probability_percent(share) if known else "" for share in probabilities]
    if known:
        words[likeliest] = f"<b>{words[likeliest]}</b>"
    bars = {
        "type": "bar",
        "x": [float(share) for share in probabilities],
        "y": [str(label) for label in range(len(names))],
        "orientation": "h",
        "text": words,
        "textposition": "outside",
        "textfont": {"color": TEXT},
        "cliponaxis": False,
        "marker": {"color": [PRIMARY if known and digit == likeliest else MUTED for digit in range(len(names))]},
        "customdata": [
            f"{shorten(name)}: {probability_percent(share, 2)}"
            for name, share in zip(names, probabilities, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    layout = base_layout() | {
        "bargap": 0.25,
        "margin": {"l": 24 if max(map(len, names)) == 1 else _NAME_PX, "r": 4, "t": 4, "b": 4},
    }
    layout["meta"] = {"narrow_range": [0, 1.55]}
    layout["xaxis"] |= {"range": [0, 1.18], "visible": False, "fixedrange": True}
    layout["yaxis"] |= named_axis(names) | {
        "autorange": "reversed",
        "dtick": 1,
        "showgrid": False,
        "fixedrange": True,
        "tickfont": {"size": 15},
    }
    return {"data": [bars], "layout": layout}


def class_accuracy(digits: Sequence[DigitScore], names: Sequence[str] = DIGITS) -> "go.Figure":
    """Return a chart of the accuracy of each class (`Report.digits`): a dot, and its 95 % interval (Wilson, 1927).

    Dots, for the axis does not begin at 0, and the length of a bar would mislead. A class without images has none. Of
    more than `MAX_ABREAST` classes each has a row, for their names would lie on each other below.
    """
    import plotly.graph_objects as go

    digits, title = [score for score in digits if score.count], "digit" if tuple(names) == DIGITS else None
    in_rows, names = len(names) > MAX_ABREAST, tuple(names[score.digit] for score in digits)
    shares = [score.accuracy for score in digits]
    intervals = [wilson_interval(round(score.accuracy * score.count), score.count) for score in digits]
    places = [str(place) for place in range(len(digits))]
    dots = go.Scatter(
        x=shares if in_rows else places,
        y=places if in_rows else shares,
        mode="markers" if in_rows else "markers+text",
        text=[f"{percent_number(share):.1f}" for share in shares],
        textposition="middle right",
        textfont={"color": TEXT},
        cliponaxis=False,
        marker={"color": PRIMARY, "size": 6 if in_rows else 9},
        customdata=[
            f"{shorten(name)}: {percent(share, 2)} ({percent(low, 2)} to {percent(high, 2)})"
            for name, share, (low, high) in zip(names, shares, intervals, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    dots.update({"error_x" if in_rows else "error_y": _error_bars(shares, intervals)})
    figure = base_figure(dots)
    lowest = max(0.0, min(low for low, _ in intervals) - 0.01)
    classes = named_axis(names) | {"title": title, "showgrid": False, "fixedrange": True}
    accuracy = {"range": [lowest, 1 + (1 - lowest) * 0.06], "tickformat": ".0%", "title": "read right"}
    if in_rows:
        figure.add_trace(_figures_at_the_edge(shares, places, accuracy["range"][1]))
        figure.update_yaxes(classes, range=[len(names) - 0.5, -0.5], tickfont={"size": 11})
        figure.update_xaxes(accuracy, fixedrange=True)
        figure.update_layout(margin={"l": 32 if max(map(len, names)) == 1 else _NAME_PX, "r": 44, "t": 8, "b": 44})
        return figure
    figure.update_xaxes(classes)
    figure.update_yaxes(accuracy, fixedrange=True)
    if is_named := max(map(len, names)) > 1:
        figure.update_xaxes(tickangle=90)
    figure.update_layout(margin={"l": 64, "r": 40, "t": 12, "b": 104 if is_named else 44})
    return figure


def _figures_at_the_edge(shares: Sequence[float], places: Sequence[str], edge: float) -> dict[str, Any]:
    """Return the figures of the dots below each other, for on the intervals they could not be read."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [edge] * len(shares),
        "y": list(places),
        "text": [f"{percent_number(share):.1f}" for share in shares],
        "textposition": "middle right",
        "textfont": {"color": TEXT, "size": 11},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _error_bars(shares: Sequence[float], intervals: Sequence[tuple[float, float]]) -> dict[str, Any]:
    return {
        "type": "data",
        "array": [high - share for share, (_, high) in zip(shares, intervals, strict=True)],
        "arrayminus": [share - low for share, (low, _) in zip(shares, intervals, strict=True)],
        "color": PRIMARY,
        "thickness": 1.5,
        "width": 4,
    }
