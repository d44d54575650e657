"""A digit as the table of numbers that it is."""

from typing import TYPE_CHECKING

import numpy as np

from core.charts.style import base_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

_NUMBER_PX = 8


def pixel_grid(image: np.ndarray) -> "go.Figure":
    """Return a (28, 28) uint8 image with each pixel's number in it; paper, which is 0, has none.

    The picture is black and white whatever the page's theme, as the network is given it.
    """
    import plotly.graph_objects as go

    numbers = [[str(value) if value else "" for value in row] for row in image.tolist()]
    grid = {"showscale": False, "zmin": 0, "zmax": 255, "xgap": 0.5, "ygap": 0.5}
    heatmap = go.Heatmap(
        z=image.tolist(),
        text=numbers,
        texttemplate="%{text}",
        textfont={"size": _NUMBER_PX},  # without a colour of its own, Plotly takes black or white, whichever is read
        colorscale=[[0, "#000"], [1, "#fff"]],
        hovertemplate="row %{y}, column %{x}: %{z}<extra></extra>",
        **grid,
    )
    figure = base_figure(heatmap)
    axis = {"showgrid": False, "fixedrange": True, "dtick": 7, "constrain": "domain"}
    figure.update_xaxes(side="top", **axis)
    figure.update_yaxes(autorange="reversed", scaleanchor="x", **axis)
    figure.update_layout(margin={"l": 24, "r": 4, "t": 24, "b": 4}, plot_bgcolor="#333")
    return figure
