"""The form of a new sweep: which recipe, which fields over which ranges, what it looks for, when it ends."""

from typing import Any

import streamlit as st

from core.cluster import ClusterError, check_cluster, cluster_address
from core.config import PRESETS, ConfigError, TrainConfig
from core.config.cluster_address import VARIABLE
from core.config.presets import PRESET_CARDS
from core.runs.store import RunStore
from core.storage.os_errors import error_text
from core.sweeps.start import check_may_start, start_owner
from core.sweeps.sweep import SweepError, SweepStore
from core.sweeps.sweep_config import MAX_MINUTES, MAX_SEEDS, MAX_TRIALS, Objective, Pruning, SamplerName, SweepConfig
from core.sweeps.view import describe_plan
from pages.widgets.shared import visitor
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown
from pages.widgets.sweep import field_ranges
from pages.widgets.sweep.state import FIELDS, OPENED, PROBLEM, widget_key
from pages.widgets.train import network_builder, recipe_form

_OWN = "train-page"
_OBJECTIVES = {
    Objective.ACCURACY: "Validation accuracy",
    Objective.LOSS: "Validation loss",
    Objective.ACCURACY_IN_TIME: "Validation accuracy in a given time",
}
_SAMPLERS = {
    SamplerName.TPE: "Learn from the trials before (TPE)",
    SamplerName.RANDOM: "Random",
    SamplerName.GRID: "Grid",
}
_PRUNING = {
    Pruning.HALVING: "Keep the best half, again and again",
    Pruning.MEDIAN: "Stop what is below the median",
    Pruning.NONE: "Train every trial to its end",
}
_HELP = {
    "objective": "Trials are compared on the validation images; the test images stay unseen until the end.",
    "sampler": "TPE proposes what resembles the best trials so far. A grid tries every combination once, and needs "
    "lists of values or ranges with a step.",
    "pruning": "A poor trial is stopped after an epoch by the run's own stop, and can be resumed like any run.",
    "seeds": "Each trial is trained so many times, and its value is the mean. More seeds, less chance, more time.",
    "cluster": "The address of a Dask scheduler, whose workers then train the runs, several at a time. Empty: the "
    f"address in {VARIABLE}, else this machine. It can be set only at the machine that serves this app.",
    "minutes": "The sweep starts no further trial after so many minutes of training. 0 sets no limit.",
}


def show(store: RunStore) -> None:
    """Show the form and the button that starts the sweep."""
    first = st.columns([1.4, 1.4, 1.4, 0.8, 0.8], vertical_alignment="bottom")
    with first[0]:
        _choice("base", "Recipe", [*PRESETS, _OWN], _recipe_title, "The recipe around which others are tried.")
    with first[1]:
        _choice("objective", "Look for", list(_OBJECTIVES), _OBJECTIVES.__getitem__, _HELP["objective"])
    with first[2]:
        _choice("sampler", "Propose", list(_SAMPLERS), _SAMPLERS.__getitem__, _HELP["sampler"])
    with first[3]:
        _number("trials", "Trials", 1, MAX_TRIALS, 30, "How many recipes are tried.")
    with first[4]:
        start = st.container()
    field_ranges.choose()
    config, problem = _config(store)
    with start:
        pressed = once(_start, store, config) if config else None
        st.button(
            "Start",
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=config is None,
            on_click=pressed,
            key="start-sweep",
        )
    if problem:
        st.error(escape_markdown(problem), icon=":material/error:")
    elif config:
        st.markdown(describe_plan(store, config))
    field_ranges.show(FIELDS.get(), SamplerName(_value("sampler", SamplerName.TPE)))
    with st.expander("Stopping early, seeds, time and cluster"):
        _more()


def _more() -> None:
    columns = st.columns(3, vertical_alignment="bottom")
    with columns[0]:
        _choice("pruning", "Poor trials", list(_PRUNING), _PRUNING.__getitem__, _HELP["pruning"])
        _number("seed", "Seed of the proposals", 0, 2**31 - 1, 0, "The same seed proposes the same recipes.")
    with columns[1]:
        _number("seeds", "Seeds a trial", 1, MAX_SEEDS, 1, _HELP["seeds"])
        _number("minutes", "Minutes at most", 0, int(MAX_MINUTES), 0, _HELP["minutes"])
    with columns[2]:
        _number("time_limit_s", "Seconds a trial", 1, 86400, 10, "Counts where the accuracy in a given time is sought.")
        st.text_input("Name", key=widget_key("name"), max_chars=80, persist_state="session")
    _cluster_field()


def _cluster_field() -> None:
    """Show the address of the cluster; only who is at this machine may have it connect anywhere."""
    st.text_input(
        "Cluster",
        key=widget_key("cluster"),
        max_chars=200,
        placeholder=_cluster_of_environment() or "tcp://host:8786",
        help=_HELP["cluster"],
        disabled=not visitor.is_at_this_machine(),
        persist_state="session",
    )


def _cluster_of_environment() -> str:
    try:
        return cluster_address() or ""
    except ConfigError:  # `_config` says what is wrong with it
        return ""


def _cluster() -> str:
    """Return the address of the cluster, '' for this machine; raises `ConfigError`."""
    typed = _value("cluster", "").strip() if visitor.is_at_this_machine() else ""
    return cluster_address(typed or None) or ""


def _recipe_title(name: str) -> str:
    return PRESET_CARDS[name].title if name in PRESET_CARDS else "The form of the Train page"


def _choice(name: str, label: str, options: list[Any], title: Any, help_text: str) -> None:
    st.selectbox(label, options, key=widget_key(name), format_func=title, help=help_text, persist_state="session")


def _number(name: str, label: str, low: int, high: int, first: int, help_text: str) -> None:
    st.number_input(
        label, low, high, value=first, step=1, key=widget_key(name), help=help_text, persist_state="session"
    )


def _value(name: str, default: Any) -> Any:
    return st.session_state.get(widget_key(name), default)


def _base() -> TrainConfig:
    """Return the recipe that was chosen; raises `ConfigError`."""
    name = _value("base", "recipe")
    if name in PRESETS:
        return PRESETS[name]
    return TrainConfig(**recipe_form.values(), layers=network_builder.recipe_layers())


def _config(store: RunStore) -> tuple[SweepConfig | None, str]:
    """Return the sweep as the form has it, and what is wrong with it: one of the two is empty."""
    objective = Objective(_value("objective", Objective.ACCURACY))
    try:
        config = SweepConfig(
            base=_base(),
            fields=tuple(field_ranges.read(name) for name in FIELDS.get()),
            objective=objective,
            time_limit_s=_value("time_limit_s", 10) if objective is Objective.ACCURACY_IN_TIME else 0,
            sampler=_value("sampler", SamplerName.TPE),
            trials=_value("trials", 30),
            minutes=float(_value("minutes", 0)) or None,
            seeds=_value("seeds", 1),
            pruning=_value("pruning", Pruning.HALVING),
            seed=_value("seed", 0),
            name=_value("name", "").strip(),
            cluster=_cluster(),
        )
    except ConfigError as error:
        return None, str(error)
    return config, ""


def _start(store: RunStore, config: SweepConfig) -> None:
    try:
        check_may_start(store)
        check_cluster(config.cluster or None)
        sweep = SweepStore(store).create(config)
        OPENED.set(sweep.id)
        start_owner(sweep)
    except (SweepError, ClusterError, OSError) as error:
        PROBLEM.set(error_text(error))
