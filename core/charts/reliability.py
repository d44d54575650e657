"""A reliability diagram: how often a network is right against how sure it says it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.charts.style import MUTED, PRIMARY, base_figure
from core.config.percent import percent, probability_percent
from core.evaluation.report import wilson_interval
from core.runs.report_schema import ReliabilityBin

if TYPE_CHECKING:
    import plotly.graph_objects as go


def reliability_diagram(bins: Sequence[ReliabilityBin]) -> "go.Figure":
    """Return the share of right answers of each bin (`calibration.reliability`) against its mean confidence.

    Each point has the 95 % interval of its share; on the dashed diagonal a network is right as often as it says.
    """
    import plotly.graph_objects as go

    shares = [each.accuracy for each in bins]
    intervals = [wilson_interval(round(each.accuracy * each.count), each.count) for each in bins]
    diagonal = go.Scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": MUTED, "width": 1, "dash": "dash"}, hoverinfo="skip"
    )
    points = go.Scatter(
        x=[each.confidence for each in bins],
        y=shares,
        mode="lines+markers",
        line={"color": PRIMARY, "width": 1},
        marker={"color": PRIMARY, "size": 8},
        error_y={
            "array": [high - share for share, (_, high) in zip(shares, intervals, strict=True)],
            "arrayminus": [share - low for share, (low, _) in zip(shares, intervals, strict=True)],
            "color": PRIMARY,
            "thickness": 1,
            "width": 3,
        },
        customdata=[(probability_percent(each.confidence), percent(each.accuracy), each.count) for each in bins],
        hovertemplate="%{customdata[0]} sure: %{customdata[1]} right, of %{customdata[2]:,} images<extra></extra>",
    )
    figure = base_figure(diagonal, points)
    figure.update_xaxes(title="confidence", range=[0, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(title="accuracy", range=[0, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_layout(margin={"l": 64, "r": 12, "t": 12, "b": 44})
    return figure
