"""Download of a run: as a bundle, as documents, or its model in the formats that other programs read."""

from functools import partial

import streamlit as st

from core.export import verified
from core.export.bundle import make_bundle
from core.export.documents import DOCUMENTS, DocumentFormat, obstacle
from core.export.formats import FORMATS, ExportError, ExportFormat, missing_packages
from core.runs.run import Run
from core.runs.schema import error_reason
from core.runs.view import RunView
from pages.widgets.shared.text import escape_markdown


def show(view: RunView) -> None:
    """Show the downloads of the run's bundle, of the documents of it, and of its model in each format."""
    if not (view.has_model and view.status.is_final):
        st.info(escape_markdown(obstacle(view, DOCUMENTS["report"])))
        return
    run = view.run
    st.markdown(
        "**A bundle** is one ZIP with the network, its weights, recipe, curves and report, and ten lines of Python "
        "that read a picture with it. Another Digit Studio imports it."
    )
    st.download_button(
        "Download the bundle",
        partial(make_bundle, run),
        f"{run.id}.zip",
        "application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
    )
    st.markdown("**Documents** that need nothing of Digit Studio:")
    for each in DOCUMENTS.values():
        _show_document(view, each)
    st.markdown(
        f"**Other formats** take float32 images (n, 28, 28) in [0, 1], white ink on black. Each is loaded again and "
        f"compared with the original on {verified.COMPARED_IMAGES} test images before you get it."
    )
    for each in FORMATS.values():
        st.fragment(_show_format)(run, each)


def _show_document(view: RunView, shown: DocumentFormat) -> None:
    description, action = st.columns([3, 2], vertical_alignment="center")
    description.markdown(f"**{shown.label}** :small[{shown.use}]")
    if why_not := obstacle(view, shown):
        action.markdown(f":small[{escape_markdown(why_not)}]")
        return
    action.download_button(
        f"Download the {shown.label.lower()}",
        partial(shown.make, view),
        f"{view.id}{shown.suffix}",
        shown.media_type,
        icon=":material/download:",
        on_click="ignore",
        key=f"download-{shown.name}-{view.id}",
    )


def _show_format(run: Run, shown: ExportFormat) -> None:
    description, action = st.columns([3, 2], vertical_alignment="center")
    description.markdown(f"**{shown.label}** :small[{shown.use}]")
    with action:
        if missing_packages(shown.name):
            st.markdown(f":small[{escape_markdown(missing_packages(shown.name))}]")
            return
        slot, key = st.empty(), _exported_key(run, shown.name)
        if st.session_state.get(key) or slot.button(f"Export {shown.label}", key=f"export-{shown.name}-{run.id}"):
            st.session_state[key] = True
            with slot.container():
                _export(run, shown.name)


def _exported_key(run: Run, format_name: str) -> str:
    """Return the session-state key that says whether this export was asked for."""
    return f"exported-{format_name}-{run.id}"


def _export(run: Run, format_name: str) -> None:
    try:
        with st.spinner("Exporting, loading again, comparing …"):
            exported = verified.verified_export(run, format_name)
    except (ExportError, OSError) as error:
        st.session_state[_exported_key(run, format_name)] = False
        st.error(escape_markdown(error_reason(error)), icon=":material/error:")
        return
    st.download_button(
        f"Download {exported.path.name}",
        exported.read,
        exported.path.name,
        icon=":material/download:",
        on_click="ignore",
        key=f"download-{format_name}-{run.id}",
    )
    st.markdown(f":small[Largest difference on {verified.COMPARED_IMAGES} test images: {exported.difference:.1e}]")
