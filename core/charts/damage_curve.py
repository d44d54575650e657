"""The accuracy over the strength of a damage."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.charts.style import BACKGROUND, MUTED, PRIMARY, TEXT, base_figure
from core.config.percent import percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

_GUESSING = 0.1  # of ten digits


def damage_curve(
    points: Sequence[tuple[float, float]], present: tuple[float, float], label: str, ends: tuple[float, float]
) -> "go.Figure":
    """Return the accuracies (0 to 1) at the strengths that were measured, the present one as a diamond on the curve.

    points: (strength, accuracy) each; label: what the strength is; ends: the lowest and the highest one.
    """
    import plotly.graph_objects as go

    hover = "%{x}: %{customdata}<extra></extra>"
    along = sorted({*points, present})
    curve = go.Scatter(
        x=[strength for strength, _ in along],
        y=[accuracy for _, accuracy in along],
        customdata=[percent(accuracy) for _, accuracy in along],
        mode="lines+markers",
        line={"color": PRIMARY, "width": 2},
        marker={"color": PRIMARY, "size": 6},
        hovertemplate=hover,
    )
    here = go.Scatter(
        x=[present[0]],
        y=[present[1]],
        customdata=[percent(present[1])],
        mode="markers",
        marker={"color": TEXT, "size": 13, "symbol": "diamond", "line": {"color": BACKGROUND, "width": 1}},
        hovertemplate=hover,
    )
    figure = base_figure(curve, here)
    margin = 0.03 * (ends[1] - ends[0])
    figure.update_xaxes(
        title={"text": label, "standoff": 4}, range=[ends[0] - margin, ends[1] + margin], fixedrange=True
    )
    figure.update_yaxes(tickformat=".0%", range=[0, 1.04], fixedrange=True)
    figure.add_hline(_GUESSING, line={"color": MUTED, "width": 1, "dash": "dot"})
    figure.update_layout(margin={"l": 48, "r": 8, "t": 8, "b": 44})
    return figure
