"""One run in full: what a person calls it, what can be done with it, its report, its recipe, its files to take."""

import streamlit as st

from core.charts.curves import Curve, View, learning_curves
from core.config.describe import format_value
from core.config.train_config import FIELD_SPECS, TrainConfig
from core.networks.safe_loading import ModelError
from core.runs.run import Run, RunStore, find_damage
from core.runs.schema import RunError, error_reason
from pages.widgets.components.chart import chart
from pages.widgets.runs import exports, trash
from pages.widgets.shared import live_run, report, run_controls
from pages.widgets.shared.words import escape_markdown

_CHART_PX = 280


def show(store: RunStore, run: Run) -> None:
    """Show the run with the sections of which one is open."""
    damage = find_damage(run)
    if damage:
        st.error(f"Run {escape_markdown(run.id)}: {escape_markdown(damage)}", icon=":material/error:")
        return
    status = run.status()
    _head(store, run, status)
    if status.error:
        st.error(escape_markdown(status.error), icon=":material/error:")
    sections = _sections(run, status)
    chosen = st.radio(
        "Show", list(sections), horizontal=True, key="section", persist_state="session", label_visibility="collapsed"
    )
    try:
        sections[chosen](run)
    except (RunError, ModelError, OSError) as error:
        st.error(f"This cannot be shown: {escape_markdown(error_reason(error))}", icon=":material/error:")


def _sections(run, status):
    recipe = {"Curves and recipe": _recipe}
    if not (run.has_model and status.is_final):
        return recipe
    tested = {"Test report": report.show_all, "Worst mistakes": report.show_worst}
    return tested | recipe | {"Take it away": exports.show}


def _head(store, run, status):
    notes = run.notes()
    icon, colour = live_run.STATES[status.state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {escape_markdown(run.title())}", width="content")
        st.badge(status.state, icon=icon, color=colour)
    if notes.get("remark"):
        st.markdown(escape_markdown(str(notes["remark"])))
    with st.container(horizontal=True):
        if status.is_final and run.has_model and st.button("Read with this", icon=":material/draw:"):
            st.switch_page("pages/recognize.py", query_params={"model": run.id})
        if not status.is_final and st.button("Watch it", icon=":material/model_training:"):
            live_run.show_run(run.id)
            st.switch_page("pages/train.py")
        starred = bool(notes.get("star"))
        st.button(
            "Unstar" if starred else "Star", icon=":material/star:", key="star", on_click=star, args=[store, run.id],
            help="Starred runs come first in the table.",
        )
        _rename(run, notes)
        if st.button("Delete", icon=":material/delete:", disabled=status.is_live, help=_why_not(status)):
            trash.delete(store, [run])
            st.query_params.pop("run", None)
            st.rerun()
        if st.button("Close", icon=":material/close:"):
            st.query_params.pop("run", None)
            st.rerun()


def star(store: RunStore, run_id: str) -> None:
    """Give the run a star, or take it; in a callback, so that a page that is being drawn then shows it."""
    try:
        run = store.get(run_id)
        run.write_notes(star=not run.notes().get("star"))
    except (RunError, OSError) as error:
        st.toast(escape_markdown(error_reason(error)), icon=":material/error:")


def _why_not(status):
    return "Stop it first, on the Train page." if status.is_live else None


def _rename(run, notes):
    with st.popover("Rename", icon=":material/edit:"), st.form(f"notes-{run.id}", border=False):
        name = st.text_input("Name", notes.get("name") or "", max_chars=80, placeholder=run.title())
        remark = st.text_area("Remark", notes.get("remark") or "", max_chars=1000)
        if st.form_submit_button("Save"):
            try:
                run.write_notes(name=name.strip(), remark=remark.strip())
                st.rerun()
            except OSError as error:
                st.error(f"It cannot be written: {error_reason(error)}", icon=":material/error:")


def _recipe(run):
    config = run.config()
    curve, epochs = Curve(run.title(), run.metrics().rows, run.marks()), run_controls.epochs_of(run, config)
    for metric, column in zip(("accuracy", "loss"), st.columns(2), strict=True):
        with column:
            figure = learning_curves([curve], metric, View(), epochs)
            chart(figure, f"course-{metric}-{run.id}", f"Line chart of the {metric} against epochs.", _CHART_PX)
    seed = TrainConfig()
    settings = [
        {"setting": setting.label, "value": format_value(getattr(config, name)),
         "seed recipe": format_value(getattr(seed, name))}
        for name, setting in FIELD_SPECS.items()
    ]
    st.dataframe(settings, hide_index=True, alt="The run's recipe beside the seed recipe")
