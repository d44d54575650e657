"""Break it: the picture and the network are damaged, and the accuracy follows."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import streamlit as st

from core.charts.damage_curve import damage_curve
from core.explanation.breakable_network import TEST_IMAGES, BreakableNetwork
from core.explanation.damage import DAMAGE_KINDS, Damage
from core.explanation.digits import ExplainedDigit
from core.pictures.display import enlarge
from pages.widgets.components.chart import chart
from pages.widgets.inside import networks

_PICTURE_PX, _FIGURES_PX = 168, 160
_CHART_PX = 240
_POINT_EVERY_S = 0.25
_LAYER_KEY, _CURVE_KEY = "break_layer", "break_curve"
_SHORT = {
    "turn_deg": "turning",
    "shift_px": "shifting",
    "noise": "random noise",
    "worst_noise": "worst noise",
    "silenced": "silenced units",
    "weight_noise": "noise on the weights",
}
"""What the curve's choice calls each kind of damage."""


def show(model_id: str, digit: ExplainedDigit) -> None:
    """Show the sliders, the damaged digit as it is read, and the accuracy on test images damaged alike."""
    network = networks.breakable(model_id)
    st.session_state.setdefault(_CURVE_KEY, "worst_noise")
    effect, sliders = st.columns([1, 1], gap="medium")
    with sliders:
        damage = _damage(network)
    with effect:
        _show_effect(network, digit, damage)
        kinds = [kind for kind in DAMAGE_KINDS if kind not in network.obstacles]
        kind = st.selectbox("The curve over", kinds, format_func=_SHORT.__getitem__, key=_CURVE_KEY)
        fills_in = len(network.curve(kind, damage)) < len(DAMAGE_KINDS[kind].strengths)
        show_curve = st.fragment(_show_curve, run_every=_POINT_EVERY_S if fills_in else None)
        show_curve(network, kind, damage, fills_in, count())


def _key(kind: str) -> str:
    """Return the session-state key of the slider for a kind of damage."""
    return f"break_{kind}"


def _reset() -> None:
    for kind, each in DAMAGE_KINDS.items():
        st.session_state[_key(kind)] = type(each.step)(0)


def _damage(network: BreakableNetwork) -> Damage:
    """Show a slider for each kind of damage, or why there is none, and return the damage that they stand for."""
    damage = Damage()
    for kind in DAMAGE_KINDS:
        if kind in network.obstacles:
            st.markdown(f":small[{network.obstacles[kind]}]")
        elif kind == "silenced":
            which, share = st.columns(2, vertical_alignment="bottom")
            layers = network.layers
            layer = which.selectbox("Layer to silence", layers, key=_LAYER_KEY)
            with share:
                damage = replace(damage.at(kind, _slider(kind, "percent")), layer=layers.index(layer))
        else:
            damage = damage.at(kind, _slider(kind))
    return damage


def _slider(kind: str, number_format: str | None = None) -> float:
    shown, key = DAMAGE_KINDS[kind], _key(kind)
    st.session_state.setdefault(key, type(shown.step)(0))
    return st.slider(
        shown.label,
        shown.low,
        shown.high,
        step=shown.step,
        format=number_format,
        key=key,
        on_change=_draw_curve_of,
        args=[kind],
        help=shown.why,
    )


def _draw_curve_of(kind: str) -> None:
    """Draw the curve of the kind whose slider was moved."""
    st.session_state[_CURVE_KEY] = kind


def _show_effect(network: BreakableNetwork, digit: ExplainedDigit, damage: Damage) -> None:
    view = network.view(digit.image, damage)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(enlarge(view.picture, _PICTURE_PX), width=_PICTURE_PX, alt=f"The damaged digit. {view.reading}")
        with st.container(width=_FIGURES_PX):
            st.metric(
                f"On {TEST_IMAGES:,} test images", view.accuracy, view.change, delta_color="off", delta_arrow="off"
            )
            st.button("Reset", icon=":material/restart_alt:", on_click=_reset)
    st.markdown(f"{view.reading}  \n:small[{view.before}]")


def _show_curve(network: BreakableNetwork, kind: str, damage: Damage, fills_in: bool, passes: Iterator[int]) -> None:
    """Show the accuracy over the strength; each time that this fragment runs by itself, one more point is measured.

    passes: 0 when it runs with what is around it, which Streamlit clears of the view before only where it ends at once.
    """
    if fills_in and next(passes) and not network.measure_curve(kind, damage):
        st.rerun()  # all points are there: the fragment need not run by itself any more
    shown = DAMAGE_KINDS[kind]
    present = (float(getattr(damage, kind)), network.accuracy(damage))
    figure = damage_curve(network.curve(kind, damage), present, shown.label, (shown.low, shown.high))
    alt = f"Accuracy against {_SHORT[kind]}: the diamond is the present strength, the dotted line is guessing."
    chart(figure, "damage-curve", alt, _CHART_PX)
