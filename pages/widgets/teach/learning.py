"""Learning from the kept corrections: which model learns, how far it is, and what it reads before and after."""

import streamlit as st

from core.config.dataset_spec import DIGITS
from core.config.field_spec import ConfigError
from core.config.train_config import READER
from core.corrections import Classes, CorrectionError, Counts, Split
from core.jobs import scheduler
from core.runs.commands import CommandName
from core.runs.index import RunSummary, run_summaries
from core.runs.quota import QuotaError
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.runs.store import RunStore
from core.runs.teaching import learns_from_corrections, read_result
from core.storage.os_errors import error_text
from core.training.teaching_filing import file_teaching
from pages.widgets.shared import messages, models
from pages.widgets.shared.press import once
from pages.widgets.shared.run_badge import show_state
from pages.widgets.shared.run_commands import command_button
from pages.widgets.shared.shown_run import show_run
from pages.widgets.shared.text import disambiguate, escape_markdown
from pages.widgets.teach import result
from pages.widgets.teach.classes import describe_classes
from pages.widgets.teach.state import IS_LIVE, Key

_INTERVAL_S = 1.0
_MAX_SHOWN = 5


def show(store: RunStore, counts: Counts, classes: Classes) -> None:
    """Show what starts to learn, and the runs that learn or have learned from corrections."""
    _start(store, counts, classes)
    st.fragment(_runs, run_every=_INTERVAL_S if _is_any_live(store) else None)(store)


def _start(store: RunStore, counts: Counts, classes: Classes) -> None:
    names, learned = learners(store, classes), counts.by_split[Split.LEARN]
    if not names:
        st.info(
            f"No model here reads {describe_classes(classes)} any more. Train one on their data set, then teach it."
        )
        return
    chosen = models.default_id() if models.default_id() in names else next(iter(names))
    key = f"{Key.MODEL}-{hash(classes)}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Which model learns",
            list(names),
            index=list(names).index(chosen),
            format_func=lambda model_id: names[model_id],
            key=key,
            width=360,
        )
        st.button(
            f"Learn from all {learned:,}" if learned > 1 else "Learn",
            type="primary",
            icon=":material/school:",
            disabled=not learned,
            on_click=once(_learn, store, key),
            key="teach-learn",
        )


def _learn(store: RunStore, key: str) -> None:
    """Let the model learn that is chosen at the moment of the press: the page may not have been drawn since."""
    try:
        run = file_teaching(store, st.session_state[key])
        scheduler.start_next(store)
    except (CorrectionError, QuotaError, ConfigError, RunError) as error:
        messages.add_problem(escape_markdown(str(error)))
    except OSError as error:
        messages.add_problem(f"The run could not be filed: {escape_markdown(error_text(error))}")
    else:
        show_run(run.id)


def learners(store: RunStore, classes: Classes) -> dict[str, str]:
    """Return what each model that reads these classes is called, by what a config calls it: the shipped one first."""
    names = {READER: "Shipped with the app"} if classes == DIGITS else {}
    for run in run_summaries(store):
        is_wanted = (
            not (run.claim or run.lesson) and run.config is not None and run.config.dataset.class_names == classes
        )
        if is_wanted and run.has_model and run.state.is_final:
            names[run.id] = run.title
    return disambiguate(names)


def _teaching_runs(store: RunStore) -> list[tuple[RunSummary, Run]]:
    """Return the newest runs that learn from corrections."""
    found = [(each, store.get(each.id)) for each in run_summaries(store) if each.config and each.config.start_from]
    return [(each, run) for each, run in found if learns_from_corrections(run)][:_MAX_SHOWN]


def _is_any_live(store: RunStore) -> bool:
    return any(not each.state.is_final for each, _ in _teaching_runs(store))


def _runs(store: RunStore) -> None:
    """Show the newest runs, the first in full."""
    runs = _teaching_runs(store)
    was_live, is_live = IS_LIVE.get(), any(not each.state.is_final for each, _ in runs)
    IS_LIVE.set(is_live)
    if was_live and not is_live:
        st.rerun(scope="app")
    result.default_line(store)
    for place, (summary, run) in enumerate(runs):
        if place == 0:
            _show_run(store, summary, run)
        else:
            with st.expander(escape_markdown(summary.title)):
                _show_run(store, summary, run)
    messages.show()


def _show_run(store: RunStore, summary: RunSummary, run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show_state(summary.state)
        st.markdown(f"**{escape_markdown(summary.title)}**", width="content")
        if not summary.state.is_final:
            command_button(run, "Stop", CommandName.STOP, ":material/stop:", where="teach-")
    if summary.state in (RunState.RUNNING, RunState.PAUSED, RunState.STOPPING):
        share = min(1.0, (summary.epoch or 0) / max(1, summary.epochs))
        st.progress(share, "Learning …" if share < 1 else "Learned. Measuring what it reads now …")
    elif summary.state is RunState.QUEUED:
        st.progress(0.0, "Waits for its turn …")
    elif summary.note:
        st.error(escape_markdown(summary.note), icon=":material/error:")
    if summary.state is RunState.FINISHED and (found := read_result(run)):
        result.show(store, summary.id, found)
