"""Every run: find it, compare it with others, read its test report, download it, delete it."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

import streamlit as st

from core.runs.damage import find_damage
from core.runs.index import RunSummary, run_summaries
from core.runs.queue_view import Queue, read_queue
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.runs.store import RunStore
from pages.widgets.components import chart
from pages.widgets.runs import bundle_import, comparison, run_detail, run_filter, runs_table, shared, trash
from pages.widgets.shared import active_run, leaderboard, messages, visitor, workspace
from pages.widgets.shared.idle_interval import idle_interval_s
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown

_INTERVAL_S = 1.5


def page() -> None:
    """Show the page from top to bottom."""
    chart.load_plotly()
    store = workspace.store()
    listed = _listed(store)
    is_live = _is_any_live(listed[0])
    st.fragment(_all_runs, run_every=_INTERVAL_S if is_live else None)(store, is_live)
    st.fragment(_look, run_every=None if is_live else idle_interval_s(_INTERVAL_S, len(listed[0])))(store, listed)
    visitor.show_note()
    _chosen(store)
    shared.show_list()
    leaderboard.show()


def _listed(store: RunStore) -> tuple[list[RunSummary], Queue]:
    """Return all that the table is made of."""
    return run_summaries(store), read_queue(store)


def _is_any_live(runs: Sequence[RunSummary]) -> bool:
    return any(each.state.is_live for each in runs)


def _look(store: RunStore, listed: tuple[list[RunSummary], Queue]) -> None:
    """Have the page drawn anew where a run has changed since: to draw a long table takes far longer than to look."""
    if _listed(store) != listed:
        st.rerun(scope="app")


def _chosen(store: RunStore) -> None:
    """Show the runs that the address names: two or more beside each other, or one in full."""
    named = _find_runs(store, st.query_params.get("compare", "").split(","))
    compared = [run for run in named if not find_damage(run)]
    shown = st.query_params.get("run")
    if len(compared) > 1:
        comparison.show(compared[: comparison.MAX_RUNS])
    elif shown:
        _show_run(store, shown)


def _show_run(store: RunStore, run_id: str) -> None:
    """Show one's own run of that id, or one that somebody in the class shares."""
    if own := _find_runs(store, [run_id]):
        run_detail.show(store, own[0])
        return
    try:
        shared.show(workspace.find_shared_run(run_id))
    except RunError:
        st.warning(f"There is no run {escape_markdown(run_id)} here any more.", icon=":material/warning:")


def _find_runs(store: RunStore, run_ids: Iterable[str]) -> list[Run]:
    """Return the runs of these ids, sound and damaged ones; an id without a run is left out."""
    found = []
    for run_id in run_ids:
        with suppress(RunError):
            found.append(store.get(run_id))
    return found


def _all_runs(store: RunStore, was_live: bool) -> None:
    """Show the table of all runs, with what can be done to those that are ticked in it.

    was_live: whether one was live when the page was drawn, so that this is drawn every now and then.
    """
    everything, queue = _listed(store)
    tools = st.container(horizontal=True, vertical_alignment="bottom")
    with tools:
        found = run_filter.find(everything)
    table = runs_table.show(
        found, st.query_params.get("run"), _empty_text(everything), once(run_detail.toggle_star, store)
    )
    ticked = [each for each in found if each.id in table.chosen]
    with tools:
        _actions(store, ticked)
        bundle_import.show(store)
        trash.show(store)
        trash.undo(store)
    active_run.show_where_paused(queue, "runs")
    if table.opened:
        _open(run=table.opened)
    if was_live and not _is_any_live(everything):
        st.rerun(scope="app")
    messages.show()


def _empty_text(everything: Sequence[RunSummary]) -> str:
    if everything:
        return "No run matches the search."
    return "No run yet. Train one on the Train page, or import a bundle: it appears here."


def _actions(store: RunStore, ticked: Sequence[RunSummary]) -> None:
    """Compare or delete the ticked runs; damaged ones can only be deleted."""
    sound = [each.id for each in ticked if each.state is not RunState.DAMAGED]
    label = f"Compare ({len(sound)})" if sound else "Compare"
    can = 2 <= len(sound) <= comparison.MAX_RUNS
    if st.button(label, icon=":material/compare_arrows:", type="primary", disabled=not can, help=_help_text(sound)):
        _open(compare=",".join(sound))
    label = f"Delete ({len(ticked)})" if ticked else "Delete"
    if st.button(label, icon=":material/delete:", disabled=not ticked, key="delete_ticked"):
        trash.delete(store, _find_runs(store, [each.id for each in ticked]))
        st.rerun(scope="app")


def _help_text(sound: Sequence[str]) -> str | None:
    return None if 2 <= len(sound) <= comparison.MAX_RUNS else f"Tick two to {comparison.MAX_RUNS} runs in the table."


def _open(**query: str) -> None:
    st.query_params.from_dict(query)
    st.rerun(scope="app")


page()
