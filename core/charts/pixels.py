"""A digit as the table of numbers that it is."""

from typing import TYPE_CHECKING

import numpy as np

from core.charts.style import base_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

_NUMBER_PX = 8
_BRIGHT = 118  # on this grey, black and white text can be read alike


def pixel_grid(image: np.ndarray) -> "go.Figure":
    """Return a (28, 28) uint8 image with each pixel's number in it; paper, which is 0, has none.

    The picture is black and white whatever the page's theme, as the network is given it.
    """
    import plotly.graph_objects as go

    traces = []
    for shown, ink in ((image < _BRIGHT, "#fff"), (image >= _BRIGHT, "#000")):
        values = np.where(shown, image.astype(int), -1).tolist()
        traces.append(
            go.Heatmap(
                z=[[value if value >= 0 else None for value in row] for row in values],
                text=[[str(value) if value > 0 else "" for value in row] for row in values],
                texttemplate="%{text}",
                textfont={"size": _NUMBER_PX, "color": ink},
                colorscale=[[0, "#000"], [1, "#fff"]],
                hovertemplate="row %{y}, column %{x}: %{z}<extra></extra>",
                hoverongaps=False,
                showscale=False,
                zmin=0,
                zmax=255,
                xgap=0.5,
                ygap=0.5,
            )
        )
    figure = base_figure(*traces)
    axis = {"showgrid": False, "fixedrange": True, "dtick": 7, "constrain": "domain"}
    figure.update_xaxes(side="top", **axis)
    figure.update_yaxes(autorange="reversed", scaleanchor="x", **axis)
    figure.update_layout(margin={"l": 24, "r": 4, "t": 24, "b": 4}, plot_bgcolor="#333")
    return figure
