"""Every run: find it, compare it with others, read its test report, take it away, delete it."""

from functools import partial

import streamlit as st

from core.runs.index import run_summaries
from core.runs.run import Run, find_damage
from core.runs.schema import RunError
from core.runs.store import RunStore
from pages.widgets.components import chart, runs_table
from pages.widgets.runs import bundle_import, comparison, run_detail, run_filter, trash
from pages.widgets.shared import app_shell
from pages.widgets.shared.text import escape_markdown

_LOOK_S = 1.5


def page():
    """The page from top to bottom."""
    chart.load_plotly()
    store = RunStore()
    st.fragment(_all_runs, run_every=_LOOK_S)(store)
    named = map(_run_of(store), st.query_params.get("compare", "").split(","))
    compared = [run for run in named if run and not find_damage(run)]
    shown = st.query_params.get("run")
    if len(compared) > 1:
        comparison.show(compared[: comparison.MAX_RUNS])
    elif shown:
        run = _run_of(store)(shown)
        if run:
            run_detail.show(store, run)
        else:
            st.warning(f"There is no run {escape_markdown(shown)} here any more.", icon=":material/warning:")


def _run_of(store):
    """A function that finds the run of an id, sound or damaged, or None."""

    def find(run_id) -> Run | None:
        try:
            return store.get(run_id)
        except RunError:
            return None

    return find


def _all_runs(store):
    """The table with what can be done to the runs that are ticked in it."""
    everything = run_summaries(store)
    tools = st.container(horizontal=True, vertical_alignment="bottom")
    with tools:
        found = run_filter.find(everything)
    table = runs_table.show(
        found, st.query_params.get("run"), _nothing(everything), partial(run_detail.toggle_star, store)
    )
    ticked = [each for each in found if each.id in table.chosen]
    with tools:
        _act(store, ticked)
        bundle_import.show(store)
        trash.show(store)
        trash.undo(store)
    if table.opened:
        _turn_to(run=table.opened)


def _nothing(everything):
    if everything:
        return "No run suits what you look for."
    return "No run yet. Train one on the Train page, or import a bundle: it appears here."


def _act(store, ticked):
    """Compare or delete the ticked runs; damaged ones can only be deleted."""
    sound = [each.id for each in ticked if each.state != "damaged"]
    label = f"Compare ({len(sound)})" if sound else "Compare"
    can = 2 <= len(sound) <= comparison.MAX_RUNS
    if st.button(label, icon=":material/compare_arrows:", type="primary", disabled=not can, help=_how_many(sound)):
        _turn_to(compare=",".join(sound))
    label = f"Delete ({len(ticked)})" if ticked else "Delete"
    if st.button(label, icon=":material/delete:", disabled=not ticked, key="delete_ticked"):
        trash.delete(store, [run for run in map(_run_of(store), (each.id for each in ticked)) if run])
        st.rerun(scope="app")


def _how_many(sound):
    return None if 2 <= len(sound) <= comparison.MAX_RUNS else f"Tick two to {comparison.MAX_RUNS} runs in the table."


def _turn_to(**query):
    st.query_params.from_dict(query)
    st.rerun(scope="app")


app_shell.require_navigation()
page()
