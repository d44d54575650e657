"""A Plotly chart that is updated in place, so that it keeps its node, its zoom and its size."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.charts.style import ROLES
from pages.widgets.components._assets import define_component
from pages.widgets.components.page_routes import PLOTLY_FILE

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_plotly = define_component("plotly", "js")
_chart = define_component("chart", "html", "css", "js", isolate_styles=False)


@dataclass(frozen=True)
class LiveSource:
    """From where a chart gets newer figures by itself: an address beside the page's, asked every so many seconds."""

    address: str
    every_s: float


def load_plotly(after_ms: int = 0) -> None:
    """Have the browser load Plotly's script from this server: a page calls this once, outside its fragments.

    after_ms: how long something else on the page goes first: the script takes a browser up to half a second, in which
    it does nothing else.
    """
    _plotly(key="plotly", data={"file": PLOTLY_FILE, "after_ms": after_ms}, height=1)


def chart(
    figure: "Figure | str",
    name: str,
    alt: str,
    height_px: int,
    clickable: bool = False,
    live: LiveSource | None = None,
    on_click: Callable[[dict], None] | None = None,
) -> dict | None:
    """Show a figure of `core.charts`, and return the `x` and `y` of its point that was just clicked, else None.

    figure: the figure, or its JSON.
    name: the chart's identity: under one name it is updated in place.
    alt: a sentence on what the chart shows, for screen readers.
    clickable: whether clicks on points are reported.
    live: from where it gets newer figures between two drawings of the page.
    on_click: is called with the clicked point before the page is drawn, where the figure depends on the clicks.
    """
    key = f"chart-{name}"
    data = _data(figure, name, alt, height_px) | {"clickable": clickable, "live": live and asdict(live)}
    on_change = partial(_report_click, key, on_click) if on_click else _ignore
    return _chart(key=key, data=data, on_clicked_change=on_change).clicked


def selectable_chart(figure: str, name: str, alt: str, height_px: int) -> list[int] | None:
    """Show a figure as `chart` does, with a lasso; return what was just selected with it, else None.

    That is the first value of each selected point's `customdata`; [] where the selection was taken away.
    """
    data = _data(figure, name, alt, height_px) | {"selectable": True}
    return _chart(key=f"chart-{name}", data=data, on_selected_change=_ignore).selected


def _data(figure: "Figure | str", name: str, alt: str, height_px: int) -> dict[str, object]:
    text = figure if isinstance(figure, str) else figure.to_json()
    return {"figure": text, "roles": ROLES, "alt": alt, "name": name, "height": height_px}


def _report_click(key: str, on_click: Callable[[dict], None]) -> None:
    if clicked := st.session_state[key].get("clicked"):
        on_click(clicked)


def _ignore() -> None:
    """Do nothing: a click or a selection is taken from the chart's result, which needs a callback to be there."""
