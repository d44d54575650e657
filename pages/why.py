"""Why these choices? What the recipe claims of itself, and a button that tests each claim on this machine."""

from functools import cache, partial

import streamlit as st

from core.charts.curves import spread_curves
from core.evaluation.ablations import (
    CLAIMS,
    file_missing_runs,
    missing_configs,
    newest_runs,
    runs_by_arm,
    runs_filed_for,
    validation_curves,
)
from core.evaluation.verdicts import compare_arms, verdict
from core.jobs import scheduler
from core.runs.commands import CommandError
from core.runs.run import RunError, RunStore
from core.training.time_estimate import machine_pace, training_s
from pages.widgets.components import chart
from pages.widgets.shared import app_shell, live_run
from pages.widgets.shared.words import escape_markdown

_LOOK_S = 1.0
_CHART_PX = 320


def page():
    """The page from top to bottom."""
    chart.load_plotly()
    st.markdown(
        "The recipe is a row of choices, and each comes with a claim. Here they can be tested instead of believed: a "
        "button trains a small group of networks with three seeds each, and one sentence says what came of it."
    )
    store = RunStore()
    newest, pace = newest_runs(store), cache(partial(machine_pace, store))
    for claim in CLAIMS.values():
        with st.container(border=True):
            _claim(claim, store, newest, pace)


def _claim(claim, store, newest, pace):
    st.subheader(claim.sentence, anchor=claim.name)
    st.markdown(claim.why)
    groups = runs_by_arm(claim, newest)
    runs = [run for group in groups.values() for run in group]
    with st.container(horizontal=True):
        _button(claim, store, newest, pace)
        _cancel_button(claim, runs)
    if all(runs) or runs_filed_for(claim, runs):
        busy = any(_goes_on(run) for run in runs)
        st.fragment(_result, run_every=_LOOK_S if busy else None)(claim, groups, busy)


def _button(claim, store, newest, pace):
    left = missing_configs(claim, newest)
    if not left:
        return
    seconds = sum(training_s(config, pace(config.network)) for config in left)
    label = f"Test this claim · {len(left)} runs · about {live_run.in_words(seconds)}"
    if st.button(label, key=f"test-{claim.name}", icon=":material/science:"):
        try:
            file_missing_runs(claim, store, newest)
            scheduler.start_next(store)
        except OSError as error:
            st.error(
                f"The runs could not be filed in {escape_markdown(str(store.root))}: {error.strerror}.",
                icon=":material/error:",
            )
            return
        st.rerun()


def _cancel_button(claim, runs):
    going_on = [run for run in runs_filed_for(claim, runs) if _goes_on(run)]
    if going_on:
        st.button(
            f"Cancel this test · {len(going_on)} runs",
            key=f"cancel-{claim.name}",
            icon=":material/close:",
            on_click=_cancel,
            args=(going_on,),
            help="What trains is stopped, what waits leaves the queue.",
        )


def _cancel(runs):
    try:
        for run in runs:
            run.send("stop")
    except (CommandError, RunError, OSError) as error:
        st.toast(f"Not all of them could be told: {escape_markdown(str(error))}", icon=":material/error:")


def _result(claim, groups, was_busy):
    runs = [run for group in groups.values() for run in group]
    busy = any(_goes_on(run) for run in runs)
    if busy != was_busy:
        st.rerun()
    known = st.session_state.setdefault("claimed", {})  # of each run's metrics only what is new is read
    measured = {arm: validation_curves(group, known) for arm, group in groups.items()}
    over = sum(1 for run in runs if run and not _goes_on(run))
    if over < len(runs):
        st.progress(over / len(runs), f"{over} of {len(runs)} runs are over")
    words = verdict(claim, compare_arms(claim, measured))
    st.markdown(f"**{words}**")
    alt = f"Line chart of validation accuracy by epoch, mean and spread of each group. {words}"
    chart.chart(spread_curves(measured), f"claim-{claim.name}", alt, _CHART_PX)


def _goes_on(run):
    try:
        return run is not None and not run.status().is_final
    except RunError:
        return False


app_shell.require_navigation()
page()
