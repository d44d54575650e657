"""Break it: the picture and the network are damaged, and the accuracy follows."""

import streamlit as st

from core.explanation.damage import TEST_IMAGES, Damage
from core.explanation.digits import ExplainedDigit
from core.pictures.display import enlarge
from pages.widgets.inside import networks

_PICTURE_PX = 168
_KEYS = {"break_turn": 0, "break_shift": 0, "break_noise": 0.0, "break_silenced": 0}
"""The sliders' keys, each with the value at which nothing is damaged."""


def show(model_id: str, digit: ExplainedDigit) -> None:
    """Show the sliders, the damaged digit as it is read, and the accuracy on test images damaged alike."""
    network = networks.breakable(model_id)
    sliders, effect = st.columns([3, 2], gap="medium")
    with sliders:
        damage = _damage(network.layers)
        st.button("Reset", icon=":material/restart_alt:", on_click=st.session_state.update, args=[_KEYS])
    with effect:
        view = network.view(digit.image, damage)
        st.image(enlarge(view.picture, _PICTURE_PX), width=_PICTURE_PX, alt=f"The damaged digit. {view.reading}")
        st.markdown(view.reading)
        st.metric(
            f"Accuracy on {TEST_IMAGES:,} test images", view.accuracy, view.change, delta_color="off", delta_arrow="off"
        )


def _damage(layers: list[str]) -> Damage:
    for key, undamaged in _KEYS.items():
        st.session_state.setdefault(key, undamaged)
    turn = st.slider("Turn, degrees clockwise", -90, 90, key="break_turn", step=5)
    shift = st.slider("Shift to the right, pixels of 28", -10, 10, key="break_shift")
    noise = st.slider("Noise, 1 is the step from paper to ink", 0.0, 1.0, key="break_noise", step=0.05)
    if not layers:
        st.markdown(":small[This network has no hidden layer whose units could be silenced.]")
        return Damage(turn, shift, noise)
    chosen = st.selectbox("Layer whose units are silenced", layers, key="break_layer")
    silenced = st.slider("Silenced units, percent", 0, 100, key="break_silenced", step=5)
    return Damage(turn, shift, noise, layers.index(chosen), silenced / 100)
