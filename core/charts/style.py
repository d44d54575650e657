"""The style of all charts: colours by role, which the page fills in from its theme, axes and margins."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from core.config.dataset_spec import DIGITS

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from plotly.basedatatypes import BaseTraceType

_Row = TypeVar("_Row")

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

_MAX_POINTS = 800
_MAX_NAME = 14


def thin_points(rows: Sequence[_Row]) -> Sequence[_Row]:
    """Return at most 800 of the rows, evenly, the newest always: a chart has no more pixels than that."""
    if len(rows) <= _MAX_POINTS:
        return rows
    return [rows[index] for index in np.linspace(0, len(rows) - 1, _MAX_POINTS).astype(int)]


def shorten(name: str) -> str:
    """Return the name of a class as an axis shows it: cut where it is long, and without what Plotly takes for HTML."""
    short = name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"
    return short.replace("&", "&amp;").replace("<", "&lt;")


def named_axis(names: Sequence[str]) -> dict[str, Any]:
    """Return the settings of an axis of classes, whose values are their labels as texts: '0', '1', …"""
    if tuple(names) == DIGITS:
        return {"type": "category"}
    values = [str(label) for label in range(len(names))]
    return {"type": "category", "tickmode": "array", "tickvals": values, "ticktext": [shorten(name) for name in names]}


def base_figure(*traces: "BaseTraceType") -> "go.Figure":
    """Return a figure of these traces in the style of all charts."""
    import plotly.graph_objects as go

    return go.Figure(list(traces), base_layout())


def base_layout() -> dict[str, Any]:
    """Return the layout of all charts: transparent, quiet axes, colours by role."""
    axis = {"gridcolor": GRID, "linecolor": GRID, "zeroline": False, "automargin": False}
    return {
        "template": _no_template(),
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": TEXT, "size": 13},
        "hoverlabel": {"bgcolor": BACKGROUND, "bordercolor": GRID, "font": {"color": TEXT}},
        "showlegend": False,
        "xaxis": axis,
        "yaxis": dict(axis),
    }


def figure_json(figure: dict[str, Any]) -> str:
    """Return a figure of plain values, `data` and `layout`, as JSON."""
    from plotly.io.json import to_json_plotly

    return str(to_json_plotly(figure))


@cache
def _no_template() -> dict[str, Any]:
    """Return Plotly's template without a style."""
    import plotly.io as pio

    return pio.templates["none"].to_plotly_json()
