"""The drawing canvas: the one module that imports streamlit-drawable-canvas."""

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from core.preprocessing.canvas_drawing import Drawing, scale_drawing

SIDE_PX = 280
PEN_PX = 18

_WIDE_PX = 640  # a number's canvas is at most this wide
_TALL_PX, _LOW_PX = 200, 160  # its height where there is much room and where there is little
_ROOM = "room_px"

# Says how wide the column is, and again when that changes what the canvas has to be.
_ROOM_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const host = parentElement.host ?? parentElement;
  host.studioKnown = data.known;
  host.studioTell = () => {
    const width = host.getBoundingClientRect().width;
    const bar = matchMedia("(hover: none)").matches ? 0 : 16;  // a scroll bar may come and go
    const room = Math.min(Math.floor((width - bar) / 10) * 10, data.most);
    const fits = host.studioKnown && host.studioKnown <= width && room - host.studioKnown < 50;
    clearTimeout(host.studioAgain);
    if (!host.isConnected || width === 0 || fits) return;
    setStateValue("px", room);
    host.studioAgain = setTimeout(host.studioTell, 1000);  // what is told while the page is busy may be lost
  };
  host.studioTell();
  if (host.studioWatch) return;
  host.studioWatch = new ResizeObserver(() => host.studioTell());
  host.studioWatch.observe(host);
}
"""
_room = st.components.v2.component("studio_room", html="<span></span>", js=_ROOM_JS)


def canvas() -> Drawing:
    """Show the canvas for one digit with its pen, and return what is drawn.

    The drawing is kept when the page is left, and comes back with it.
    """
    return _canvas("canvas", SIDE_PX, SIDE_PX, PEN_PX)


def digit_canvas(label: int) -> Drawing:
    """Show a canvas for one certain digit, and return what is drawn; each of the ten keeps its own drawing."""
    return _canvas(f"own-{label}", SIDE_PX, SIDE_PX, PEN_PX)


def wide_canvas() -> Drawing | None:
    """Show the canvas for a number, as wide as there is room for, and return what is drawn.

    Returns None until the browser has said how much room there is.
    """
    told = st.session_state.get("room")
    width_px = st.session_state[_ROOM] = (told and told.px) or st.session_state.get(_ROOM)
    drawing = width_px and _canvas("wide", width_px, _TALL_PX if width_px > 480 else _LOW_PX, 10)
    _room(key="room", data={"known": width_px, "most": _WIDE_PX}, on_px_change=lambda: None, height=1)
    return drawing


def _canvas(name, width_px, height_px, pen_px):
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
    nothing = not drawing.strokes
    with st.container(horizontal=True, width=SIDE_PX):
        st.button("Undo", icon=":material/undo:", disabled=nothing, on_click=_undo, args=[name], key=f"{name}_undo")
        st.button(
            "Clear",
            icon=":material/delete:",
            disabled=nothing,
            on_click=_restart,
            args=[name, None],
            key=f"{name}_clear",
        )
        with st.popover("Pen", icon=":material/brush:"):
            st.number_input("Pen width, pixels", 4, 40, pen_px, step=2, key=f"{name}_pen_px", persist_state="session")
    return drawing


def _kept(name, width_px):
    """What is known of the canvas. A page that was left drops what its canvas held: the next one starts with it."""
    kept = st.session_state.setdefault(name, {"generation": 0, "start": None, "drawing": None, "width_px": width_px})
    before_px = kept.get("width_px", width_px)
    drawing = kept["drawing"] or {}
    lost = f"{name}-{kept['generation']}" not in st.session_state and drawing != kept["start"]
    if before_px != width_px or lost and drawing.get("objects"):
        _restart(name, scale_drawing(drawing, width_px / before_px))
        st.session_state[name]["width_px"] = width_px
    return st.session_state[name]


def _undo(name):
    drawing = st.session_state[name]["drawing"]
    _restart(name, {**drawing, "objects": drawing["objects"][:-1]})


def _restart(name, drawing):
    """The canvas takes a drawing only when it is made, so a changed one needs a new canvas: another key."""
    kept = st.session_state[name]
    st.session_state[name] = kept | {"generation": kept["generation"] + 1, "start": drawing, "drawing": drawing}
