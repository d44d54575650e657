"""Learn: eight lessons with a guess to make first, and the recipe's claims, each with a button that tests it."""

from functools import cache, partial

import streamlit as st

from core.config.glossary import link_terms
from core.evaluation.ablations import CLAIMS, newest_runs
from core.lessons.catalogue import LESSONS
from core.training.time_estimate import machine_pace
from pages.widgets.components.chart import load_plotly
from pages.widgets.learn import claim, lessons, navigation, notes, state
from pages.widgets.shared import workspace
from pages.widgets.shared.text import escape_markdown


def page() -> None:
    """Show the page from top to bottom."""
    name, unknown = state.open_lesson()
    navigation.show(name)
    if unknown is not None:
        text = f"There is no lesson {unknown!r}: the lessons are {', '.join(LESSONS)}. This is the one that is next."
        st.warning(escape_markdown(text), icon=":material/warning:")
    if name == state.NOTES:
        notes.show_all()
        return
    lessons.show(name)
    load_plotly()
    _show_claims()


def _show_claims() -> None:
    """Show the claims of the recipe, each with the button that tests it."""
    st.subheader("Test the recipe's claims", anchor="claims", divider=True)
    st.markdown(
        link_terms(
            "The recipe is a row of choices, each with a reason. Do the reasons hold? A button trains a small "
            "group of networks, each three times with another seed, and says what came of it."
        )
    )
    store = workspace.store()
    newest, pace = newest_runs(store), cache(partial(machine_pace, store))
    for each in CLAIMS.values():
        with st.container(border=True):
            claim.show(each, store, newest, pace)


page()
