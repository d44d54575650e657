"""The confusion matrix as a heatmap."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.charts.style import BACKGROUND, GREEN, PRIMARY, TEXT, base_figure, named_axis, shorten
from core.config.dataset_spec import DIGITS

if TYPE_CHECKING:
    import plotly.graph_objects as go


MAX_COUNTS_SHOWN = 20
"""Of more classes the cells are too small for counts; they are said where one points."""


MAX_NAMES_BELOW = 30
"""Of more classes the names below would lie on each other; they are said where one points, and stand at the rows."""


def confusion_heatmap(matrix: Sequence[Sequence[int]] | np.ndarray, names: Sequence[str] = DIGITS) -> "go.Figure":
    """Return a heatmap of the (classes, classes) confusion matrix: a row a true class, a column an answer.

    The shade is the mistakes' share of the row's images; the right answers, thirty times as many, would drown them, and
    are shaded in a colour of their own by their share.
    """
    import plotly.graph_objects as go

    counts = np.asarray(matrix)
    mistakes = counts * (1 - np.eye(len(names), dtype=int))
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shade = np.sqrt(mistakes / totals)
    strongest = 2 * max(float(shade.max()), 1e-6)  # half of a colour at most, so that the counts can be read on it
    shade -= np.eye(len(names)) * counts / totals * strongest / 2
    labels = [str(label) for label in range(len(names))]
    heatmap = go.Heatmap(
        z=shade.tolist(),
        x=labels,
        y=labels,
        text=[[str(count) if count else "" for count in row] for row in counts.tolist()],
        texttemplate="%{text}" if len(names) <= MAX_COUNTS_SHOWN else None,
        textfont={"color": TEXT, "size": 11},
        customdata=counts.tolist(),
        hovertext=_cell_words(counts, names),
        hovertemplate="%{hovertext}<extra></extra>",
        colorscale=[[0, GREEN], [0.5, BACKGROUND], [1, PRIMARY]],
        zmin=-strongest,
        zmax=strongest,
        showscale=False,
        xgap=1,
        ygap=1,
    )
    figure = base_figure(heatmap)
    figure.update_xaxes(named_axis(names), title="read as", showgrid=False, fixedrange=True)
    is_a = "is a" if tuple(names) == DIGITS else "is"
    figure.update_yaxes(named_axis(names), title=is_a, autorange="reversed", showgrid=False, fixedrange=True)
    has_names_below = len(names) <= MAX_NAMES_BELOW
    figure.update_xaxes(showticklabels=has_names_below, ticks="outside" if has_names_below else "")
    if len(names) > MAX_COUNTS_SHOWN:
        figure.update_xaxes(tickfont={"size": 10})
        figure.update_yaxes(tickfont={"size": 11})
    if max(map(len, names)) == 1:
        figure.update_layout(margin={"l": 52, "r": 8, "t": 8, "b": 44})
        return figure
    figure.update_xaxes(tickangle=90, title=None)
    figure.update_yaxes(title=None)
    figure.update_layout(margin={"l": 104, "r": 8, "t": 8, "b": 104 if has_names_below else 8})
    return figure


def _cell_words(counts: np.ndarray, names: Sequence[str]) -> list[list[str]]:
    """Return what is said where one points at a cell, in rows."""
    article, shown = "a " if tuple(names) == DIGITS else "", [shorten(name) for name in names]
    return [
        [f"{article}{name} read as {answer}: {count} times" for answer, count in zip(shown, row, strict=True)]
        for name, row in zip(shown, counts.tolist(), strict=True)
    ]
