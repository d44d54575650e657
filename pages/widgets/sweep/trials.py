"""The table of a sweep's trials, which lead to their runs, and of the runs at its end."""

from typing import Any

import streamlit as st

from core.config import FIELD_SPECS
from core.config.percent import percent
from core.sweeps.result import Confirmation
from core.sweeps.sweep_config import Objective
from core.sweeps.trials import Trial
from core.sweeps.view import SweepView
from pages.widgets.shared.durations import describe_duration
from pages.widgets.sweep.axes import label_title, value_axis


def show(view: SweepView) -> None:
    """Show the trials in a table; a row that is chosen leads to its run."""
    if not view.trials:
        return
    st.markdown("**Trials**: choose one to see its run")
    chosen = st.dataframe(
        [_row(view, each) for each in view.trials],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        key=f"trials-{view.sweep.id}",
        alt="The trials of the sweep: value, state, fields and time of each",
    )
    if rows := chosen.selection.rows:
        open_trial(view, rows[0])


def open_trial(view: SweepView, number: int) -> None:
    """Go to the run of a trial, the first of its seeds; stay where it has none."""
    found = next((each for each in view.trials if each.number == number), None)
    if found and found.run_ids:
        st.switch_page("pages/runs.py", query_params={"run": found.run_ids[0]})


def _row(view: SweepView, trial: Trial) -> dict[str, Any]:
    labels = {FIELD_SPECS[name].label: label_title(name, label) for name, label in trial.labels.items()}
    row = {"Trial": trial.number + 1, value_axis(view).axis.title: value_axis(view).words(trial.value)}
    row |= {"State": trial.state.value} | labels
    row |= {"Time": describe_duration(trial.seconds) if trial.seconds else ""}
    return row | ({"Note": trial.error} if any(each.error for each in view.trials) else {})


def confirmation_rows(found: Confirmation) -> list[dict[str, str]]:
    """Return the values of the winner and of the recipe with each new seed, a row a seed."""
    is_loss = found.objective is Objective.LOSS
    pairs = zip(found.winner, found.recipe, strict=True)
    words = [[f"{each:.4f}" if is_loss else percent(each, 2) for each in pair] for pair in pairs]
    head = f"on the {found.tested_on}"
    return [
        {"seed": str(seed), f"winner, {head}": won, f"recipe, {head}": base}
        for seed, (won, base) in zip(found.seeds, words, strict=True)
    ]
