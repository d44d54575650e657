"""The trials of a sweep: the best so far, all fields side by side, one field against the value, and importances."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.charts.style import MUTED, ORANGE, PRIMARY, TEXT, base_layout, figure_json, shorten
from core.config.percent import percent

_SHADES = ((0.34, MUTED, 0.35), (0.67, MUTED, 0.8), (1.0, PRIMARY, 0.9))  # up to this rank, 0 to 1: colour, opacity
_MARGIN = 0.06
_MIN_TRIALS, _MIN_SPAN = 10, 0.005  # that the axes of the best so far show at least

ACCURACY_TICKS = ".1%"  # Plotly's tickformat of accuracies


@dataclass(frozen=True)
class TrialPoint:
    """A trial as a chart shows it: its number from 1, its value, the same in words, and its labels by field."""

    number: int
    value: float
    words: str
    is_stopped: bool
    labels: Mapping[str, Any]


@dataclass(frozen=True)
class FieldAxis:
    """An axis of one field: its title, whether it is logarithmic, and the titles of its options, {} for numbers."""

    name: str
    title: str
    is_log: bool = False
    options: Mapping[Any, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ValueAxis:
    """The axis of the trials' values: what it is called, Plotly's format of its ticks, and whether more is better."""

    title: str
    tick_format: str
    is_larger_better: bool


def best_so_far(trials: Sequence[TrialPoint], best: Sequence[tuple[int, float]], axis: ValueAxis) -> str:
    """Return the value of each trial as a point and the best one so far as a line, as the JSON of a figure.

    best: (number of the trial from 1, best value after it), of trials that came to their end.
    """
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": [number for number, _ in best],
        "y": [value for _, value in best],
        "line": {"color": PRIMARY, "width": 2, "shape": "hv"},
        "hoverinfo": "skip",
    }
    layout = _layout(axis, "Trial")
    numbers, values = [each.number for each in trials], [each.value for each in trials]
    layout["xaxis"] |= {"range": [0, max([_MIN_TRIALS, *numbers]) + 0.7], "tickformat": "d"}
    if values and max(values) - min(values) < _MIN_SPAN:  # a first point alone has no range of its own
        middle = (max(values) + min(values)) / 2
        layout["yaxis"] |= {"range": [middle - _MIN_SPAN, middle + _MIN_SPAN]}
    return figure_json({"data": [line, *_points(trials, numbers)], "layout": layout})


def field_plot(trials: Sequence[TrialPoint], column: FieldAxis, axis: ValueAxis) -> str:
    """Return the value of each trial over one field, as the JSON of a figure."""
    labels = [each.labels[column.name] for each in trials]
    x = [column.options[label] for label in labels] if column.options else labels
    layout = _layout(axis, column.title)
    if column.options:
        names = list(column.options.values())
        layout["xaxis"] |= {"type": "category", "categoryorder": "array", "categoryarray": names}
        layout["xaxis"] |= {"range": [-0.5, len(names) - 0.5]}
    elif column.is_log:
        layout["xaxis"] |= {"type": "log", "dtick": 1, "tickformat": "~g"}
    return figure_json({"data": _points(trials, x), "layout": layout})


def importance_bars(shares: Mapping[str, float]) -> str:
    """Return how much each field matters, the most first, as the JSON of a figure; `shares` by what it is called."""
    names = list(shares)[::-1]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [shares[name] for name in names],
        "y": [shorten(name) for name in names],
        "text": [percent(shares[name], 0) for name in names],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": PRIMARY},
        "hoverinfo": "skip",
    }
    layout: dict[str, Any] = base_layout() | {"margin": {"l": 112, "r": 44, "t": 8, "b": 28}, "bargap": 0.35}
    layout["xaxis"] |= {"tickformat": ".0%", "range": [0, 1], "fixedrange": True}
    layout["yaxis"] |= {"fixedrange": True, "showgrid": False}
    return figure_json({"data": [bars], "layout": layout})


def parallel_coordinates(trials: Sequence[TrialPoint], fields: Sequence[FieldAxis], axis: ValueAxis) -> str:
    """Return a line for each trial through all fields to its value, the better the stronger, as a figure's JSON."""
    columns = [*fields, FieldAxis("", axis.title)]
    ranges = [_range(column, trials) for column in columns]
    ranked = sorted(trials, key=lambda each: each.value, reverse=not axis.is_larger_better)
    traces, start = [], 0
    for share, colour, opacity in _SHADES:
        end = round(share * len(ranked))
        traces.append(_lines(ranked[start:end], columns, ranges, colour, opacity, 1.5))
        start = end
    traces.append(_lines(ranked[-1:], columns, ranges, ORANGE, 1.0, 3))
    layout: dict[str, Any] = base_layout() | {"margin": {"l": 36, "r": 36, "t": 58, "b": 34}, "hovermode": "closest"}
    places = list(range(len(columns)))
    layout["xaxis"] |= {"tickvals": places, "ticktext": [""] * len(places), "range": [-0.2, len(places) - 0.8]}
    layout["xaxis"] |= {"fixedrange": True, "gridcolor": MUTED}
    layout["yaxis"] |= {"visible": False, "range": [-_MARGIN, 1 + _MARGIN], "fixedrange": True}
    layout["annotations"] = [
        note
        for place, (column, found) in enumerate(zip(columns, ranges, strict=True))
        for note in _axis_words(place, column, found, axis)
    ]
    return figure_json({"data": traces, "layout": layout})


def _points(trials: Sequence[TrialPoint], x: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the trials that came to their end as full points, and those that were stopped early as hollow ones."""
    traces = []
    for is_stopped, symbol in ((True, "circle-open"), (False, "circle")):
        chosen = [place for place, each in enumerate(trials) if each.is_stopped is is_stopped]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [x[place] for place in chosen],
                "y": [trials[place].value for place in chosen],
                "customdata": [f"Trial {trials[place].number}: {trials[place].words}" for place in chosen],
                "marker": {"color": MUTED if is_stopped else PRIMARY, "size": 8, "symbol": symbol},
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    return traces


def _layout(axis: ValueAxis, x_title: str) -> dict[str, Any]:
    layout: dict[str, Any] = base_layout() | {"margin": {"l": 60, "r": 12, "t": 8, "b": 46}}
    layout["xaxis"] |= {"title": {"text": x_title, "standoff": 6}, "fixedrange": True}
    layout["yaxis"] |= {"tickformat": axis.tick_format, "fixedrange": True}
    return layout


def _number(column: FieldAxis, trial: TrialPoint) -> float:
    """Return where a trial lies on an axis, in the axis's own units."""
    value = trial.labels[column.name] if column.name else trial.value
    if column.options:
        return float(list(column.options).index(value))
    return math.log10(value) if column.is_log else float(value)


def _range(column: FieldAxis, trials: Sequence[TrialPoint]) -> tuple[float, float]:
    if column.options:
        return 0.0, float(len(column.options) - 1)
    numbers = [_number(column, each) for each in trials]
    return min(numbers), max(numbers)


def _lines(
    trials: Sequence[TrialPoint],
    columns: Sequence[FieldAxis],
    ranges: Sequence[tuple[float, float]],
    colour: str,
    opacity: float,
    width: float,
) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    names: list[str | None] = []
    for each in trials:
        for place, (column, (low, high)) in enumerate(zip(columns, ranges, strict=True)):
            x.append(place)
            y.append((_number(column, each) - low) / (high - low) if high > low else 0.5)
            names.append(f"Trial {each.number}: {each.words}")
        x, y, names = [*x, None], [*y, None], [*names, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "customdata": names,
        "line": {"color": colour, "width": width},
        "opacity": opacity,
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _axis_words(place: int, column: FieldAxis, ends: tuple[float, float], axis: ValueAxis) -> list[dict[str, Any]]:
    """Return the name of an axis above it, and the values of its ends at its ends."""
    common = {"x": place, "showarrow": False, "font": {"color": TEXT, "size": 12}}
    low, high = (_end(column, number, axis) for number in ends)
    return [
        common | {"y": 1 + _MARGIN, "yshift": 28 + 16 * (place % 2), "text": f"<b>{shorten(column.title)}</b>"},
        common | {"y": 1 + _MARGIN, "yshift": 10, "text": high},
        common | {"y": -_MARGIN, "yshift": -10, "text": low},
    ]


def _end(column: FieldAxis, number: float, axis: ValueAxis) -> str:
    if column.options:
        return shorten(list(column.options.values())[round(number)])
    if not column.name:
        return percent(number, 2) if "%" in axis.tick_format else f"{number:.4f}"
    return f"{10**number:.3g}" if column.is_log else f"{number:.4g}"
