"""Charts of a recipe: the blocks of a network, and the learning rate over the epochs."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.charts.style import BACKGROUND, GREEN, MUTED, ORANGE, PRIMARY, TEXT, VIOLET, base_figure, base_layout
from core.config.layer_kinds import LAYER_KINDS, LayerFamily, Shape

if TYPE_CHECKING:
    import plotly.graph_objects as go


_COLOURS = {
    LayerFamily.CONVOLUTION: PRIMARY,
    LayerFamily.DENSE: VIOLET,
    LayerFamily.POOLING: GREEN,
    LayerFamily.REGULARIZATION: ORANGE,
}
_MAX_NUMBERS = math.log2(1 + 4096)


def network_blocks(names: Sequence[str], kinds: Sequence[str], shapes: Sequence[Shape]) -> "go.Figure":
    """Return a network as a row of blocks, from the picture to the ten probabilities.

    A block is as high as its picture's side, and as wide as the logarithm of its filters; a flat row of numbers is a
    thin block, as high as its logarithm. A block's name is shown with its shape in the hover text, and up to the first
    comma on the block, where there is room. `kinds` are the names of layer kinds, whose families colour the blocks;
    a block of no kind, like the picture, is grey.
    """
    import plotly.graph_objects as go

    blocks = {
        "type": "bar",
        "x": _places(shapes),
        "y": [_height(shape) for shape in shapes],
        "base": [-_height(shape) / 2 for shape in shapes],
        "width": [_width(shape) for shape in shapes],
        "marker": {"color": [_colour(kind) for kind in kinds]},
        "customdata": [[name, "×".join(map(str, shape))] for name, shape in zip(names, shapes, strict=True)],
        "hovertemplate": "%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        "text": [name.split(",")[0] for name in names],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "insidetextfont": {"color": BACKGROUND},
    }
    layout = base_layout() | {
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "uniformtext": {"mode": "hide", "minsize": 10},  # a word that does not fit is left out
    }
    layout["xaxis"] |= {"visible": False, "fixedrange": True}
    layout["yaxis"] |= {"visible": False, "fixedrange": True, "range": [-15, 15]}
    return go.Figure([blocks], layout)


def _colour(kind: str) -> str:
    return _COLOURS.get(LAYER_KINDS[kind].family, MUTED) if kind in LAYER_KINDS else MUTED


def _height(shape: Shape) -> float:
    return max(1.5, shape[0] if len(shape) > 1 else 28 * math.log2(1 + math.prod(shape)) / _MAX_NUMBERS)


def _width(shape: Shape) -> float:
    return 0.25 + 0.2 * math.log2(1 + shape[2]) if len(shape) > 2 else 0.35


def _places(shapes: Sequence[Shape]) -> list[float]:
    """Return the middle of each block, with the same space between all."""
    places: list[float] = []
    edge = 0.0
    for shape in shapes:
        places.append(edge + _width(shape) / 2)
        edge += _width(shape) + 0.35
    return places


def schedule_curve(rates: Sequence[float] | np.ndarray, epochs: int) -> "go.Figure":
    """Return a small line chart of the learning rate at evenly spaced moments of a run of so many epochs."""
    import plotly.graph_objects as go

    line = go.Scatter(
        x=[epochs * (index + 0.5) / len(rates) for index in range(len(rates))],
        y=[float(rate) for rate in rates],
        mode="lines",
        line={"color": PRIMARY, "width": 2},
        hovertemplate="epoch %{x:.1f}: %{y:.5f}<extra></extra>",
    )
    figure = base_figure(line)
    figure.update_xaxes(title="epoch", range=[0, epochs], nticks=6, fixedrange=True)
    figure.update_yaxes(title="learning rate", rangemode="tozero", nticks=4, fixedrange=True, tickfont={"color": TEXT})
    figure.update_layout(margin={"l": 64, "r": 12, "t": 8, "b": 44})
    return figure
