"""A Plotly chart that is updated in place, so that it keeps its node, its zoom and its size."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import streamlit as st

from core.charts.style import ROLES
from pages.widgets.components._assets import define_component

if TYPE_CHECKING:
    from plotly.graph_objects import Figure
    from streamlit.components.v2.types import ComponentRenderer

_chart = define_component("chart", "html", "css", "js", isolate_styles=False)


@cache
def _plotly_source() -> "ComponentRenderer":
    """Return the component that carries Plotly's script, from the Python package: nothing is fetched from elsewhere."""
    script = files("plotly").joinpath("package_data/plotly.min.js").read_text("utf-8")
    return st.components.v2.component("plotly_source", html="<span></span>", js=f"{script}\nexport default () => {{}};")


def load_plotly() -> None:
    """Send Plotly's script to the browser, once a session: a page calls this once, outside its fragments."""
    _plotly_source()(key="plotly-source", height=1)


def chart(figure: "Figure", name: str, alt: str, height_px: int, clickable: bool = False) -> dict | None:
    """Show a figure of `core.charts`, and return the `x` and `y` of its point that was just clicked, else None.

    name: the chart's identity: under one name it is updated in place.
    alt: a sentence on what the chart shows, for screen readers.
    clickable: whether clicks on points are reported.
    """
    data = {
        "figure": figure.to_json(),
        "roles": ROLES,
        "alt": alt,
        "name": name,
        "height": height_px,
        "clickable": clickable,
    }
    return _chart(key=f"chart-{name}", data=data, on_clicked_change=_ignore).clicked


def _ignore() -> None:
    """Do nothing: a click is taken from the chart's result, which needs a callback to be there."""
