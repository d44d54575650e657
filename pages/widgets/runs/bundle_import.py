"""Importing a bundle that another installation made."""

import streamlit as st

from core.export.bundle_import import import_bundle
from core.export.bundle_zip import BundleError
from core.runs.store import RunStore
from pages.widgets.shared.words import escape_markdown


def show(store: RunStore) -> None:
    """Show where a bundle is chosen; import it, and turn to the run that it becomes."""
    with st.popover("Import", icon=":material/upload:"):
        st.markdown(
            "A bundle from the Runs page of another Digit Studio. Its network is rebuilt here and measured anew; "
            "nothing in it is run."
        )
        key = f"bundle-{st.session_state.setdefault('imports', 0)}"
        chosen = st.file_uploader("Bundle", type=["zip", "keras"], key=key)
        if chosen:
            st.button("Import this bundle", icon=":material/upload:", on_click=_ask, args=[key])
            _import_if_asked(store, chosen)


def _ask(key):
    """Remember the wish: a drawing of the page that another one cuts short would forget the button.

    It is for the file that is chosen now, which the page that the button stands on may not have been drawn with yet.
    """
    if chosen := st.session_state.get(key):
        st.session_state.import_asked, st.session_state.import_problem = chosen.file_id, (None, "")


def _import_if_asked(store, chosen):
    if st.session_state.get("import_asked") == chosen.file_id:
        try:
            with st.spinner("Checking the bundle, rebuilding its network, reading the 10,000 test images …"):
                st.session_state.import_asked = None  # whatever comes of it, it is tried once
                run = import_bundle(store, chosen.getvalue())
        except (BundleError, OSError) as error:
            st.session_state.import_problem = chosen.file_id, str(error)
        else:
            st.session_state.imports += 1
            st.query_params.from_dict({"run": run.id})
        if not st.session_state.import_problem[1]:
            st.rerun(scope="app")
    file_id, problem = st.session_state.get("import_problem", (None, ""))
    if file_id == chosen.file_id:
        st.error(escape_markdown(problem), icon=":material/error:")
