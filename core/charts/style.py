"""Data become Plotly figures. Their colours stand for roles of the page's theme, which the page fills in."""

from collections.abc import Sequence

import numpy as np

# Plotly takes nothing but colours for colours, so each role is a colour that nobody would choose.
PRIMARY, TEXT, MUTED, GRID, BACKGROUND, ORANGE, GREEN, VIOLET, RED = (f"#0000{index:02x}" for index in range(1, 10))
ROLES = {
    PRIMARY: "--st-primary-color",
    TEXT: "--st-text-color",
    MUTED: "--st-gray-color",
    GRID: "--st-border-color",
    BACKGROUND: "--st-background-color",
    ORANGE: "--st-orange-color",
    GREEN: "--st-green-color",
    VIOLET: "--st-violet-color",
    RED: "--st-red-color",
}
"""The CSS property of Streamlit's theme that each colour stands for."""

SERIES = (PRIMARY, ORANGE, GREEN, VIOLET, RED, MUTED)
"""The colours of several runs in one figure, in their order."""

_MOST_POINTS = 800


def probability_bars(probabilities: np.ndarray, narrow: bool = False):
    """Return a horizontal bar chart of (10,) probabilities, the digit 0 at the top, the likeliest in the accent.

    narrow: for a chart of less than 300 pixels, whose figures need a larger share of its width.
    """
    import plotly.graph_objects as go

    likeliest = int(np.argmax(probabilities))
    known = bool(np.sum(probabilities))
    words = [f"{share:.1%}" if known else "" for share in probabilities]
    if known:
        words[likeliest] = f"<b>{words[likeliest]}</b>"
    bars = go.Bar(
        x=[float(share) for share in probabilities],
        y=[str(digit) for digit in range(10)],
        orientation="h",
        text=words,
        textposition="outside",
        textfont={"color": TEXT},
        cliponaxis=False,
        marker={"color": [PRIMARY if known and digit == likeliest else MUTED for digit in range(10)]},
        hovertemplate="%{y}: %{x:.2%}<extra></extra>",
    )
    figure = framed(bars)
    figure.update_xaxes(range=[0, 1.5 if narrow else 1.18], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False, fixedrange=True, tickfont={"size": 15})
    figure.update_layout(bargap=0.25, margin={"l": 24, "r": 4, "t": 4, "b": 4})
    return figure


def thinned(rows: Sequence) -> Sequence:
    """Return at most 800 of the rows, evenly, the newest always: a chart has no more pixels than that."""
    if len(rows) <= _MOST_POINTS:
        return rows
    return [rows[index] for index in np.linspace(0, len(rows) - 1, _MOST_POINTS).astype(int)]


def digit_accuracy(digits: Sequence[dict]):
    """Return a bar chart of the accuracy of each digit (`digits` of `evaluation.report`)."""
    import plotly.graph_objects as go

    shares = [row["accuracy"] for row in digits]
    bars = go.Bar(
        x=[str(row["digit"]) for row in digits],
        y=shares,
        text=[f"{100 * share:.1f}" for share in shares],
        textposition="outside",
        textfont={"color": TEXT},
        cliponaxis=False,
        marker={"color": PRIMARY},
        hovertemplate="%{x}: %{y:.2%}<extra></extra>",
    )
    figure = framed(bars)
    lowest = max(0.0, min(shares) - 0.02)
    figure.update_xaxes(type="category", title="digit", showgrid=False, fixedrange=True)
    figure.update_yaxes(range=[lowest, 1 + (1 - lowest) * 0.12], tickformat=".0%", title="read right", fixedrange=True)
    figure.update_layout(margin={"l": 64, "r": 12, "t": 12, "b": 44})
    return figure


def confusion_heatmap(matrix: Sequence[Sequence[int]]):
    """Return a heatmap of the (10, 10) confusion matrix: a row a true digit, a column an answer.

    The shade is the mistakes' share of the row's digits: the right answers, thirty times as many, would drown them.
    """
    import plotly.graph_objects as go

    counts = np.asarray(matrix)
    mistakes = counts * (1 - np.eye(10, dtype=int))
    shade = np.sqrt(mistakes / np.maximum(counts.sum(axis=1, keepdims=True), 1))
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
        colorscale=[[0, BACKGROUND], [1, PRIMARY]],
        zmin=0,
        zmax=2 * max(float(shade.max()), 1e-6),  # half the accent at most, so that the counts can be read on it
        showscale=False,
        xgap=1,
        ygap=1,
    )
    figure = framed(heatmap)
    figure.update_xaxes(title="read as", type="category", showgrid=False, fixedrange=True)
    figure.update_yaxes(title="is a", type="category", autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(margin={"l": 52, "r": 8, "t": 8, "b": 44})
    return figure


def framed(*traces):
    """Return a figure of these traces in the house's manner: no ground of its own, quiet axes, colours by role."""
    import plotly.graph_objects as go

    axis = {"gridcolor": GRID, "linecolor": GRID, "zeroline": False, "automargin": False}
    return go.Figure(
        list(traces),
        {
            "template": "none",
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"color": TEXT, "size": 13},
            "hoverlabel": {"bgcolor": BACKGROUND, "bordercolor": GRID, "font": {"color": TEXT}},
            "showlegend": False,
            "xaxis": axis,
            "yaxis": axis,
        },
    )
