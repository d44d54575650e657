"""The recipes as cards, to compare them and to start from one."""

import streamlit as st

from core.config.glossary import link_terms
from core.runs.store import RunStore
from core.training.recipe_cards import RecipeCard, recipe_cards
from pages.widgets.shared.durations import describe_range
from pages.widgets.shared.press import once
from pages.widgets.train.recipe_form import dataset
from pages.widgets.train.recipe_presets import use_preset

_COLUMNS = 3


def show(store: RunStore) -> None:
    """Show a button that opens the cards, which are made only then."""
    with st.popover("Compare recipes", icon=":material/view_module:", key="recipe-cards", on_change="rerun") as opened:
        if not opened.open:
            return
        cards = recipe_cards(store, dataset())
        for first in range(0, len(cards), _COLUMNS):
            for card, column in zip(cards[first : first + _COLUMNS], st.columns(_COLUMNS), strict=False):
                with column, st.container(border=True, height="stretch", gap="xsmall"):
                    _card(card)


def _card(card: RecipeCard) -> None:
    st.markdown(f"**{card.title}**")
    st.markdown(f":small[{card.why[0].upper()}{card.why[1:]}.]")
    figures = [f"{card.parameters:,} weights", describe_range(card.time.low_s, card.time.high_s), _accuracy(card)]
    st.markdown(link_terms("  \n".join(f":small[{each}]" for each in figures)))
    st.button("Use it", key=f"use-{card.name}", on_click=once(use_preset, card.name))


def _accuracy(card: RecipeCard) -> str:
    if not card.accuracy:
        return "not trained here yet"
    return f"{card.accuracy} read right{'' if card.is_own else ', measured elsewhere'}"
