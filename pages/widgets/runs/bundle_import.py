"""Import of a bundle that another installation made."""

from typing import TYPE_CHECKING

import streamlit as st

from core.export.bundle_import import import_bundle
from core.export.bundle_zip import BundleError
from core.runs.store import RunStore
from core.storage.os_errors import error_text
from pages.widgets.shared.text import escape_markdown

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_COUNT = "imports"  # how many bundles this session has imported: each gets a new file field
_REQUESTED = "import_requested"  # id of the file whose import was requested, else None
_PROBLEM = "import_problem"  # id of the file whose import failed, and why; else None and ""


def show(store: RunStore) -> None:
    """Show the field for a bundle; import the one that is chosen, and open the run made from it."""
    with st.popover("Import", icon=":material/upload:"):
        st.markdown(
            "A bundle from the Runs page of another Digit Studio. Its network is rebuilt here and measured anew; "
            "nothing in it is run."
        )
        key = f"bundle-{st.session_state.setdefault(_COUNT, 0)}"
        chosen = st.file_uploader("Bundle", type=["zip", "keras"], key=key)
        if chosen:
            st.button("Import this bundle", icon=":material/upload:", on_click=_request_import, args=[key])
            _import_if_requested(store, chosen)


def _request_import(key: str) -> None:
    """Remember the request: a drawing of the page that is cut short by the next one would lose the button's press.

    The request is for the file that is chosen now, which may be newer than the page that the button was pressed on.
    """
    if chosen := st.session_state.get(key):
        st.session_state[_REQUESTED] = chosen.file_id
        st.session_state[_PROBLEM] = (None, "")


def _import_if_requested(store: RunStore, chosen: "UploadedFile") -> None:
    if st.session_state.get(_REQUESTED) == chosen.file_id:
        try:
            with st.spinner("Checking the bundle, rebuilding its network, reading the 10,000 test images …"):
                st.session_state[_REQUESTED] = None  # whether it succeeds or not, it is tried once
                run = import_bundle(store, chosen.getvalue())
        except (BundleError, OSError) as error:
            st.session_state[_PROBLEM] = chosen.file_id, error_text(error)
        else:
            st.session_state[_COUNT] += 1
            st.query_params.from_dict({"run": run.id})
        if not st.session_state[_PROBLEM][1]:
            st.rerun(scope="app")
    file_id, problem = st.session_state.get(_PROBLEM, (None, ""))
    if file_id == chosen.file_id:
        st.error(escape_markdown(problem), icon=":material/error:")
