"""The curves of groups of runs as a Plotly figure: each group's mean as a line, its range as a band."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.charts.style import SERIES, base_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def spread_curves(
    arms: Mapping[str, Sequence[Mapping[int, float]]], title: str = "Validation accuracy", along: str = "epoch"
) -> "go.Figure":
    """Return one chart of several groups of curves: each group's mean as a line, its range as a band.

    `arms` are, by the group's name, curves of accuracy (0 to 1) by whole epoch, or by another whole number, which
    `along` names; a mean is drawn up to the epoch that all curves of a group which have begun have reached.
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
    figure.update_xaxes(title=along, rangemode="tozero", nticks=8)
    empty = not any(len(trace.x) for trace in traces)
    figure.update_yaxes(title=title, tickformat=".1~%", range=[0, 1] if empty else None)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 64, "r": 12, "t": 32, "b": 44},
        uirevision="zoom",
    )
    return figure
