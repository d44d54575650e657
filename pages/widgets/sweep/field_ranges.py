"""The values over which each field of a new sweep is varied: a range of numbers, or a list of values."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.config import FIELD_SPECS
from core.config.field_spec import ConfigError
from core.config.named_stacks import NAMED_STACKS
from core.sweeps.suggestions import suggested, varied_fields
from core.sweeps.sweep_config import SamplerName
from core.sweeps.swept_field import SweptField
from pages.widgets.sweep.axes import label_title
from pages.widgets.sweep.state import FIELDS, widget_key

_COLUMNS = 2
_FIELD_PX = 160  # on a phone the two ends of a range stand beside each other


def choose() -> None:
    """Show the list of fields that can be varied."""
    if FIELDS.name not in st.session_state:
        FIELDS.set(FIELDS.default)
    st.multiselect(
        "Vary",
        varied_fields(),
        format_func=lambda name: FIELD_SPECS[name].label,
        key=FIELDS.name,
        persist_state="session",
        help="Each trial has other values of these fields; all else is as in the recipe.",
    )


def show(names: Sequence[str], sampler: SamplerName) -> None:
    """Show the ranges of these fields, two a row; a grid needs a step beside them."""
    for first in range(0, len(names), _COLUMNS):
        columns = st.columns(_COLUMNS)
        for name, column in zip(names[first : first + _COLUMNS], columns, strict=False):
            with column:
                _options(name) if suggested(name).options else _range(name, sampler)


def _options(name: str) -> None:
    spec, start = FIELD_SPECS[name], suggested(name)
    every = list(NAMED_STACKS) if name == "layers" else list(start.options)
    st.multiselect(
        spec.label,
        every,
        default=list(start.options),
        format_func=lambda each: label_title(name, each),
        key=widget_key(name, "options"),
        help=spec.explanation,
        persist_state="session",
    )


def _range(name: str, sampler: SamplerName) -> None:
    spec, start = FIELD_SPECS[name], suggested(name)
    is_grid = sampler is SamplerName.GRID
    kind = int if start.is_whole else float
    bounds: dict[str, Any] = {"min_value": kind(spec.low or 0), "max_value": kind(spec.high or 0)}
    common: dict[str, Any] = {"step": 1} if kind is int else {"step": (start.high or 0.0) / 20, "format": "%.5g"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for part, label, value in (("low", f"{spec.label}, from", start.low), ("high", "to", start.high)):
            st.number_input(
                label,
                value=kind(value or 0),
                key=widget_key(name, part),
                help=spec.explanation if part == "low" else None,
                persist_state="session",
                width=_FIELD_PX,
                **bounds,
                **common,
            )
        if is_grid:
            step = kind(_step(start))
            key = widget_key(name, "step")
            st.number_input("Step", value=step, key=key, persist_state="session", width=_FIELD_PX, **common)
        else:
            help_text = "Numbers are drawn evenly by their order of magnitude: as many from 0.001 to 0.01 as to 0.1."
            first, key = start.log, widget_key(name, "log")
            st.toggle("By magnitude", value=first, key=key, help=help_text, persist_state="session")


def _step(start: SweptField) -> float:
    """Return a step that makes three values of a suggested range."""
    width = (start.high or 0.0) - (start.low or 0.0)
    return max(1, round(width / 2)) if start.is_whole else round(width / 2, 6)


def read(name: str) -> SweptField:
    """Return what the form says of a field; raises `ConfigError`."""
    start = suggested(name)
    if start.options:
        options = tuple(st.session_state.get(widget_key(name, "options"), start.options))
        if not options:
            raise ConfigError(f"{FIELD_SPECS[name].label} has no value to try. Choose two or more.")
        return SweptField(name, options=options)
    is_grid = st.session_state.get(widget_key("sampler")) == SamplerName.GRID
    low, high = (st.session_state.get(widget_key(name, part), getattr(start, part)) for part in ("low", "high"))
    if is_grid:
        return SweptField(name, low, high, step=st.session_state.get(widget_key(name, "step"), _step(start)))
    return SweptField(name, low, high, st.session_state.get(widget_key(name, "log"), start.log))
