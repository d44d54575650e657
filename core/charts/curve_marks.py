"""The marks of learning curves: a line where a person paused, stopped or changed a run, and its label."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from core.charts.style import TEXT
from core.runs.schema import Mark, MarkKind

AXIS_MARGIN = 1.02
"""How far the axis goes, against its last point."""

_LINE_SHARE = 0.05  # of the axis: the width of a line of text where a chart is narrowest, on a phone
_MAX_LINES = 4
_MARK_LABELS = {
    MarkKind.PAUSE: "paused",
    MarkKind.RESUME: "resumed",
    MarkKind.STOP: "stopped",
    MarkKind.STOP_AFTER_EPOCH: "stop after epoch",
}


def draw_marks(
    placed: Sequence[Sequence[tuple[float, Mark]]], colours: Sequence[str], length: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the shapes and annotations of a Plotly layout for the marks of each curve, at their places on the axis.

    Marks that stand close together share a label. length: of the axis without its margin, in its unit.
    """
    shapes: list[dict[str, Any]] = []
    labels: list[tuple[float, str]] = []
    for marks, colour in zip(placed, colours, strict=True):
        for place, found in _labels_by_place(marks).items():
            line = {"color": colour, "width": 1, "dash": "dot"}
            across = {"x0": place, "x1": place, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
            shapes.append({"type": "line", "line": line, **across})
            labels.append((place, ", ".join(found)))
    annotations = [_annotation(each, _stands_before(each, length)) for each in _clusters(labels, length)]
    return shapes, annotations


def _clusters(labels: Sequence[tuple[float, str]], length: float) -> list[list[tuple[float, str]]]:
    """Return the labels with their places in their order, in groups that share a label, so that no two overlap."""
    clusters: list[list[tuple[float, str]]] = []
    for label in sorted(labels):
        clusters.append([label])
        while len(clusters) > 1 and _extent(clusters[-1], length)[0] < _extent(clusters[-2], length)[1]:
            clusters[-2:] = [clusters[-2] + clusters[-1]]
    return clusters


def _extent(cluster: Sequence[tuple[float, str]], length: float) -> tuple[float, float]:
    """Return where on the axis the label of a cluster begins and ends."""
    place, width = cluster[0][0], _LINE_SHARE * length * len(_lines(cluster))
    return (place - width, place) if _stands_before(cluster, length) else (place, place + width)


def _stands_before(cluster: Sequence[tuple[float, str]], length: float) -> bool:
    """Return whether a label is written before its first mark, since the axis ends too soon behind it."""
    return cluster[0][0] + _LINE_SHARE * length * len(_lines(cluster)) > AXIS_MARGIN * length


def _lines(cluster: Sequence[tuple[float, str]]) -> list[str]:
    """Return the lines of a shared label: each text once, with how often it stands there, and few of them."""
    counts = Counter(text for _, text in cluster)
    lines = [f"{text} ×{count}" if count > 1 else text for text, count in counts.items()]
    if len(lines) <= _MAX_LINES:
        return lines
    return [*lines[: _MAX_LINES - 1], f"{len(lines) - _MAX_LINES + 1} more"]


def _labels_by_place(marks: Sequence[tuple[float, Mark]]) -> dict[float, list[str]]:
    """Return the labels at each place of the axis: what was done at once, as a pause and its end, shares a line."""
    places: dict[float, list[str]] = {}
    for place, mark in marks:
        places.setdefault(place, []).append(_mark_label(mark))
    return places


def _mark_label(mark: Mark) -> str:
    if mark.kind is MarkKind.EXTEND:
        return f"+{mark.value or 0:g} epochs"
    if mark.kind is MarkKind.RATE:
        return f"rate {mark.value or 0:g}"
    return _MARK_LABELS.get(mark.kind, mark.kind)


def _annotation(cluster: Sequence[tuple[float, str]], before: bool) -> dict[str, Any]:
    """Return the label of marks, written upright behind their first line, or before it."""
    return {
        "x": cluster[0][0],
        "xanchor": "right" if before else "left",
        "y": 0,
        "yref": "y domain",
        "yanchor": "bottom",
        "showarrow": False,
        "textangle": -90,
        "align": "left",
        "text": "<br>".join(_lines(cluster)),
        "font": {"size": 11, "color": TEXT},
    }
