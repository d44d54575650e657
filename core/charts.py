"""Data become Plotly figures. Their colours stand for roles of the page's theme, which the page fills in."""

from collections.abc import Sequence

import numpy as np

# Plotly takes nothing but colours for colours, so each role is a colour that nobody would choose.
PRIMARY, TEXT, MUTED, GRID, BACKGROUND = (f"#0000{index:02x}" for index in range(1, 6))
ROLES = {
    PRIMARY: "--st-primary-color",
    TEXT: "--st-text-color",
    MUTED: "--st-gray-color",
    GRID: "--st-border-color",
    BACKGROUND: "--st-background-color",
}
"""The CSS property of Streamlit's theme that each colour stands for."""

_MOST_POINTS = 800
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
_METRICS = {"loss": "Loss", "accuracy": "Accuracy"}


def probability_bars(probabilities: np.ndarray):
    """Return a horizontal bar chart of (10,) probabilities, the digit 0 at the top, the likeliest in the accent."""
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
    figure = _figure(bars)
    figure.update_xaxes(range=[0, 1.18], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False, fixedrange=True, tickfont={"size": 15})
    figure.update_layout(bargap=0.25, margin={"l": 24, "r": 4, "t": 4, "b": 4})
    return figure


def learning_curve(rows: Sequence[dict], metric: str, epochs: int, reference: float | None = None):
    """Return the curve of `metric` (`loss` or `accuracy`) against fractional epochs.

    `rows` are a run's metrics. Training is a line, validation points at the epochs' ends, `reference` (0 to 1) a thin
    dashed line. Every figure of one run has the same `uirevision`, so a zoom outlives new points.
    """
    import plotly.graph_objects as go

    shown = _thinned(rows)
    validated = [row for row in rows if f"val_{metric}" in row]
    training = go.Scatter(
        x=[row["epoch"] for row in shown],
        y=[row[metric] for row in shown],
        mode="lines",
        name="training",
        line={"color": PRIMARY, "width": 2, "shape": "spline", "smoothing": 0.6},
    )
    validation = go.Scatter(
        x=[row["epoch"] for row in validated],
        y=[row[f"val_{metric}"] for row in validated],
        mode="markers",
        name="validation",
        marker={"color": TEXT, "size": 9, "symbol": "diamond", "line": {"color": BACKGROUND, "width": 1}},
    )
    figure = _figure(training, validation)
    figure.update_xaxes(title="epoch", range=[0, 1.02 * epochs], nticks=8)
    figure.update_yaxes(title=_METRICS[metric])
    if metric == "accuracy":
        figure.update_yaxes(tickformat=".1~%", range=_accuracy_range(rows))
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 64, "r": 12, "t": 32, "b": 44},
        uirevision="zoom",
    )
    if reference is not None:
        _add_reference(figure, reference)
    return figure


def _accuracy_range(rows):
    """The top fifth, where networks differ, once a network has got there; until then all of it."""
    return [0.8 if any(row["accuracy"] > 0.85 for row in rows) else 0.0, 1.005]


def _add_reference(figure, reference):
    figure.add_hline(y=reference, line={"color": MUTED, "width": 1, "dash": "dash"})
    figure.add_annotation(
        x=1, xref="paper", xanchor="right", y=reference, yanchor="top", showarrow=False,
        text=f"seed recipe {reference:.2%}", font={"size": 12, "color": TEXT},
    )  # fmt: skip


def _thinned(rows):
    """At most `_MOST_POINTS` of the rows, evenly, the newest always: a chart has no more pixels than that."""
    if len(rows) <= _MOST_POINTS:
        return rows
    return [rows[index] for index in np.linspace(0, len(rows) - 1, _MOST_POINTS).astype(int)]


def spread_curves(arms: dict[str, Sequence[dict[int, float]]], title: str = "Validation accuracy"):
    """Return one chart of several groups of curves: each group's mean as a line, from its least to its best a band.

    `arms` are, by the group's name, curves of accuracy (0 to 1) by whole epoch; a mean is drawn where all of a group's
    curves that have begun have come.
    """
    import plotly.graph_objects as go

    traces = []
    for place, (name, curves) in enumerate(arms.items()):
        begun = [curve for curve in curves if curve]
        epochs = sorted(set.intersection(*(set(curve) for curve in begun))) if begun else []
        values = np.array([[curve[epoch] for epoch in epochs] for curve in begun])  # (curves, epochs)
        shape = {"dash": _DASHES[place % len(_DASHES)], "color": TEXT if place else PRIMARY, "width": 2}
        if len(begun) > 1 and epochs:
            around = [*values.max(axis=0), *values.min(axis=0)[::-1]]
            band = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": MUTED, "opacity": 0.18}
            traces.append(go.Scatter(x=epochs + epochs[::-1], y=around, hoverinfo="skip", showlegend=False, **band))
        mean = values.mean(axis=0) if epochs else []
        traces.append(go.Scatter(x=epochs, y=mean, mode="lines+markers", name=name, line=shape))
    figure = _figure(*traces)
    figure.update_xaxes(title="epoch", rangemode="tozero", nticks=8)
    figure.update_yaxes(title=title, tickformat=".1~%")
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 64, "r": 12, "t": 32, "b": 44},
        uirevision="zoom",
    )
    return figure


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
    figure = _figure(bars)
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
    figure = _figure(heatmap)
    figure.update_xaxes(title="read as", type="category", showgrid=False, fixedrange=True)
    figure.update_yaxes(title="is a", type="category", autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(margin={"l": 52, "r": 8, "t": 8, "b": 44})
    return figure


def _figure(*traces):
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
