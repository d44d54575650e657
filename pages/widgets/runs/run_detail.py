"""One run in full: its name, what can be done with it, its report, its recipe, its files to download."""

from collections.abc import Callable

import streamlit as st

from core.charts.curves import Curve, Metric, View, learning_curves
from core.config.describe import describe_recipe
from core.config.field_spec import ConfigError
from core.config.train_config import FIELD_SPECS, TrainConfig
from core.jobs import scheduler
from core.runs.quota import QuotaError, file_run
from core.runs.run import Run
from core.runs.schema import Notes, RunError, error_reason
from core.runs.store import RunStore
from core.runs.view import RunView
from core.storage.os_errors import describe_os_error
from pages.widgets.components.chart import chart
from pages.widgets.runs import exports, folds, sharing, trash
from pages.widgets.runs.state import TRAINED_AGAIN
from pages.widgets.shared import messages, model_predictions, report
from pages.widgets.shared.press import once
from pages.widgets.shared.run_badge import show_state
from pages.widgets.shared.shown_run import show_run
from pages.widgets.shared.text import escape_markdown
from pages.widgets.train.recipe_form import start_from

_CHART_PX = 280

_Section = Callable[[RunView], None]


def show(store: RunStore, run: Run) -> None:
    """Show the run with its sections, of which one is open."""
    try:
        view = RunView.read(run)
    except RunError as error:
        _show_damage(run, str(error))
        return
    if view.damage:
        _show_damage(run, view.damage)
        return
    _head(store, view)
    if view.status.error:
        st.error(escape_markdown(view.status.error), icon=":material/error:")
    if view.metrics_note:
        st.info(escape_markdown(view.metrics_note), icon=":material/content_cut:")
    sections = _sections(view)
    chosen = st.radio(
        "Show", list(sections), horizontal=True, key="section", persist_state="session", label_visibility="collapsed"
    )
    try:
        sections[chosen](view)
    except model_predictions.UNAVAILABLE as error:
        st.error(f"This cannot be shown: {escape_markdown(error_reason(error))}", icon=":material/error:")


def _show_damage(run: Run, damage: str) -> None:
    st.error(f"Run {escape_markdown(run.id)}: {escape_markdown(damage)}", icon=":material/error:")


def _sections(view: RunView) -> dict[str, _Section]:
    recipe: dict[str, _Section] = {"Curves and recipe": show_recipe}
    download: dict[str, _Section] = {"Download": exports.show}
    if not (view.has_model and view.status.is_final):
        return recipe | download
    tested: dict[str, _Section] = {
        "Test report": lambda view: report.show_all(view.run),
        "Worst mistakes": lambda view: report.show_worst(view.run),
        "Doubtful labels": _doubtful_labels,
    }
    return tested | recipe | download


def _doubtful_labels(view: RunView) -> None:
    report.show_doubtful(view.run)
    folds.show(view)


def _head(store: RunStore, view: RunView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {escape_markdown(view.title)}", width="content")
        show_state(view.state)
    if view.notes.remark:
        st.markdown(escape_markdown(view.notes.remark))
    with st.container(horizontal=True):
        _actions(store, view)


def _actions(store: RunStore, view: RunView) -> None:
    if view.status.is_final and view.has_model and st.button("Read with this", icon=":material/draw:"):
        st.switch_page("pages/recognize.py", query_params={"model": view.id})
    _train_again(store, view)
    if not view.status.is_final and st.button("Watch it", icon=":material/model_training:"):
        show_run(view.id)
        st.switch_page("pages/train.py")
    st.button(
        "Unstar" if view.notes.star else "Star",
        icon=":material/star:",
        key="star",
        on_click=once(toggle_star, store, view.id),
        help="Starred runs come first in the table.",
    )
    _rename_form(view)
    sharing.share_button(view)
    live = view.status.is_live
    why_not = "Stop it first, on the Train page." if live else None
    if st.button("Delete", icon=":material/delete:", disabled=live, help=why_not):
        trash.delete(store, [view.run])
        st.query_params.pop("run", None)
        st.rerun()
    if st.button("Close", icon=":material/close:"):
        st.query_params.pop("run", None)
        st.rerun()


def _train_again(store: RunStore, view: RunView) -> None:
    """Show what trains the run's recipe once more, as it is or changed."""
    ask = once(TRAINED_AGAIN.set, view.id)
    st.button("Train again", icon=":material/replay:", help="The same recipe, as a new run.", on_click=ask)
    if TRAINED_AGAIN.pop() == view.id:
        try:
            run = file_run(store, view.config)
            scheduler.start_next(store)
        except (QuotaError, ConfigError) as error:
            st.error(escape_markdown(str(error)), icon=":material/error:")
        except OSError as error:
            text = f"The run could not be filed in {store.root}: {describe_os_error(error)}"
            st.error(escape_markdown(text), icon=":material/error:")
        else:
            show_run(run.id)
            st.switch_page("pages/train.py")
    if st.button("Change and train", icon=":material/tune:", help="Opens the form with this run's recipe."):
        start_from(view.config)
        st.switch_page("pages/train.py")


def toggle_star(store: RunStore, run_id: str) -> None:
    """Star the run, or take the star away; for a callback, so that the drawing that follows shows it."""
    try:
        run = store.get(run_id)
        run.write_notes(star=not run.notes().star)
    except (RunError, OSError) as error:
        messages.add_problem(escape_markdown(error_reason(error)))


def _rename_form(view: RunView) -> None:
    notes: Notes = view.notes
    with st.popover("Rename", icon=":material/edit:"), st.form(f"notes-{view.id}", border=False):
        name = st.text_input("Name", notes.name, max_chars=80, placeholder=view.title)
        remark = st.text_area("Remark", notes.remark, max_chars=1000)
        if st.form_submit_button("Save"):
            try:
                view.run.write_notes(name=name.strip(), remark=remark.strip())
                st.rerun()
            except OSError as error:
                st.error(f"The notes cannot be written: {error_reason(error)}", icon=":material/error:")


def show_recipe(view: RunView) -> None:
    """Show the run's curves and its recipe beside the seed recipe."""
    curve = Curve(view.title, view.rows, view.marks)
    for metric, column in zip((Metric.ACCURACY, Metric.LOSS), st.columns(2), strict=True):
        with column:
            figure = learning_curves([curve], metric, View(), view.epochs)
            chart(figure, f"course-{metric}-{view.id}", f"Line chart of the {metric} against epochs.", _CHART_PX)
    values, seed = describe_recipe(view.config, view.changes), describe_recipe(TrainConfig())
    settings = [
        {"setting": spec.label, "value": values[name], "seed recipe": seed[name]} for name, spec in FIELD_SPECS.items()
    ]
    st.dataframe(settings, hide_index=True, alt="The run's recipe beside the seed recipe")
