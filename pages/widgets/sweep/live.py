"""One sweep as it goes on: how far it is, the best so far, what matters, all trials, and what came of it."""

import streamlit as st

from core.charts import sweeps as charts
from core.config.glossary import link_terms
from core.config.percent import percent
from core.runs.schema import RunState
from core.storage.os_errors import error_text
from core.sweeps.result import WHY_UNSEEN
from core.sweeps.start import start_owner
from core.sweeps.sweep import Sweep, SweepError
from core.sweeps.view import SweepView
from pages.widgets.components.chart import chart
from pages.widgets.shared.durations import describe_duration
from pages.widgets.shared.press import once
from pages.widgets.shared.run_badge import show_state
from pages.widgets.shared.text import escape_markdown
from pages.widgets.sweep import deletion, trials
from pages.widgets.sweep.axes import field_axes, points, value_axis
from pages.widgets.sweep.state import PROBLEM

_CHART_PX, _SMALL_PX, _WIDE_PX = 260, 210, 300
_COLUMNS = 3
_MIN_FOR_LINES = 2


def show(sweep: Sweep, was_live: bool) -> None:
    """Show the sweep; the whole page is drawn anew when it begins, ends or is deleted."""
    if not sweep.is_here:
        st.rerun(scope="app")
    try:
        view = SweepView.read(sweep)
    except (SweepError, OSError) as error:
        st.error(escape_markdown(error_text(error)), icon=":material/error:")
        _problem()
        deletion.show(sweep)
        return
    if view.status.is_live != was_live:
        st.rerun(scope="app")
    _head(view)
    _result(view)
    if shown := points(view):
        _charts(view, shown)
    trials.show(view)


def _head(view: SweepView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.status.is_live:
            st.button("Stop", icon=":material/stop:", on_click=once(_stop, view.sweep), key="stop-sweep")
        elif view.state is not RunState.FINISHED:
            st.button(
                "Resume", type="primary", icon=":material/play_arrow:", on_click=once(_resume, view.sweep), key="resume"
            )
        show_state(view.state)
        st.markdown(_progress(view), width="stretch")
        if not view.status.is_live:
            deletion.show(view.sweep)
    if view.status.is_live:
        st.progress(min(1.0, view.told / view.config.number_of_trials))
    _problem()


def _problem() -> None:
    if problem := PROBLEM.pop():
        st.error(escape_markdown(problem), icon=":material/error:")


def _progress(view: SweepView) -> str:
    words = [f"{view.told} of {view.config.number_of_trials} trials", describe_duration(view.seconds)]
    if view.stopped_early:
        words.append(f"{view.stopped_early} stopped early")
    if view.best:
        words.append(f"best: trial {view.best.number + 1}, {value_axis(view).words(view.best.value)}")
    if view.config.cluster:
        words.append(f"on the cluster at {view.config.cluster}")
    return escape_markdown(" · ".join(words))


def _result(view: SweepView) -> None:
    sentence = escape_markdown(view.sentence())
    if view.state is RunState.FAILED:
        st.warning(sentence, icon=":material/warning:")
    elif sentence:
        st.markdown(f"**{sentence}**")
    found = view.confirmation
    if found and found.is_complete:
        st.dataframe(trials.confirmation_rows(found), hide_index=True, width="content", alt="The winner and the recipe")
    with st.expander("Why the test images stay unseen until the end"):
        st.markdown(link_terms(WHY_UNSEEN))


def _charts(view: SweepView, shown: list[charts.TrialPoint]) -> None:
    axis, fields, key = value_axis(view).axis, field_axes(view), view.sweep.id
    best, importance = st.columns([2, 1], gap="large")
    with best:
        st.markdown("**Best so far**")
        line = [(number + 1, value) for number, value in view.best_so_far()]
        figure = charts.best_so_far(shown, line, axis)
        clicked = chart(figure, f"best-{key}", _best_alt(view), _CHART_PX, clickable=True)
        if clicked:
            trials.open_trial(view, round(clicked["x"]) - 1)
    with importance:
        st.markdown("**What matters**")
        _importances(view)
    whole = [each for each in shown if all(field.name in each.labels for field in fields)]
    if len(whole) < _MIN_FOR_LINES:
        return
    st.markdown("**All fields**: a line is a trial, the strongest lines are the best trials")
    alt = f"Parallel coordinates of {len(whole)} trials over {len(fields)} fields and their value."
    chart(charts.parallel_coordinates(whole, fields, axis), f"parallel-{key}", alt, _WIDE_PX)
    for first in range(0, len(fields), _COLUMNS):
        for field, column in zip(fields[first : first + _COLUMNS], st.columns(_COLUMNS), strict=False):
            with column:
                alt = f"The value of each trial over {field.title}."
                chart(charts.field_plot(whole, field, axis), f"field-{field.name}-{key}", alt, _SMALL_PX)


def _importances(view: SweepView) -> None:
    if not view.importances:
        st.markdown(f":small[{view.why_no_importances}]")
        return
    titles = {field.name: field.title for field in field_axes(view)}
    shares = {titles[name]: share for name, share in view.importances.items()}
    alt = "Bar chart of how much each field matters: " + ", ".join(
        f"{name} {percent(share, 0)}" for name, share in shares.items()
    )
    chart(charts.importance_bars(shares), f"importance-{view.sweep.id}", alt, _CHART_PX)


def _best_alt(view: SweepView) -> str:
    best = f"the best is {value_axis(view).words(view.best.value)}" if view.best else "none has come to its end"
    return f"The value of {len(view.trials)} trials in their order; {best}."


def _stop(sweep: Sweep) -> None:
    try:
        sweep.request_stop()
    except (SweepError, OSError) as error:
        PROBLEM.set(error_text(error))


def _resume(sweep: Sweep) -> None:
    try:
        start_owner(sweep)
    except (SweepError, OSError) as error:
        PROBLEM.set(error_text(error))
