"""Images of a data set whose label may be wrong, looked for when a person asks."""

import streamlit as st

from core.config.dataset_spec import DatasetSpec
from core.datasets.doubtful import MAX_LOOKED_AT, find_doubtful
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from core.pictures.display import enlarge
from pages.widgets.data.state import DOUBTS, Doubts
from pages.widgets.shared.text import escape_markdown

_SHOWN = 24
_SIDE_PX, _WIDTH_PX = 84, 104


def show(store: DatasetStore, spec: DatasetSpec) -> None:
    """Show an expander; the images are compared once its button is pressed."""
    with st.expander("Doubtful labels", key=f"doubts-{spec.reference}"):
        st.markdown(
            "An image is doubted where the five that look most like it all have one other label. It may be labelled "
            "wrong, or just unusual."
        )
        if DOUBTS.get().reference != spec.reference:
            if not st.button("Look for doubtful labels", icon=":material/search:"):
                return
            try:
                with st.spinner("Comparing images …"):
                    arrays = store.load(spec)
                    DOUBTS.set(Doubts(spec.reference, find_doubtful(arrays["x_train"], arrays["y_train"])))
            except DatasetError as error:
                st.error(escape_markdown(str(error)), icon=":material/error:")
                return
        _show_found(spec)


def _show_found(spec: DatasetSpec) -> None:
    found, looked_at = DOUBTS.get().found, min(spec.train_images, MAX_LOOKED_AT)
    first = f"; the {_SHOWN} most doubtful ones" if len(found) > _SHOWN else ""
    st.markdown(f"{len(found):,} of {looked_at:,} training images that were looked at{first}")
    names = spec.class_names
    with st.container(horizontal=True):
        for each in found[:_SHOWN]:
            words = f"{names[each.label]}, rather {names[each.rather]}"
            with st.container(width=_WIDTH_PX, gap="xsmall"):
                st.image(enlarge(each.image, _SIDE_PX), width=_SIDE_PX, alt=words)
                st.markdown(f":small[{escape_markdown(words)}]")
