"""Where a person draws their own ten digits: once, for every run from then on to read while it learns."""

from pathlib import Path

import streamlit as st

from core.datasets import probe_digits
from core.pictures.display import enlarge
from pages.widgets.components.canvas import SIDE_PX, digit_canvas
from pages.widgets.shared.text import escape_markdown

_LABEL, _PROBLEM = "own-label", "own-problem"


def fold(root: Path) -> None:
    """Show a fold for the ten digits of a runs folder; what it holds is made when it is opened."""
    with st.expander("Draw your own ten digits", key="own-digits", icon=":material/draw:", on_change="rerun") as shown:
        if shown.open:
            _draw(root)


@st.fragment
def _draw(root):
    ten = probe_digits.load(root)
    missing = [label for label in range(10) if not ten.own[label]]
    st.markdown(_state(missing))
    st.session_state.setdefault(_LABEL, missing[0] if missing else 0)
    label = st.segmented_control(
        "Digit to draw",
        range(10),
        key=_LABEL,
        required=True,
        persist_state="session",
        format_func=lambda each: f"{each} :material/check:" if ten.own[each] else str(each),
    )
    drawing, seen = st.columns([1, 2], gap="large")
    with drawing:
        drawn = digit_canvas(label)
    with seen:
        _seen(root, ten, label, drawn.strokes)


def _seen(root, ten, label, strokes):
    """What the networks will see of the drawing, and the buttons that keep it or go back."""
    image = probe_digits.digit_image(strokes) if strokes else None
    st.markdown("**What the networks will see**")
    whose = "Your drawing" if image is not None else "Your own" if ten.own[label] else "MNIST's"
    pixels = enlarge(ten.images[label] if image is None else image, SIDE_PX // 2)
    st.image(pixels, width=SIDE_PX // 2, alt=f"{whose} {label}")
    st.button(
        f"Keep as my {label}",
        icon=":material/check:",
        disabled=image is None,
        key="own-keep",
        on_click=_keep,
        args=[root, label, image],
    )
    if ten.own.any():
        st.button("Back to MNIST's digits", icon=":material/undo:", key="own-forget", on_click=_forget, args=[root])
    kept = st.session_state.get("own-before")
    if kept is not None and not ten.own.any():
        st.button("Take mine again", icon=":material/redo:", key="own-again", on_click=_take_again, args=[root, kept])
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(escape_markdown(problem), icon=":material/error:")


def _state(missing):
    if not missing:
        return (
            "All ten are drawn here. Every network that learns from now on reads them; they stay on this machine, and "
            "all who use it share them."
        )
    if len(missing) == 10:
        return (
            "Every network reads ten digits while it learns. They are MNIST's until you draw yours, each once; "
            "what you draw is kept beside the runs on this machine, for all who use it."
        )
    return f"Yours so far: {10 - len(missing)} of 10. Still MNIST's: {', '.join(map(str, missing))}."


def _keep(root, label, image):
    """Keep it and go on to the next digit that is not drawn yet."""
    if _written(lambda: probe_digits.save_digit(root, label, image)):
        own = probe_digits.load(root).own
        later = [each % 10 for each in range(label + 1, label + 10) if not own[each % 10]]
        st.session_state[_LABEL] = later[0] if later else label


def _forget(root):
    before = probe_digits.load(root)
    if _written(lambda: probe_digits.reset(root)):
        st.session_state["own-before"] = before


def _take_again(root, before):
    _written(lambda: probe_digits.restore(root, before))


def _written(write):
    try:
        write()
    except OSError as error:
        st.session_state[_PROBLEM] = f"The digits could not be kept: {error.strerror}. Make room and press again."
        return False
    return True
