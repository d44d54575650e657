"""Finding runs in a long table: by text, state, network and star."""

from collections.abc import Sequence

import streamlit as st

from core.config.describe import network_name
from core.runs.index import RunSummary
from pages.widgets.runs.state import FILTER_NETWORKS, FILTER_STARRED, FILTER_STATES, FILTER_TEXT


def find(found: Sequence[RunSummary]) -> list[RunSummary]:
    """Show the search field and its filters, and return the runs that match them all.

    What is entered is kept when the person goes to another page.
    """
    text = st.text_input(
        "Find",
        placeholder="Find by name, network, recipe, remark",
        label_visibility="collapsed",
        key=FILTER_TEXT.name,
        width=280,
        persist_state="session",
    )
    with st.popover(_label(), icon=":material/filter_list:"):
        states = st.multiselect(
            "State", sorted({each.state for each in found}), key=FILTER_STATES.name, persist_state="session"
        )
        networks = st.multiselect(
            "Network",
            sorted({each.network for each in found if each.network}, key=network_name),
            format_func=network_name,
            key=FILTER_NETWORKS.name,
            persist_state="session",
        )
        starred = st.toggle("Starred only", key=FILTER_STARRED.name, persist_state="session")
    return [
        each
        for each in found
        if all(word in _searched_text(each) for word in text.lower().split())
        and (not states or each.state in states)
        and (not networks or each.network in networks)
        and (each.starred or not starred)
    ]


def _label() -> str:
    active = sum(map(bool, (FILTER_STATES.get(), FILTER_NETWORKS.get(), FILTER_STARRED.get())))
    return f"Filter ({active})" if active else "Filter"


def _searched_text(summary: RunSummary) -> str:
    return " ".join(
        (summary.title, summary.network, network_name(summary.network), summary.recipe, summary.remark, summary.id)
    ).lower()
