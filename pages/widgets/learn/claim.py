"""One claim of the recipe: what is said for it, the button that tests it, and what came of the test."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from core.charts.group_curves import spread_curves
from core.config.glossary import link_terms
from core.config.train_config import TrainConfig
from core.evaluation.ablations import (
    Claim,
    file_missing_runs,
    missing_configs,
    runs_by_arm,
    runs_filed_for,
    validation_curves,
)
from core.evaluation.verdicts import compare_arms, difference_rows, verdict
from core.runs.metrics_schema import Metrics
from core.runs.queue_view import read_queue
from core.runs.run import Run
from core.runs.store import RunStore
from core.training.time_estimate import training_s
from pages.widgets.components.chart import chart
from pages.widgets.shared import active_run, messages
from pages.widgets.shared.durations import describe_duration
from pages.widgets.shared.run_group import cancel_button, file_group, is_unfinished
from pages.widgets.shared.session import SessionKey

_INTERVAL_S = 1.0
_CHART_PX = 320

_KNOWN_METRICS = SessionKey[dict[str, Metrics]]("claim_metrics", {})
"""The metrics of the runs that test claims, by run id, of which only new lines are read."""

Groups = Mapping[str, Sequence[Run | None]]
"""The runs of each arm of a claim, a place a seed; None where there is no run yet."""


def show(claim: Claim, store: RunStore, newest: dict[TrainConfig, Run], pace: Callable[[str], float]) -> None:
    """Show the claim. `newest` is the newest run of each config, `pace` the machine's pace for a network's name."""
    st.subheader(claim.sentence, anchor=claim.name)
    st.markdown(link_terms(claim.why))
    groups = runs_by_arm(claim, newest)
    runs = [run for group in groups.values() for run in group]
    with st.container(horizontal=True):
        _test_button(claim, store, newest, pace)
        cancel_button("Cancel this test", f"cancel-{claim.name}", runs_filed_for(claim, runs))
    if all(runs) or runs_filed_for(claim, runs):
        busy = any(map(is_unfinished, runs))
        st.fragment(_show_result, run_every=_INTERVAL_S if busy else None)(claim, store, groups, busy)


def _test_button(claim: Claim, store: RunStore, newest: dict[TrainConfig, Run], pace: Callable[[str], float]) -> None:
    missing = missing_configs(claim, newest)
    if not missing:
        return
    seconds = sum(training_s(config, pace(config.network)) for config in missing)
    label = f"Test this claim · {len(missing)} runs · about {describe_duration(seconds)}"
    if st.button(label, key=f"test-{claim.name}", icon=":material/science:") and file_group(
        store, partial(file_missing_runs, claim, store, newest)
    ):
        st.rerun()


def _show_result(claim: Claim, store: RunStore, groups: Groups, was_busy: bool) -> None:
    runs = [run for group in groups.values() for run in group]
    busy = any(map(is_unfinished, runs))
    if busy != was_busy:
        st.rerun()
    known = dict(_KNOWN_METRICS.get())
    measured = {arm: validation_curves(list(group), known) for arm, group in groups.items()}
    _KNOWN_METRICS.set(known)
    ended = sum(1 for run in runs if run and not is_unfinished(run))
    if ended < len(runs):
        st.progress(ended / len(runs), f"{ended} of {len(runs)} runs are over")
    if busy:
        active_run.show_where_paused(read_queue(store), claim.name)
    differences = compare_arms(claim, measured)
    sentence = verdict(claim, differences)
    st.markdown(f"**{sentence}**")
    if differences:
        alt = "How far one group is ahead of the other, in points of validation accuracy"
        st.dataframe(difference_rows(differences), hide_index=True, width="content", alt=alt)
    alt = f"Line chart of validation accuracy by epoch, mean and spread of each group. {sentence}"
    chart(spread_curves(measured), f"claim-{claim.name}", alt, _CHART_PX)
    messages.show()
