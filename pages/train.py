"""Choose a recipe, start it, and watch the network learn."""

import streamlit as st

from core import launcher
from core.config import PRESETS, SETTINGS, ConfigError, TrainConfig
from core.estimates import machine_pace, training_s
from core.networks import count_parameters
from core.runs import RunStore
from pages.widgets import chart, house, live, report

_FIRST_FIELDS = ("epochs", "batch_size", "learning_rate")
_OWN = "your own"
_STARTED_S = 3.0


def page():
    """The page from top to bottom."""
    chart.load_plotly()
    store = RunStore()
    _recipe(store)
    shown = live.choose_run(store)
    live.watch(store, shown)
    if shown:
        report.show(shown)
    live.list_runs(store)


def _recipe(store):
    """Show the form with its button, what the network will have, and how long it will take."""
    st.session_state.preset = _preset_of(_values())
    preset, *fields, button = st.columns([1.4, 1, 1, 1, 1], vertical_alignment="bottom")
    preset.selectbox(
        "Recipe", _preset_names(), key="preset", on_change=_take_preset,
        help="A recipe fills in the fields. recipe: the one the project grew from. recipe-60k: the same on all 60,000 "
        "images. convnet: four convolutions, 99.6 % in two minutes. reader: the one that made the shipped network.",
    )  # fmt: skip
    for name, column in zip(_FIRST_FIELDS, fields, strict=True):
        with column:
            _field(name)
    with st.expander("More settings"):
        rest = [name for name in SETTINGS if name not in (*_FIRST_FIELDS, "layers")]
        for start in range(0, len(rest), 4):
            for name, column in zip(rest[start : start + 4], st.columns(4, vertical_alignment="bottom"), strict=False):
                with column:
                    _field(name)
    config = _config()
    with button:
        _start(store, config)
    if config:
        seconds = _STARTED_S + training_s(config, machine_pace(store, config.network))
        st.markdown(f"{count_parameters(config):,} weights · about {live.in_words(seconds)} to train")


def _config():
    try:
        return TrainConfig(**_values())
    except ConfigError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _start(store, config):
    if not st.button("Train", type="primary", icon=":material/play_arrow:", width="stretch", disabled=config is None):
        return
    try:
        run = store.create(config)
        launcher.tend(store)
        st.session_state.looks_back = None
        live.show_run(run.id)
    except OSError as error:
        st.error(f"The run could not be filed in {store.root}: {error.strerror}.", icon=":material/error:")


def _key(name):
    return f"recipe-{name}"


def _values():
    return {name: st.session_state.get(_key(name), getattr(PRESETS["recipe"], name)) for name in SETTINGS}


def _preset_names():
    return [*PRESETS, _OWN] if st.session_state.preset == _OWN else list(PRESETS)


def _preset_of(values):
    same = (name for name, config in PRESETS.items() if all(getattr(config, each) == values[each] for each in values))
    return next(same, _OWN)


def _take_preset():
    if st.session_state.preset in PRESETS:
        for name in SETTINGS:
            st.session_state[_key(name)] = getattr(PRESETS[st.session_state.preset], name)


def _field(name):
    """The widget that suits the field's kind. What it holds outlives a change of page.

    Its first value is given to the widget and not to the session: what the session is told while a first run is still
    going on would win over what a quick person has entered meanwhile.
    """
    setting, recipe = SETTINGS[name], getattr(PRESETS["recipe"], name)
    common = {"key": _key(name), "help": setting.why, "persist_state": "session"}
    first = {} if _key(name) in st.session_state else {"value": recipe}
    if setting.choices:
        index = {"index": setting.choices.index(recipe)} if first else {}
        st.selectbox(setting.label, setting.choices, **index, **common)
    elif isinstance(recipe, bool):
        st.toggle(setting.label, **first, **common)
    elif isinstance(recipe, int):
        st.number_input(setting.label, int(setting.low), int(setting.high), step=1, **first, **common)
    else:
        step, form = (0.05, "%.2f") if setting.low == 0 else (0.0005, "%.5g")
        st.number_input(setting.label, setting.low, setting.high, step=step, format=form, **first, **common)


house.enter_by_the_door()
page()
