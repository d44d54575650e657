"""The recipe's form: the config it starts from, its fields, and the values entered since."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.config import FIELD_SPECS, OPTIMIZERS, TrainConfig, optimizer_fields
from core.config.dataset_spec import DatasetSpec
from core.config.train_config import READER
from core.runs.index import run_summaries
from pages.widgets.shared import workspace
from pages.widgets.shared.text import disambiguate
from pages.widgets.train.state import EDITED_LAYERS, LINK_ERROR, RECIPE_START, Start

_NO_VALUES: Mapping[str, Any] = {}
_MAX_SOURCES = 50
_OFF: Mapping[str, Any] = {"other_hands": False, "trained_layers": "all"}
"""The values of fields that mean nothing with the values of others."""


def start() -> Start:
    """Return the config from which the form now starts."""
    return RECIPE_START.get()


def start_from(config: TrainConfig, values: Mapping[str, Any] = _NO_VALUES) -> None:
    """Fill the form in anew with this recipe: before its widgets are drawn, or in a callback.

    `values`, by field, stand in place of the recipe's; they may not go together, which the form then says.
    """
    number = start().number + 1
    RECIPE_START.set(Start(config, number, {name: value for name, value in values.items() if name != "layers"}))
    layers = enumerate(values.get("layers", ()))
    EDITED_LAYERS.set([(f"{number}-{place}", layer) for place, layer in layers] or None)
    LINK_ERROR.set("")


def dataset() -> DatasetSpec:
    """Return the chosen data set."""
    return values()["dataset"]


def classes() -> int:
    """Return how many classes the chosen data set has."""
    return dataset().num_classes


def key(name: str) -> str:
    """Return the key of a field's widget."""
    number = start().number
    return f"recipe-{name}-{number}" if number else f"recipe-{name}"


def values() -> dict[str, Any]:
    """Return the values of the form's fields, without the layers: a field that is not shown has its first value."""
    held = {name: st.session_state.get(key(name), start().first(name)) for name in FIELD_SPECS if name != "layers"}
    hidden = {name: start().first(name) for name in optimizer_fields() if not is_shown(name, held)}
    return held | hidden | {name: _OFF[name] for name in _OFF if not is_shown(name, held)}


def is_shown(name: str, held: Mapping[str, Any]) -> bool:
    """Return whether a field means anything with the values of the others: some belong to certain optimizers.

    Digits are drawn anew only for digits, and which layers are trained matters only where some have learned already.
    """
    if name == "other_hands":
        return held["dataset"].is_digits
    if name == "trained_layers":
        return bool(held["start_from"])
    return name not in optimizer_fields() or name in OPTIMIZERS[held["optimizer"]].fields


def field(name: str) -> None:
    """Show the widget for the field's type. Its value is kept when the page is left."""
    spec, first = FIELD_SPECS[name], start().first(name)
    common: dict[str, Any] = {"key": key(name), "help": spec.explanation, "persist_state": "session"}
    if name == "start_from":
        sources = _sources(first)
        chosen = list(sources)
        st.selectbox(spec.label, chosen, chosen.index(first), format_func=lambda each: sources[each], **common)
    elif spec.choices:
        names = spec.choice_name
        st.selectbox(spec.label, spec.choices, spec.choices.index(first), format_func=names, **common)
    elif spec.low is None or spec.high is None:
        st.toggle(spec.label, value=first, **common)
    elif isinstance(getattr(TrainConfig(), name), int):
        st.number_input(spec.label, int(spec.low), int(spec.high), step=1, value=first, **common)
    else:
        step = 0.05 if spec.low == 0 else 0.0005
        bounds = (float(spec.low), float(spec.high))
        st.number_input(spec.label, *bounds, step=step, format="%.5g", value=float(first), **common)


def _sources(first: str) -> dict[str, str]:
    """Return the networks that the recipe may start from, and what each is called; `first` is always among them."""
    runs = [run for run in run_summaries(workspace.store()) if run.has_model and run.state.is_final][:_MAX_SOURCES]
    names = {"": "Random weights", READER: "The shipped reader"} | {run.id: run.title for run in runs}
    return disambiguate({first: f"Run {first}"} | names)
