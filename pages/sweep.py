"""Look for a better recipe: many runs that vary some fields, compared live, the winner confirmed at the end."""

import time

import streamlit as st

from core.sweeps.sweep import Sweep, SweepError, SweepStore
from pages.widgets.components import chart
from pages.widgets.shared import visitor, workspace
from pages.widgets.shared.durations import describe_time
from pages.widgets.shared.text import escape_markdown
from pages.widgets.sweep import deletion, form, live
from pages.widgets.sweep.state import CHOSEN, NEW, OPENED, PROBLEM

_INTERVAL_S = 1.5


def page() -> None:
    """Show the page from top to bottom."""
    chart.load_plotly()
    store = workspace.store()
    sweeps = {each.id: each for each in SweepStore(store).all()}
    deletion.offer_undo(store)
    chosen = _choose(sweeps)
    if chosen is None:
        if problem := PROBLEM.pop():
            st.error(escape_markdown(problem), icon=":material/error:")
        form.show(store)
    else:
        is_live = chosen.is_live
        st.fragment(live.show, run_every=_INTERVAL_S if is_live else None)(chosen, is_live)
    visitor.show_note()


def _choose(sweeps: dict[str, Sweep]) -> Sweep | None:
    """Show the list of all sweeps and return the chosen one; None for a new one, and where there is none yet."""
    if not sweeps:
        return None
    opened = OPENED.pop() or CHOSEN.get() or st.query_params.get("sweep", "")
    if opened not in sweeps and opened != NEW:
        opened = next(iter(sweeps))
    st.session_state[CHOSEN.name] = opened
    chosen = st.selectbox(
        "Sweep",
        [NEW, *sweeps],
        format_func=lambda each: "New sweep" if each == NEW else _title(sweeps[each]),
        key=CHOSEN.name,
        persist_state="session",
        label_visibility="collapsed",
        width=420,
    )
    return sweeps.get(chosen)


def _title(sweep: Sweep) -> str:
    try:
        name = sweep.config().title
    except SweepError:
        name = "Damaged sweep"
    return f"{name} · {describe_time(sweep.created)}{time.strftime(':%S', time.localtime(sweep.created))}"


page()
