"""The training images that the network takes for most alike the digit."""

import streamlit as st

from core.explanation.alike import AlikeView, alike_view
from core.explanation.digits import ExplainedDigit
from core.explanation.neighbours import NeighbourIndex
from pages.widgets.inside import networks

_TILE_PX = 72
_ICON = ":material/image_search:"


def show(model_id: str, digit: ExplainedDigit) -> None:
    """Show the nearest training images with labels and distances; the first time, a button has all of them read."""
    index = networks.neighbours(model_id)
    if index is None:
        place = st.empty()
        with place.container():
            st.markdown("For this, the network has to read the 60,000 training images once: at most 15 seconds.")
            if not st.button("Read the training images", icon=_ICON, key="build_neighbours"):
                return
            index = _build(model_id)
        place.empty()
    view = alike_view(networks.network(model_id), index, digit)
    _show_tiles(view)
    if not view.is_complete and st.button("Read more of them", icon=_ICON, key="continue_neighbours"):
        _build(model_id)
        st.rerun()


def _build(model_id: str) -> NeighbourIndex:
    progress = st.progress(0.0, "Reading the training images …")
    return networks.build_neighbours(model_id, progress.progress)


def _show_tiles(view: AlikeView) -> None:
    st.markdown(f"**{view.sentence}**")
    with st.container(horizontal=True, gap="small"):
        for each in view.tiles:
            with st.container(width=_TILE_PX, gap="xsmall"):
                st.image(each.picture, width=_TILE_PX, alt=f"Training image {each.index}, a {each.label}")
                st.markdown(f"a **{each.label}**  \n:small[{each.distance_text}]")
    st.markdown(f":small[{view.remark}]")
