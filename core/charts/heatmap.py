"""The confusion matrix as a heatmap."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.charts.style import BACKGROUND, GREEN, PRIMARY, TEXT, base_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go


def confusion_heatmap(matrix: Sequence[Sequence[int]] | np.ndarray) -> "go.Figure":
    """Return a heatmap of the (10, 10) confusion matrix: a row a true digit, a column an answer.

    The shade is the mistakes' share of the row's digits; the right answers, thirty times as many, would drown them, and
    are shaded in a colour of their own by their share.
    """
    import plotly.graph_objects as go

    counts = np.asarray(matrix)
    mistakes = counts * (1 - np.eye(10, dtype=int))
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shade = np.sqrt(mistakes / totals)
    strongest = 2 * max(float(shade.max()), 1e-6)  # half of a colour at most, so that the counts can be read on it
    shade -= np.eye(10) * counts / totals * strongest / 2
    digits = [str(digit) for digit in range(10)]
    heatmap = go.Heatmap(
        z=shade.tolist(),
        x=digits,
        y=digits,
        text=[[str(count) if count else "" for count in row] for row in counts.tolist()],
        texttemplate="%{text}",
        textfont={"color": TEXT, "size": 11},
        customdata=counts.tolist(),
        hovertemplate="a %{y} read as %{x}: %{customdata} times<extra></extra>",
        colorscale=[[0, GREEN], [0.5, BACKGROUND], [1, PRIMARY]],
        zmin=-strongest,
        zmax=strongest,
        showscale=False,
        xgap=1,
        ygap=1,
    )
    figure = base_figure(heatmap)
    figure.update_xaxes(title="read as", type="category", showgrid=False, fixedrange=True)
    figure.update_yaxes(title="is a", type="category", autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(margin={"l": 52, "r": 8, "t": 8, "b": 44})
    return figure
