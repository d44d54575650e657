"""A Plotly chart that is updated in place, so that it keeps its node, its zoom and its size."""

from functools import cache
from importlib.resources import files

import streamlit as st

from core.charts.style import ROLES

_CSS = """
.studio-chart { width: 100%; }
.studio-chart .modebar { opacity: 0; }
.studio-chart:hover .modebar, .studio-chart:focus-within .modebar { opacity: 1; }
"""

# `st.plotly_chart` puts a new chart in the old one's place whenever the figure changes. `Plotly.react` changes what is
# there. Colours that stand for roles are filled in from the page's theme, again when the theme changes.
_JS = """
let config = null;  // one for all drawings: to another, Plotly would draw the chart from the beginning

function configured() {
  return config ??= {
    responsive: true, displaylogo: false, showSendToCloud: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "toImage"],
    modeBarButtonsToAdd: [saver("png", window.Plotly.Icons.camera), saver("svg", window.Plotly.Icons.disk)],
  };
}

// The page's ground goes with the picture: on another one, what was drawn for the dark could not be read.
function saver(format, icon) {
  return { name: "save-" + format, title: "Download as " + format.toUpperCase(), icon, click: (node) => {
    const ground = getComputedStyle(node).getPropertyValue("--st-background-color").trim();
    const figure = { data: node.data, layout: { ...node.layout, paper_bgcolor: ground } };
    const { clientWidth: width, clientHeight: height } = node;
    window.Plotly.downloadImage(figure, { format, width, height, scale: 2, filename: node.dataset.chart });
  } };
}

function colours(node) {
  const style = getComputedStyle(node);
  const value = (name) => style.getPropertyValue(name).trim() || "#808080";
  return Object.entries(node.studioRoles).map(([role, name]) => [role, value(name)]);
}

function draw(node) {
  const palette = colours(node);
  let text = node.studioFigure;
  for (const [role, colour] of palette) text = text.replaceAll(role, colour);
  node.studioPalette = JSON.stringify(palette);
  const figure = JSON.parse(text);
  figure.layout.font.family = getComputedStyle(node).fontFamily;
  figure.layout.height = node.clientHeight;
  window.Plotly.react(node, figure.data, figure.layout, configured());
  if (!node.studioHears) {
    node.studioHears = true;
    node.on("plotly_click", ({ points: [point] }) => node.studioClicked({ x: point.x, y: point.y }));
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const node = parentElement.querySelector(".studio-chart");
  node.style.height = data.height + "px";
  node.setAttribute("aria-label", data.alt);
  node.dataset.chart = data.name;
  node.studioClicked = (point) => { if (data.clickable) setTriggerValue("clicked", point); };
  const changed = node.studioFigure !== data.figure;
  node.studioFigure = data.figure;
  node.studioRoles = data.roles;
  if (window.Plotly && changed) draw(node);
  if (node.studioWatch) return;
  // Plotly's source may still be on its way, and a change of theme calls nobody.
  node.studioWatch = setInterval(() => {
    if (!node.isConnected) { clearInterval(node.studioWatch); node.studioWatch = null; return; }
    if (window.Plotly && node.studioPalette !== JSON.stringify(colours(node))) draw(node);
    // A chart that was drawn in a closed tab or expander has another width than its place when that opens.
    const drawn = node._fullLayout && node._fullLayout.width;
    if (drawn && node.clientWidth && Math.abs(drawn - node.clientWidth) > 1) window.Plotly.Plots.resize(node);
  }, 150);
}
"""

_chart = st.components.v2.component(
    "studio_chart",
    html='<div class="studio-chart" role="figure"></div>',
    css=_CSS,
    js=_JS,
    isolate_styles=False,
)


@cache
def _plotly_source():
    """The browser's half of Plotly, from the Python package: nothing is fetched from elsewhere."""
    script = files("plotly").joinpath("package_data/plotly.min.js").read_text("utf-8")
    return st.components.v2.component("plotly_source", html="<span></span>", js=f"{script}\nexport default () => {{}};")


def load_plotly() -> None:
    """Send Plotly's script to the browser, once a session: a page calls this once, outside its fragments."""
    _plotly_source()(key="plotly-source", height=1)


def chart(figure, name: str, alt: str, height_px: int, clickable: bool = False) -> dict | None:
    """Show a figure of `core.charts`. `name` is the chart's identity: under one name it is updated in place.

    `alt` says in a sentence what the chart shows, for those who do not see it. Returns the `x` and `y` of the point of
    a clickable chart that was just clicked, else None.
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


def _ignore():
    """A click is taken from the chart's result."""
