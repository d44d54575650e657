"""The network at work: the activations of every layer for the digit, and one unit of them that is picked."""

import streamlit as st

from core.explanation.digits import ExplainedDigit
from core.explanation.exciting_images import MAX_READ_S
from core.explanation.network_view import NetworkView
from core.explanation.unit_view import Pick
from pages.widgets.components.layers import layers
from pages.widgets.inside import networks
from pages.widgets.shared import models
from pages.widgets.shared.active_run import is_training
from pages.widgets.shared.session import SessionKey

_PICKED = SessionKey[tuple[str, Pick] | None]("inside_unit", None)
"""What was picked, and the version of the model that it was picked in."""

_READ_ON = SessionKey[bool]("inside_read_on", False)
_MAX_READ_ON_S = 20.0


def show(model_id: str, digit: ExplainedDigit) -> None:
    """Show a picture of each layer's activations, from the first layer to the answer, and the unit that was picked."""
    version = models.version_of(model_id)
    picked = _PICKED.get()
    pick = picked[1] if picked and picked[0] == version else None
    exciting = networks.exciting_images(model_id)
    view = NetworkView.of(networks.activations(model_id), digit.image, pick, exciting)
    st.markdown(
        ":small[**Click a unit**, or go to it with Tab and the arrow keys, for its sum, its weights and what excites "
        "it most; a second click, or Shift and the arrow keys, picks a place on it. White: it is active there. Blue: "
        "it is negative. Black: it is 0. The scale is that of the layer's strongest value.]"
    )

    def on_pick(new: Pick | None) -> None:
        _PICKED.set((version, new) if new else None)

    layers(view, on_pick, lambda: _READ_ON.set(True))
    if view.remark:
        st.markdown(f":small[{view.remark}]")
    if view.picked and (_READ_ON.get() or not (exciting.images_read or is_training())):
        # The unit is shown before the images are read, and once more when they are.
        exciting.read(_MAX_READ_ON_S if _READ_ON.pop() else MAX_READ_S)
        st.rerun()
