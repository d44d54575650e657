"""The recipe's form: where it starts from, what was entered since, and its link."""

from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from core.config import FIELD_SPECS, PRESETS, ConfigError, TrainConfig
from core.config.recipe_url import from_query, to_query
from pages.widgets.shared.words import escape_markdown

OWN = "your own"
_ONLY_WITH = {
    "momentum": ("sgd",),
    "nesterov": ("sgd",),
    "beta_1": ("adam", "adamw"),
    "beta_2": ("adam", "adamw"),
    "rho": ("rmsprop",),
    "weight_decay": ("adamw",),
}
"""The optimizers that have a setting which not all have."""


@dataclass(frozen=True)
class Start:
    """Where the form starts: a config, and a number of its own that its widgets' keys carry.

    A widget's first value never changes, and no widget's value is ever set from here: what a quick person has entered
    while a page is still being drawn is then kept. To fill the form in anew, new widgets take the old ones' place.
    """

    config: TrainConfig
    number: int


def start() -> Start:
    """Return where the form starts now."""
    return st.session_state.setdefault("recipe_start", Start(PRESETS["recipe"], 0))


def start_from(config: TrainConfig) -> None:
    """Fill the form in anew with this recipe: before its widgets are drawn, or in a callback."""
    st.session_state.recipe_start = Start(config, start().number + 1)
    st.session_state.stack = None
    st.session_state.link_error = ""


def key(name: str) -> str:
    """Return the key of a field's widget."""
    number = start().number
    return f"recipe-{name}-{number}" if number else f"recipe-{name}"


def values() -> dict:
    """Return what the form holds, without the layers: a field that is not shown has its first value."""
    config = start().config
    held = {name: st.session_state.get(key(name), getattr(config, name)) for name in FIELD_SPECS if name != "layers"}
    return held | {name: getattr(config, name) for name in _ONLY_WITH if not is_shown(name, held)}


def is_shown(name: str, held: dict) -> bool:
    """Return whether a field means anything beside the others."""
    return name not in _ONLY_WITH or held["optimizer"] in _ONLY_WITH[name]


def field(name: str) -> None:
    """Show the widget that suits the field's kind. What it holds outlives a change of page."""
    setting, first = FIELD_SPECS[name], getattr(start().config, name)
    common = {"key": key(name), "help": setting.why, "persist_state": "session"}
    if setting.choices:
        st.selectbox(setting.label, setting.choices, index=setting.choices.index(first), **common)
    elif isinstance(first, bool):
        st.toggle(setting.label, value=first, **common)
    elif isinstance(getattr(TrainConfig(), name), int):
        st.number_input(setting.label, int(setting.low), int(setting.high), step=1, value=first, **common)
    else:
        step, form = (0.05, "%.5g") if setting.low == 0 else (0.0005, "%.5g")
        bounds = (float(setting.low), float(setting.high))
        st.number_input(setting.label, *bounds, step=step, format=form, value=float(first), **common)


def presets(config: TrainConfig | None) -> None:
    """Show the presets, of which `your own` is what is none of them."""
    name = next((name for name, preset in PRESETS.items() if preset == config), OWN)
    names, turned = [*PRESETS, OWN] if name == OWN else list(PRESETS), _preset_key(name)
    st.selectbox(
        "Recipe",
        names,
        names.index(name),
        key=turned,
        on_change=_take_preset,
        args=(turned,),
        help="A recipe fills in the form. recipe: the one the project grew from. recipe-60k: the same on all 60,000 "
        "images. convnet: four convolutions, with augmentation. reader: the one that made the shipped network. "
        "minute: 99 % on the test images as soon as can be. linear: ten weighted sums, nothing between. lenet-5: the "
        "network of 1998, but for its output of drawn digits and its pooling's own weights. residual: a small one "
        "with shortcuts. overfitting: bad on purpose; far too large for the few images it sees.",
    )


def _preset_key(name):
    """A key of its own for each recipe that is shown in turn.

    A browser sends what it shows with every entry. Where it does not know yet that the recipe has become another, what
    it sends must not count as a choice of the old one, which would reset the form.
    """
    turn, last = st.session_state.get("preset_turn", (0, name))
    turn += last != name
    st.session_state.preset_turn = turn, name
    return f"preset-{turn}"


def _take_preset(key):
    turn, _ = st.session_state.preset_turn
    if key == f"preset-{turn}" and st.session_state[key] in PRESETS:
        start_from(PRESETS[st.session_state[key]])


def take_link() -> None:
    """Start from the recipe that the page's address carries; a link that cannot be used leaves a sentence.

    A browser sends the address as it knows it with every entry, so one that this page gave it a while ago is no link.
    """
    query = st.query_params.to_dict()
    if not query or urlencode(query) in _known_links():
        return
    _known_links().add(urlencode(query))
    try:
        start_from(from_query(query))
    except ConfigError as error:
        start_from(PRESETS["recipe"])
        words = str(error)
        st.session_state.link_error = words if len(words) < 300 else f"{words[:300]}…"


def show_link_error() -> None:
    """Say what is wrong with the link by which the page was opened, until a recipe is chosen."""
    if words := st.session_state.get("link_error"):
        st.warning(
            f"The link's recipe cannot be used. {escape_markdown(words)} The form holds the plain recipe.",
            icon=":material/link_off:",
        )


def keep_link(config: TrainConfig) -> str:
    """Let the page's address carry this recipe; return the address."""
    query = to_query(config)
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    _known_links().add(urlencode(query))
    address = (st.context.url or "").split("?")[0]
    return f"{address}?{urlencode(query)}" if query else address


def _known_links():
    """The queries that the address has carried in this session."""
    return st.session_state.setdefault("links", set())
