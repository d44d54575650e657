"""The curves of a training from drawn things, as a page of its own that needs no server and no network."""

import json
from collections.abc import Mapping, Sequence

from core.charts.style import BACKGROUND, GRID, MUTED, PRIMARY, SERIES, TEXT, base_layout, figure_json, thin_points
from core.runs.objective_run import ObjectiveRow

_COLOURS = dict(
    zip(
        (*SERIES, TEXT, GRID, BACKGROUND),
        ("#2563eb", "#c2410c", "#15803d", "#7c3aed", "#b91c1c", "#6b7280", "#1f2937", "#e5e7eb", "#ffffff"),
        strict=True,
    )
)
"""The colours on a page that has no theme."""


def objective_curves_html(title: str, noun: str, score_name: str, rows: Sequence[ObjectiveRow]) -> str:
    """Return an HTML page with the loss above, and the scores below, over the examples that were seen.

    `noun` is what the examples are; `score_name` the name of the rows' score, '' where they have none.
    """
    import plotly.graph_objects as go

    training = [row for row in rows if row.val_scores is None]
    validated = [row for row in rows if row.val_scores is not None]
    traces = [_line("loss", training, [row.loss for row in training], PRIMARY, "y2")]
    if any(row.val_loss is not None for row in validated):
        traces.append(_points("validation loss", validated, [row.val_loss for row in validated], MUTED, "y2"))
    if score_name:
        traces.append(_line(score_name, training, [row.score for row in training], PRIMARY, "y"))
    names = list(validated[-1].val_scores or {}) if validated else []
    for k, name in enumerate(names):
        values = [(row.val_scores or {}).get(name) for row in validated]
        traces.append(_points(f"validation: {name.replace('_', ' ')}", validated, values, SERIES[k % len(SERIES)], "y"))
    layout = base_layout()
    layout |= {"title": {"text": title}, "showlegend": True, "height": 760, "margin": {"l": 64, "r": 24, "t": 56}}
    layout["paper_bgcolor"] = BACKGROUND
    layout["xaxis"] |= {"title": {"text": f"{noun} seen"}, "rangemode": "tozero"}
    layout["yaxis"] |= {"title": {"text": "score"}, "domain": [0, 0.46], "range": [0, 1], "tickformat": ".0%"}
    layout["yaxis2"] = {**layout["xaxis"], "title": {"text": "loss"}, "domain": [0.54, 1], "anchor": "x"}
    figure = figure_json({"data": traces, "layout": layout})
    for role, colour in _COLOURS.items():
        figure = figure.replace(role, colour)
    return str(go.Figure(json.loads(figure)).to_html(include_plotlyjs=True, full_html=True))


def _line(
    name: str, rows: Sequence[ObjectiveRow], values: Sequence[float | None], colour: str, axis: str
) -> Mapping[str, object]:
    shown = thin_points(list(zip([row.examples for row in rows], values, strict=True)))
    x, y = [each[0] for each in shown], [each[1] for each in shown]
    return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "yaxis": axis, "line": {"color": colour}}


def _points(
    name: str, rows: Sequence[ObjectiveRow], values: Sequence[float | None], colour: str, axis: str
) -> Mapping[str, object]:
    x = [row.examples for row in rows]
    marks = {"mode": "markers+lines", "marker": {"color": colour}, "line": {"color": colour, "dash": "dot"}}
    return {"type": "scatter", "name": name, "x": x, "y": list(values), "yaxis": axis, **marks}
