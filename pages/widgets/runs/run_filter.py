"""Finding runs in a long table: by words, state, network and star."""

from collections.abc import Sequence

import streamlit as st

from core.runs.index import RunSummary

_KEYS = ("sought", "sought_states", "sought_networks", "sought_starred")


def find(found: Sequence[RunSummary]) -> list[RunSummary]:
    """Show the search field and its filters, and return the runs that suit them. What is entered outlives the page."""
    kept = {"persist_state": "session"}
    words = st.text_input(
        "Find", placeholder="Find by name, network, recipe, remark", label_visibility="collapsed", key="sought",
        width=280, **kept,
    )
    with st.popover(_label(), icon=":material/filter_list:"):
        states = st.multiselect("State", sorted({each.state for each in found}), key="sought_states", **kept)
        networks = st.multiselect(
            "Network", sorted({each.network for each in found if each.network}), key="sought_networks", **kept
        )
        starred = st.toggle("Starred only", key="sought_starred", **kept)
    return [
        each
        for each in found
        if all(word in _text(each) for word in words.lower().split())
        and (not states or each.state in states)
        and (not networks or each.network in networks)
        and (each.starred or not starred)
    ]


def _label():
    active = sum(bool(st.session_state.get(key)) for key in _KEYS[1:])
    return f"Filter ({active})" if active else "Filter"


def _text(summary):
    return " ".join((summary.title, summary.network, summary.recipe, summary.remark, summary.id)).lower()
