"""The presets, each a recipe that fills in the form anew."""

import streamlit as st

from core.config import PRESETS, TrainConfig
from core.config.presets import PRESET_CARDS, preset_for, preset_name
from pages.widgets.train import recipe_form
from pages.widgets.train.state import SHOWN_PRESET

_OWN = "your own"


def show(config: TrainConfig | None) -> None:
    """Show the presets, and `your own` where the recipe is none of them."""
    name = (preset_name(config) if config else "") or _OWN
    names, widget_key = [*PRESETS, _OWN] if name == _OWN else list(PRESETS), _preset_key(name)
    st.selectbox(
        "Recipe",
        names,
        names.index(name),
        key=widget_key,
        on_change=_start_from_preset,
        args=(widget_key,),
        format_func=_preset_title,
        help="A recipe fills in the form. Compare recipes, below, says what each is for.",
    )


def _preset_title(name: str) -> str:
    return PRESET_CARDS[name].title if name in PRESET_CARDS else "Your own"


def _preset_key(name: str) -> str:
    """Return a key of its own for each time that another recipe is shown.

    A browser sends what it shows with every entry. Where it does not know yet that the recipe has become another, what
    it sends must not count as a choice of the old one, which would reset the form.
    """
    number, last = SHOWN_PRESET.get() or (0, name)
    number += last != name
    SHOWN_PRESET.set((number, name))
    return f"preset-{number}"


def _start_from_preset(key: str) -> None:
    number, _ = SHOWN_PRESET.get() or (0, "")
    if key == f"preset-{number}" and st.session_state[key] in PRESETS:
        use_preset(st.session_state[key])


def use_preset(name: str) -> None:
    """Fill the form in anew with a preset; the data set stays."""
    recipe_form.start_from(preset_for(PRESETS[name], recipe_form.dataset()))
