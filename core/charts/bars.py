"""Bar charts: the ten probabilities of one answer, and the accuracy of each digit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.style import MUTED, PRIMARY, TEXT, base_figure, base_layout, figure_json
from core.config.percent import percent, percent_number, probability_percent
from core.runs.schema import DigitScore

if TYPE_CHECKING:
    import plotly.graph_objects as go


def probability_bars(probabilities: Sequence[float] | np.ndarray) -> "go.Figure":
    """Return a horizontal bar chart of (10,) probabilities, the digit 0 at the top, the likeliest in the accent.

    Its `layout.meta.narrow_range` is the range of its x axis where it is narrow: the figures need a larger share then.
    """
    import plotly.graph_objects as go

    return go.Figure(_bars_figure(probabilities))


def probability_bars_json(probabilities: Sequence[float] | np.ndarray) -> str:
    """Return the figure of `probability_bars` as JSON, sooner: Plotly does not check what is in it."""
    return figure_json(_bars_figure(probabilities))


def _bars_figure(probabilities: Sequence[float] | np.ndarray) -> dict[str, Any]:
    likeliest = int(np.argmax(probabilities))
    known = bool(np.sum(probabilities))
    words = [probability_percent(share) if known else "" for share in probabilities]
    if known:
        words[likeliest] = f"<b>{words[likeliest]}</b>"
    bars = {
        "type": "bar",
        "x": [float(share) for share in probabilities],
        "y": [str(digit) for digit in range(10)],
        "orientation": "h",
        "text": words,
        "textposition": "outside",
        "textfont": {"color": TEXT},
        "cliponaxis": False,
        "marker": {"color": [PRIMARY if known and digit == likeliest else MUTED for digit in range(10)]},
        "customdata": [probability_percent(share, 2) for share in probabilities],
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }
    layout = base_layout() | {"bargap": 0.25, "margin": {"l": 24, "r": 4, "t": 4, "b": 4}}
    layout["meta"] = {"narrow_range": [0, 1.55]}
    layout["xaxis"] |= {"range": [0, 1.18], "visible": False, "fixedrange": True}
    layout["yaxis"] |= {
        "autorange": "reversed",
        "type": "category",
        "dtick": 1,
        "showgrid": False,
        "fixedrange": True,
        "tickfont": {"size": 15},
    }
    return {"data": [bars], "layout": layout}


def digit_accuracy(digits: Sequence[DigitScore]) -> "go.Figure":
    """Return a bar chart of the accuracy of each digit (`Report.digits`)."""
    import plotly.graph_objects as go

    shares = [score.accuracy for score in digits]
    bars = go.Bar(
        x=[str(score.digit) for score in digits],
        y=shares,
        text=[f"{percent_number(share):.1f}" for share in shares],
        textposition="outside",
        textfont={"color": TEXT},
        cliponaxis=False,
        marker={"color": PRIMARY},
        customdata=[percent(share, 2) for share in shares],
        hovertemplate="%{x}: %{customdata}<extra></extra>",
    )
    figure = base_figure(bars)
    lowest = max(0.0, min(shares) - 0.02)
    figure.update_xaxes(type="category", title="digit", showgrid=False, fixedrange=True)
    figure.update_yaxes(range=[lowest, 1 + (1 - lowest) * 0.12], tickformat=".0%", title="read right", fixedrange=True)
    figure.update_layout(margin={"l": 64, "r": 12, "t": 12, "b": 44})
    return figure
