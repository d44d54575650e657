"""The drawing canvas: the one module that imports streamlit-drawable-canvas."""

from itertools import groupby

import streamlit as st
from streamlit_drawable_canvas import st_canvas

SIZE_PX = 280
PEN_PX = 18


def canvas() -> list[list[tuple[float, float]]]:
    """Show the canvas with its pen, and return what is drawn: pen strokes, each a list of (x, y) in pixels, y downward.

    The drawing is kept when the page is left, and comes back with it.
    """
    _bring_back()
    kept = _kept()
    result = st_canvas(
        stroke_width=st.session_state.get("pen_px", PEN_PX),
        stroke_color="#ffffff",
        background_color="#000000",
        width=SIZE_PX,
        height=SIZE_PX,
        initial_drawing=kept["start"],
        key=f"canvas-{kept['generation']}",
    )
    kept["drawing"] = result.json_data
    strokes = _strokes(result.json_data)
    with st.container(horizontal=True, width=SIZE_PX):
        st.button("Undo", icon=":material/undo:", disabled=not strokes, on_click=_undo, key="undo")
        st.button("Clear", icon=":material/delete:", disabled=not strokes, on_click=_restart, args=[None], key="clear")
        with st.popover("Pen", icon=":material/brush:"):
            st.number_input("Pen width, pixels", 6, 40, PEN_PX, step=2, key="pen_px", persist_state="session")
    return strokes


def _kept():
    return st.session_state.setdefault("canvas", {"generation": 0, "start": None, "drawing": None})


def _bring_back():
    """A page that was left drops what its canvas held: the next canvas starts with it."""
    kept = _kept()
    lost = f"canvas-{kept['generation']}" not in st.session_state
    if lost and kept["drawing"] != kept["start"] and _strokes(kept["drawing"]):
        _restart(kept["drawing"])


def _undo():
    drawing = _kept()["drawing"]
    _restart({**drawing, "objects": drawing["objects"][:-1]})


def _restart(drawing):
    """The canvas takes a drawing only when it is made, so a changed one needs a new canvas: another key."""
    generation = _kept()["generation"] + 1
    st.session_state.canvas = {"generation": generation, "start": drawing, "drawing": drawing}


def _strokes(drawing):
    """The points of each freehand path: Fabric.js keeps one as commands M, Q and L with absolute coordinates."""
    paths = [each["path"] for each in (drawing or {}).get("objects", []) if each.get("path")]
    return [stroke for path in paths for stroke in _on_canvas(point for command in path for point in _points(command))]


def _on_canvas(points):
    """A path that leaves the canvas goes on outside, unseen: what is seen of it are the strokes between."""
    inside = groupby(points, lambda point: all(0 <= place <= SIZE_PX for place in point))
    return [list(stroke) for seen, stroke in inside if seen]


def _points(command):
    """The points of one path command; a quadratic curve's control point is where the pen was."""
    numbers = command[1:]
    return list(zip(numbers[::2], numbers[1::2], strict=True))
