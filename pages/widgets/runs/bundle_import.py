"""Import of a bundle that another installation made."""

from typing import TYPE_CHECKING

import streamlit as st

from core.config.field_spec import ConfigError
from core.export.bundle_import import import_bundle
from core.export.bundle_zip import BundleError
from core.runs.quota import QuotaError
from core.runs.store import RunStore
from core.storage.os_errors import error_text
from pages.widgets.runs.state import FAILED_IMPORT, IMPORT_REQUESTED, IMPORTED, FailedImport
from pages.widgets.shared import upload_quota
from pages.widgets.shared.text import escape_markdown

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


def show(store: RunStore) -> None:
    """Show the field for a bundle; import the one that is chosen, and open the run made from it."""
    with st.popover("Import", icon=":material/upload:"):
        st.markdown(
            "A bundle from the Runs page of another Digit Studio. Its network is rebuilt here and measured anew; "
            "nothing in it is run."
        )
        key = f"bundle-{IMPORTED.get()}"
        for chosen in upload_quota.show([st.file_uploader("Bundle", type=["zip", "keras"], key=key)]):
            st.button("Import this bundle", icon=":material/upload:", on_click=_request_import, args=[key])
            _import_if_requested(store, chosen)


def _request_import(key: str) -> None:
    """Remember the request: a drawing of the page that is cut short by the next one would lose the button's press.

    The request is for the file that is chosen now, which may be newer than the page that the button was pressed on.
    """
    for chosen in upload_quota.held([st.session_state.get(key)]):
        IMPORT_REQUESTED.set(chosen.file_id)
        FAILED_IMPORT.set(None)


def _import_if_requested(store: RunStore, chosen: "UploadedFile") -> None:
    if IMPORT_REQUESTED.get() == chosen.file_id:
        try:
            with st.spinner("Checking the bundle, rebuilding its network, reading the 10,000 test images …"):
                IMPORT_REQUESTED.set(None)  # whether it succeeds or not, it is tried once
                run = import_bundle(store, chosen.getvalue())
        except (BundleError, QuotaError, ConfigError, OSError) as error:
            FAILED_IMPORT.set(FailedImport(chosen.file_id, error_text(error)))
        else:
            IMPORTED.set(IMPORTED.get() + 1)
            st.query_params.from_dict({"run": run.id})
        if FAILED_IMPORT.get() is None:
            st.rerun(scope="app")
    failed = FAILED_IMPORT.get()
    if failed and failed.file_id == chosen.file_id:
        st.error(escape_markdown(failed.reason), icon=":material/error:")
