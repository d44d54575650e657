"""The drawing canvas: the one module that knows streamlit-drawable-canvas.

Its script is run by canvas.js, which adds what it lacks: see there. The drawing lives in the browser; this module holds
the newest one that was reported.
"""

from collections.abc import Sequence
from importlib.resources import files

import streamlit as st
import streamlit_drawable_canvas

from core.config.dataset_spec import DIGITS
from core.preprocessing.canvas_drawing import Drawing
from pages.widgets.components._assets import define_component

DIGIT_CANVAS = "canvas"
"""The name of the canvas for one digit, by which examples reach it."""

SIDE_PX = 280
PEN_PX = 18

_MAX_WIDTH_PX = 640  # of the canvas for a number
_WIDE_FROM_PX = 480
_WIDE_HEIGHT_PX, _NARROW_HEIGHT_PX = 200, 160
_NUMBER_PEN_PX = 10
_WIDTH_KEY, _WIDTH_PX_KEY = "canvas_width", "canvas_width_px"
_LABEL = "Drawing canvas. Control and Z takes the last stroke back, Escape or Delete clears."
_INVITED = 4
_DIGIT_INVITATION = "Draw a digit here, 0 to 9"
_NUMBER_INVITATION = "Draw a number here, its digits side by side"

_BUILD = files(streamlit_drawable_canvas).joinpath("frontend/build")
_FILES = {each.name.rpartition(".")[2]: each for each in _BUILD.iterdir()}
_SCRIPT = f"_stcore/bidi-components/streamlit-drawable-canvas.streamlit_drawable_canvas/{_FILES['js'].name}"
"""Where the server has the component's script: importing the component registers it."""

_drawable_canvas = define_component("canvas", "html", "css", "js", more_css=_FILES["css"].read_text("utf-8"))
_tools = define_component("canvas_tools", "html", "css", "js")
_canvas_width = define_component("canvas_width", "html", "js")


def canvas(class_names: Sequence[str] = DIGITS) -> Drawing:
    """Show the canvas for one digit, or one of other classes, with its pen, and return what is drawn.

    The drawing is there again after a visit to another page, after the page was loaded anew, and after the server was
    started anew.
    """
    return _canvas(DIGIT_CANVAS, SIDE_PX, SIDE_PX, PEN_PX, _invitation(class_names))


def _invitation(class_names: Sequence[str]) -> str:
    """Return what an empty canvas says: what can be drawn, and the first of the classes."""
    if tuple(class_names) == DIGITS:
        return _DIGIT_INVITATION
    more = " …" if len(class_names) > _INVITED else ""
    return f"Draw one here: {', '.join(class_names[:_INVITED])}{more}"


def is_drawn() -> bool:
    """Return whether there is a drawing on the canvas for one digit, as far as the browser has reported it."""
    return bool(_reported(DIGIT_CANVAS).get("objects"))


def revision() -> str:
    """Return what the browser calls the newest drawing that it reported of the canvas for one digit, '' before one."""
    return str(_reported(DIGIT_CANVAS).get("revision", ""))


def digit_canvas(label: int) -> Drawing:
    """Show the canvas for the probe digit of this label, and return what is drawn; each label keeps its own drawing."""
    return _canvas(f"own-{label}", SIDE_PX, SIDE_PX, PEN_PX, f"Draw a {label} here")


def sample_canvas(name: str, invitation: str) -> Drawing:
    """Show the canvas of that name for one drawing of a data set, and return what is drawn."""
    return _canvas(name, SIDE_PX, SIDE_PX, PEN_PX, invitation)


def newest_sample(name: str) -> Drawing:
    """Return what is drawn on the sample canvas of that name, as far as the browser has reported it by now."""
    return _drawing(_reported(name), SIDE_PX, SIDE_PX)


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
        drawing = _canvas("wide", width_px, height_px, _NUMBER_PEN_PX, _NUMBER_INVITATION)
    data = {"canvas_px": width_px, "max_px": _MAX_WIDTH_PX}
    _canvas_width(key=_WIDTH_KEY, data=data, on_px_change=lambda: None, height=1)
    return drawing


def _canvas(name: str, width_px: int, height_px: int, pen_px: int, invitation: str) -> Drawing:
    drawing = _reported(name)
    pen_now_px = st.session_state.get(f"{name}_pen_px", pen_px)
    data = {
        "name": name,
        "label": _LABEL,
        "invitation": invitation,
        "script": f"/{st.get_option('server.baseUrlPath').strip('/')}/{_SCRIPT}".replace("//", "/"),
        "revision": drawing.get("revision", ""),
        "settings": _settings(width_px, height_px, pen_now_px),
    }
    _drawable_canvas(key=f"{name}-canvas", data=data, on_drawing_change=lambda: None, width="stretch", height="content")
    with st.container(horizontal=True, width=SIDE_PX, gap="xsmall"):
        _tools(key=f"{name}-tools", data={"name": name}, width="content", height="content")
        with st.popover("Pen", icon=":material/brush:"):
            st.number_input("Pen width, pixels", 4, 40, pen_px, step=2, key=f"{name}_pen_px", persist_state="session")
    return _drawing(drawing, width_px, height_px)


def _drawing(reported: dict, width_px: int, height_px: int) -> Drawing:
    # Of the size in which it was drawn: the browser scales it when the canvas changes, and reports it again.
    return Drawing(reported, _size(reported.get("width"), width_px), _size(reported.get("height"), height_px))


def _reported(name: str) -> dict:
    """Return the newest drawing that the browser reported for that canvas, empty before there is one.

    Streamlit forgets what a canvas reported when its page is left, so that it is kept here as well.
    """
    kept, reported = st.session_state.setdefault(name, {"drawing": None}), st.session_state.get(f"{name}-canvas")
    kept["drawing"] = (reported and reported.drawing) or kept["drawing"] or {}
    return kept["drawing"]


def _size(reported: object, size_px: int) -> int:
    """Return a size in pixels as the browser reported it, or `size_px` where that is none a canvas can have."""
    return reported if type(reported) is int and 0 < reported <= _MAX_WIDTH_PX else size_px


def _settings(width_px: int, height_px: int, pen_px: int) -> dict[str, object]:
    """Return what the component's script is told; canvas.js adds `initialDrawing`.

    `realtimeUpdateStreamlit` is off, for canvas.js itself decides when a drawing is reported.
    """
    return {
        "fillColor": "#eee",
        "strokeWidth": pen_px,
        "strokeColor": "#ffffff",
        "backgroundColor": "#000000",
        "backgroundImageURL": None,
        "realtimeUpdateStreamlit": False,
        "canvasWidth": width_px,
        "canvasHeight": height_px,
        "drawingMode": "freedraw",
        "displayRadius": 3,
        "returnImageData": False,
        "disabled": False,
        "backgroundImageFit": "stretch",
        "maxDisplayHeight": None,
        "fontSize": 20,
        "label": "",
    }
