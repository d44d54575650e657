"""The map of digits: the test images in a plane, the person's digit among them, and the pictures of what is picked."""

import streamlit as st

from core.charts.digit_map import digit_map_json
from core.explanation import tsne
from core.explanation.digit_map import MAX_BUILD_S, DigitMap
from core.explanation.digits import ExplainedDigit
from core.explanation.map_view import MappedImage, describe_map, images_at, misread_images
from pages.widgets.components import gallery
from pages.widgets.components.chart import selectable_chart
from pages.widgets.inside import maps, networks
from pages.widgets.shared import doubtful_labels, model_predictions, models
from pages.widgets.shared.active_run import is_training
from pages.widgets.shared.session import SessionKey

_CHART_PX = 520
_ALL_MAX_S = 300.0
_HOW_TO_READ = "Crosses are misread. Draw around points to see their pictures."
_PICKED, _MISREAD, _DOUBTFUL = "Picked on the map", "All misread", "Doubtful labels"
_SHOWN_KEY = "inside_map_pictures"
_SELECTED = SessionKey[tuple[str, list[int]]]("inside_map_selected", ("", []))
"""The version of the model on whose map was picked last, and the test images that were."""


def show(model_id: str, digit: ExplainedDigit) -> None:
    """Show the map with this digit on it; it is made when it is first asked for."""
    found = maps.digit_map(model_id) or _build(model_id)
    if found is None:
        return
    version = models.version_of(model_id)
    chart, improvements = st.container(), st.empty()
    with improvements.container(horizontal=True, vertical_alignment="center", gap="small"):
        if _improve(model_id, found):
            st.rerun()
    with chart:
        _show_chart(model_id, version, digit, found)
    _pictures(found, *_SELECTED.get(), version)


def _show_chart(model_id: str, version: str, digit: ExplainedDigit, found: DigitMap) -> None:
    network = networks.network(model_id)
    name = f"map-{version}-{'tsne' if found.has_embedding else 'axes'}"
    figure = digit_map_json(found, found.place(network, digit.image))
    selected = selectable_chart(figure, name, _alt(found), _CHART_PX)
    if selected is not None:
        _SELECTED.set((version, selected))
        st.session_state[_SHOWN_KEY] = _PICKED if selected else _MISREAD
    st.markdown(f":small[{describe_map(network, found)} {_HOW_TO_READ}]")


def _build(model_id: str) -> DigitMap | None:
    """Return the map, made now; while something trains, only when a button asks for it."""
    place = st.empty()
    with place.container():
        if is_training():
            st.markdown("A run is being trained. Reading the test images takes some seconds of the processor from it.")
            if not st.button("Read the test images", icon=":material/scatter_plot:", key="build_map"):
                return None
        progress = st.progress(0.0, "Reading the test images …")
        found = maps.build(model_id, progress.progress, MAX_BUILD_S)
    place.empty()
    return found


def _improve(model_id: str, found: DigitMap) -> DigitMap | None:
    """Show what makes the map better, the rest of the images and t-SNE; return the better map once it is made."""
    if not found.is_whole and st.button("Read the others too", icon=":material/scatter_plot:", key="complete_map"):
        return maps.build(model_id, st.progress(0.0, "Reading the test images …").progress, _ALL_MAX_S)
    if not tsne.is_available():
        st.markdown(f":small[{tsne.HOW_TO_GET}]")
    elif not found.has_embedding and _wants_tsne():
        return maps.lay_out(model_id, st.progress(0.0, "Laying them out by t-SNE …").progress)
    return None


def _wants_tsne() -> bool:
    busy = is_training()
    why = "A run is being trained: wait until it has ended." if busy else "Takes about a minute, once."
    return st.button("Part the clusters with t-SNE", icon=":material/hub:", key="lay_out_map", disabled=busy, help=why)


def _alt(found: DigitMap) -> str:
    misread = len(misread_images(found))
    return f"Map of {len(found.images):,} test images, each digit in a colour of its own; {misread:,} are misread."


def _pictures(found: DigitMap, picked_on: str, picked: list[int], version: str) -> None:
    """Show the pictures of what was picked on the map, or of misread images, which needs no mouse."""
    can_pick = [_PICKED] if picked and picked_on == version else []
    doubtful = [_DOUBTFUL] if found.is_whole else []
    options = [*can_pick, _MISREAD, *(f"Misread {digit}s" for digit in range(10)), *doubtful]
    if st.session_state.get(_SHOWN_KEY) not in options:
        st.session_state[_SHOWN_KEY] = options[0]
    place = st.container(horizontal=True, vertical_alignment="bottom")
    shown = place.selectbox("Pictures", options, key=_SHOWN_KEY, width=260)
    name = f"map-{version}-{shown}"
    if shown == _DOUBTFUL:
        answers, probabilities = found.answers_in_order(), found.probabilities_in_order()
        doubtful_labels.show_test_images(model_predictions.labels(), answers, probabilities, name)
        return
    chosen = _chosen(found, shown, picked)
    place.markdown("1 image" if len(chosen) == 1 else f"{len(chosen):,} images")
    gallery.show(chosen, f"{name}-{hash(tuple(picked))}", f"Test images: {shown}")


def _chosen(found: DigitMap, shown: str, picked: list[int]) -> list[MappedImage]:
    if shown == _PICKED:
        return images_at(found, picked)
    return misread_images(found, None if shown == _MISREAD else int(shown[-2]))
