"""Importing a bundle that another installation made."""

import streamlit as st

from core.adoption import BundleError, adopt
from core.runs import RunStore
from pages.widgets.words import plain


def show(store: RunStore) -> None:
    """Show where a bundle is chosen; import it, and turn to the run that it becomes."""
    with st.popover("Import", icon=":material/upload:"):
        st.markdown(
            "A bundle from the Runs page of another Digit Studio. Its network is rebuilt here and measured anew; "
            "nothing in it is run."
        )
        round_ = st.session_state.setdefault("imports", 0)
        chosen = st.file_uploader("Bundle", type=["zip", "keras"], key=f"bundle-{round_}")
        if chosen and st.button("Import this bundle", icon=":material/upload:"):
            _import(store, chosen)


def _import(store, chosen):
    try:
        with st.spinner("Checking the bundle, rebuilding its network, reading the 10,000 test images …"):
            run = adopt(store, chosen.getvalue())
    except (BundleError, OSError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.session_state.imports += 1
    st.query_params.from_dict({"run": run.id})
    st.rerun(scope="app")
