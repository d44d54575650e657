"""The training images that the network takes for most alike the digit."""

import streamlit as st

from core.explanation.alike import alike_view
from core.explanation.digits import ExplainedDigit
from pages.widgets.inside import networks

_TILE_PX = 76


def show(model_id: str, digit: ExplainedDigit) -> None:
    """Show the nearest training images with labels and distances; the first time, a button has all of them read."""
    index, place = networks.neighbours(model_id), st.empty()
    if index is None:
        with place.container():
            st.markdown("For this, the network has to read all 60,000 training images once: about 15 seconds.")
            if not st.button("Read the training images", icon=":material/image_search:", key="build_neighbours"):
                return
            progress = st.progress(0.0, "Reading the training images …")
            index = networks.build_neighbours(model_id, progress.progress)
        place.empty()
    view = alike_view(networks.network(model_id), index, digit)
    st.markdown(f"**{view.sentence}**")
    with st.container(horizontal=True, gap="small"):
        for each in view.tiles:
            with st.container(width=_TILE_PX, gap="xsmall"):
                st.image(each.picture, width=_TILE_PX, alt=f"Training image {each.index}, a {each.label}")
                st.markdown(f"a **{each.label}**  \n:small[{each.distance_text}]")
    st.markdown(f":small[{view.remark}]")
