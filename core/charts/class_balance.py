"""The number of images of each class of a data set, as two bars on each other: to learn from and for the test."""

from collections.abc import Sequence
from typing import Any

from core.charts.style import MUTED, PRIMARY, base_layout, figure_json, shorten

_MAX_LEVEL = 3  # letters of a name that stands level


def class_balance(names: Sequence[str], train: Sequence[int], test: Sequence[int]) -> str:
    """Return a bar chart as the JSON of a figure: for each class its training images, and its test images above."""
    shown = [shorten(name) for name in names]
    places = list(range(len(names)))
    bars = [
        _bars(places, train, shown, "to learn from", PRIMARY),
        _bars(places, test, shown, "for the test", MUTED),
    ]
    layout: dict[str, Any] = base_layout() | {"barmode": "stack", "bargap": 0.25}
    layout |= {"margin": {"l": 56, "r": 4, "t": 8, "b": 62 if max(map(len, names)) > _MAX_LEVEL else 28}}
    layout["xaxis"] |= {"tickvals": places, "ticktext": shown, "showgrid": False, "fixedrange": True}
    layout["yaxis"] |= {"fixedrange": True, "rangemode": "tozero", "tickformat": ",d"}
    return figure_json({"data": bars, "layout": layout})


def _bars(places: Sequence[int], counts: Sequence[int], names: Sequence[str], what: str, colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": list(places),
        "y": list(counts),
        "customdata": list(names),
        "marker": {"color": colour},
        "hovertemplate": f"%{{customdata}}: %{{y:,}} {what}<extra></extra>",
    }
