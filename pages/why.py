"""The reasons for the recipe: its claims, and a button that tests each of them on this machine."""

from functools import cache, partial

import streamlit as st

from core.config.glossary import link_terms
from core.evaluation.ablations import CLAIMS, newest_runs
from core.runs.store import RunStore
from core.training.time_estimate import machine_pace
from pages.widgets.components.chart import load_plotly
from pages.widgets.why import claim


def page() -> None:
    """Show the page from top to bottom."""
    load_plotly()
    st.markdown(
        link_terms(
            "The recipe is a row of choices, each with a reason. Do the reasons hold? A button trains a small "
            "group of networks, each three times with another seed, and says what came of it."
        )
    )
    store = RunStore()
    newest, pace = newest_runs(store), cache(partial(machine_pace, store))
    for each in CLAIMS.values():
        with st.container(border=True):
            claim.show(each, store, newest, pace)


page()
