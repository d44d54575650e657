"""Taking a run's model away: as a bundle, or in the formats that other programs read."""

from functools import partial

import streamlit as st

from core.export import verified
from core.export.bundle import make_bundle
from core.export.formats import ExportError, missing_packages
from core.runs.run import Run
from core.runs.schema import error_reason
from pages.widgets.shared.words import escape_markdown

_FORMATS = {
    "keras": ("Keras", "for Python with Keras"),
    "litert": ("LiteRT", "for phones and small devices, formerly TensorFlow Lite"),
    "onnx": ("ONNX", "for ONNX Runtime and most other frameworks"),
    "savedmodel": ("SavedModel", "for TensorFlow and TensorFlow Serving; a ZIP of its folder"),
}


def show(run: Run) -> None:
    """Show the bundle and the formats."""
    st.markdown(
        "**A bundle** is one ZIP with the network, its weights, recipe, curves and report, and ten lines of Python "
        "that read a picture with it. Another Digit Studio imports it."
    )
    st.download_button(
        "Download the bundle", partial(make_bundle, run), f"{run.id}.zip", "application/zip",
        icon=":material/folder_zip:", on_click="ignore",
    )
    st.markdown(
        f"**Other formats** take float32 images (n, 28, 28) in [0, 1], white ink on black. Each is loaded again and "
        f"compared with the original on {verified.COMPARED_IMAGES} test images before you get it."
    )
    for kind, (name, use) in _FORMATS.items():
        st.fragment(_format)(run, kind, name, use)


def _format(run, kind, name, use):
    words, act = st.columns([3, 2], vertical_alignment="center")
    words.markdown(f"**{name}** :small[{use}]")
    with act:
        if missing_packages(kind):
            st.markdown(f":small[{escape_markdown(missing_packages(kind))}]")
            return
        slot, key = st.empty(), f"taken-{kind}-{run.id}"
        if st.session_state.get(key) or slot.button(f"Export {name}", key=f"take-{kind}-{run.id}"):
            st.session_state[key] = True
            with slot.container():
                _take(run, kind)


def _take(run, kind):
    try:
        with st.spinner("Exporting, loading again, comparing …"):
            taken = verified.verified_export(run, kind)
    except (ExportError, OSError) as error:
        st.session_state[f"taken-{kind}-{run.id}"] = False
        st.error(escape_markdown(error_reason(error)), icon=":material/error:")
        return
    st.download_button(
        f"Download {taken.path.name}", taken.read, taken.path.name, icon=":material/download:", on_click="ignore",
        key=f"get-{kind}-{run.id}",
    )
    st.markdown(f":small[Largest difference on {verified.COMPARED_IMAGES} test images: {taken.difference:.1e}]")
