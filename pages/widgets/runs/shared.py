"""Runs that others in the class share: looked at and read with, never changed."""

import streamlit as st

from core.people.shared_runs import SharedRun, shared_runs
from core.runs.run import Run
from core.runs.schema import RunError, error_reason
from core.runs.view import RunView
from pages.widgets.runs import run_detail
from pages.widgets.shared import report, workspace
from pages.widgets.shared.text import escape_markdown
from pages.widgets.train.recipe_form import start_from


def show_list() -> None:
    """Show what others share, in a class; nothing where nobody does."""
    if workspace.person() is None:
        return
    found = shared_runs(workspace.machine_store().root, workspace.store().root)
    if not found:
        return
    st.markdown("**Shared by others**")
    for each in found:
        _line(each)


def _line(shared: SharedRun) -> None:
    run = shared.summary
    words = [f"**{escape_markdown(shared.owner)}**", escape_markdown(run.title), run.accuracy_text]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"shared-{run.id}"):
        if st.button("Look", icon=":material/visibility:", key=f"look-{run.id}"):
            st.query_params.from_dict({"run": run.id})
            st.rerun(scope="app")
        if st.button("Read with it", icon=":material/draw:", key=f"read-{run.id}"):
            st.switch_page("pages/recognize.py", query_params={"model": run.id})
        st.markdown(" · ".join(filter(None, words)), width="stretch")


def show(run: Run) -> None:
    """Show a run that somebody else shares: its result, curves and recipe."""
    try:
        view = RunView.read(run)
    except RunError as error:
        st.error(escape_markdown(error_reason(error)), icon=":material/error:")
        return
    st.markdown(f"#### {escape_markdown(view.title)}")
    st.markdown(":small[Somebody in your class shares this run. You can read with it and train its recipe.]")
    with st.container(horizontal=True):
        if view.has_model and st.button("Read with this", icon=":material/draw:"):
            st.switch_page("pages/recognize.py", query_params={"model": view.id})
        if st.button("Change and train", icon=":material/tune:", help="Opens the form with this run's recipe."):
            start_from(view.config)
            st.switch_page("pages/train.py")
        if st.button("Close", icon=":material/close:"):
            st.query_params.pop("run", None)
            st.rerun()
    if view.damage:
        st.error(escape_markdown(view.damage), icon=":material/error:")
        return
    report.show_result(view)
    run_detail.show_recipe(view)
