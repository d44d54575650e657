"""What a recipe is, drawn: the blocks of a network, and the learning rate over the epochs."""

import math
from collections.abc import Sequence

from core.charts.style import BACKGROUND, GREEN, MUTED, ORANGE, PRIMARY, TEXT, VIOLET, base_figure

_COLOURS = {
    "Conv2D": PRIMARY,
    "Residual": PRIMARY,
    "Dense": VIOLET,
    "MaxPooling2D": GREEN,
    "AveragePooling2D": GREEN,
    "GlobalAveragePooling2D": GREEN,
    "Dropout": ORANGE,
}
_MOST_NUMBERS = math.log2(1 + 4096)


def network_blocks(names: Sequence[str], kinds: Sequence[str], shapes: Sequence[tuple[int, ...]]):
    """Return a network as a row of blocks, from the picture to the ten probabilities.

    A block is as high as its picture's side, and as wide as it has filters, by their logarithm; a flat row of numbers
    is a thin block, as high as its logarithm. `names` are what is shown of each block beside its shape, and up to the
    first comma on it, where there is room; `kinds` are the class names that colour it.
    """
    import plotly.graph_objects as go

    blocks = go.Bar(
        x=_places(shapes),
        y=[_height(shape) for shape in shapes],
        base=[-_height(shape) / 2 for shape in shapes],
        width=[_width(shape) for shape in shapes],
        marker={"color": [_COLOURS.get(kind, MUTED) for kind in kinds]},
        customdata=[[name, "×".join(map(str, shape))] for name, shape in zip(names, shapes, strict=True)],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        text=[name.split(",")[0] for name in names],
        textposition="inside",
        insidetextanchor="middle",
        insidetextfont={"color": BACKGROUND},
    )
    figure = base_figure(blocks)
    figure.update_layout(uniformtext={"mode": "hide", "minsize": 10})  # a word that does not fit is left out
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True, range=[-15, 15])
    figure.update_layout(margin={"l": 4, "r": 4, "t": 4, "b": 4})
    return figure


def _height(shape):
    return max(1.5, shape[0] if len(shape) > 1 else 28 * math.log2(1 + shape[0]) / _MOST_NUMBERS)


def _width(shape):
    return 0.25 + 0.2 * math.log2(1 + shape[2]) if len(shape) > 2 else 0.35


def _places(shapes):
    """The middle of each block, with the same space between all."""
    places, edge = [], 0.0
    for shape in shapes:
        places.append(edge + _width(shape) / 2)
        edge += _width(shape) + 0.35
    return places


def schedule_curve(rates: Sequence[float], epochs: int):
    """Return the learning rate of evenly spaced moments of a run of so many epochs as a small line."""
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
