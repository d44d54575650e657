"""The drawing canvas: the one module that imports streamlit-drawable-canvas."""

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from core.preprocessing.canvas_drawing import Drawing, scale_drawing
from pages.widgets.components._assets import define_component

SIDE_PX = 280
PEN_PX = 18

_MAX_WIDTH_PX = 640  # of the canvas for a number
_WIDE_FROM_PX = 480
_WIDE_HEIGHT_PX, _NARROW_HEIGHT_PX = 200, 160
_NUMBER_PEN_PX = 10
_WIDTH_KEY, _WIDTH_PX_KEY = "canvas_width", "canvas_width_px"

_canvas_width = define_component("canvas_width", "html", "js")


def canvas() -> Drawing:
    """Show the canvas for one digit with its pen, and return what is drawn.

    The drawing is kept when the person goes to another page, and is there again when they come back.
    """
    return _canvas("canvas", SIDE_PX, SIDE_PX, PEN_PX)


def digit_canvas(label: int) -> Drawing:
    """Show the canvas for the probe digit of this label, and return what is drawn; each label keeps its own drawing."""
    return _canvas(f"own-{label}", SIDE_PX, SIDE_PX, PEN_PX)


def wide_canvas() -> Drawing | None:
    """Show the canvas for a number, as wide as its column allows, and return what is drawn.

    Returns None until the browser has reported the column's width.
    """
    reported = st.session_state.get(_WIDTH_KEY)
    width_px = (reported and reported.px) or st.session_state.get(_WIDTH_PX_KEY)
    st.session_state[_WIDTH_PX_KEY] = width_px
    drawing = None
    if width_px:
        height_px = _WIDE_HEIGHT_PX if width_px > _WIDE_FROM_PX else _NARROW_HEIGHT_PX
        drawing = _canvas("wide", width_px, height_px, _NUMBER_PEN_PX)
    data = {"canvas_px": width_px, "max_px": _MAX_WIDTH_PX}
    _canvas_width(key=_WIDTH_KEY, data=data, on_px_change=lambda: None, height=1)
    return drawing


def _canvas(name: str, width_px: int, height_px: int, pen_px: int) -> Drawing:
    kept = _kept(name, width_px)
    result = st_canvas(
        stroke_width=st.session_state.get(f"{name}_pen_px", pen_px),
        stroke_color="#ffffff",
        background_color="#000000",
        width=width_px,
        height=height_px,
        initial_drawing=kept["start"],
        key=f"{name}-{kept['generation']}",
    )
    kept["drawing"] = result.json_data
    drawing = Drawing(result.json_data, width_px, height_px)
    _show_tools(name, pen_px, is_empty=not drawing.strokes)
    return drawing


def _show_tools(name: str, pen_px: int, is_empty: bool) -> None:
    with st.container(horizontal=True, width=SIDE_PX):
        st.button("Undo", icon=":material/undo:", disabled=is_empty, on_click=_undo, args=[name], key=f"{name}_undo")
        st.button(
            "Clear",
            icon=":material/delete:",
            disabled=is_empty,
            on_click=_restart,
            args=[name, None],
            key=f"{name}_clear",
        )
        with st.popover("Pen", icon=":material/brush:"):
            st.number_input("Pen width, pixels", 4, 40, pen_px, step=2, key=f"{name}_pen_px", persist_state="session")


def _kept(name: str, width_px: int) -> dict:
    """Return what is kept of the canvas between drawings of the page.

    Streamlit drops a canvas's state when its page is left, so that the next canvas starts with the drawing kept here;
    so does one of another width, with the drawing scaled.
    """
    kept = st.session_state.setdefault(name, {"generation": 0, "start": None, "drawing": None, "width_px": width_px})
    before_px = kept.get("width_px", width_px)
    drawing = kept["drawing"] or {}
    was_dropped = f"{name}-{kept['generation']}" not in st.session_state and drawing != kept["start"]
    if before_px != width_px or (was_dropped and drawing.get("objects")):
        _restart(name, scale_drawing(drawing, width_px / before_px))
        st.session_state[name]["width_px"] = width_px
    return st.session_state[name]


def _undo(name: str) -> None:
    drawing = st.session_state[name]["drawing"]
    _restart(name, {**drawing, "objects": drawing["objects"][:-1]})


def _restart(name: str, drawing: dict | None) -> None:
    """Let a new canvas start with this drawing: a canvas takes one only when it is made, under a key of its own."""
    kept = st.session_state[name]
    st.session_state[name] = kept | {"generation": kept["generation"] + 1, "start": drawing, "drawing": drawing}
