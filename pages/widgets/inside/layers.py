"""The network at work: the activations of every layer for the digit."""

import streamlit as st

from core.explanation.digits import ExplainedDigit
from core.explanation.layer_pictures import layer_pictures
from pages.widgets.inside import networks


def show(model_id: str, digit: ExplainedDigit) -> None:
    """Show a picture of each layer's activations, from the first layer to the answer."""
    st.markdown(
        ":small[White: the unit is active there. Blue: it is negative. Black: it is 0. "
        "The scale is that of the layer's strongest value.]"
    )
    for each in layer_pictures(networks.activations(model_id).read(digit.image)):
        st.markdown(f"**{each.title}** · :small[{each.shown}]")
        st.image(each.sheet, output_format="PNG", alt=f"{each.title}: {each.shown}")
