"""The recipe's form: the config it starts from, the values entered since, and its link."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.config import FIELD_SPECS, OPTIMIZERS, PRESETS, ConfigError, LayerSpec, TrainConfig, optimizer_fields
from core.config.dataset_spec import DatasetSpec, ImageForm
from core.config.describe import format_value
from core.config.presets import PRESET_CARDS, preset_for, preset_name
from core.config.recipe_url import draft_from_query, draft_to_query
from core.config.train_config import READER
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from core.runs.index import run_summaries
from pages.widgets.shared import workspace
from pages.widgets.shared.text import disambiguate, escape_markdown
from pages.widgets.train.state import EDITED_LAYERS, KNOWN_LINKS, LINK_ERROR, RECIPE_START, SHOWN_PRESET, Start

OWN = "your own"
_NO_VALUES: Mapping[str, Any] = {}
_MAX_SOURCES = 50
_SMALL_SET, _FEW_IMAGES = "small-set", 2000
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


def datasets() -> None:
    """Show the data sets that can be learned, where there are others than MNIST.

    The chosen one is offered also where it was changed or deleted since, for another one would take its place unasked.
    """
    first: DatasetSpec = start().first("dataset")
    known = DatasetStore(workspace.store().root).specs()
    offered = list(dict.fromkeys([*known, first, dataset()]))
    if len(offered) == 1:
        return
    names = disambiguate({each.reference: _dataset_title(each) for each in offered})
    spec = FIELD_SPECS["dataset"]
    st.selectbox(
        spec.label,
        offered,
        offered.index(first),
        format_func=lambda each: names[each.reference],
        key=key("dataset"),
        help=spec.explanation,
        persist_state="session",
    )
    _say_outdated(known)
    _offer_small_set()


def _say_outdated(known: Sequence[DatasetSpec]) -> None:
    """Say where the chosen data set is not the newest version of it, or not here at all."""
    chosen = dataset()
    if chosen in known:
        return
    newest, name = next((each for each in known if each.id == chosen.id), None), escape_markdown(chosen.name)
    if newest is None:
        st.warning(
            f"The data set {name} is not here any more, so nothing can be trained on it. Choose another one.",
            icon=":material/warning:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        now = "" if newest.name == chosen.name else f", which is called {escape_markdown(newest.name)}"
        st.markdown(
            f"{name} was changed: there is a version {newest.version} of it{now}. This recipe trains on version "
            f"{chosen.version}.",
            width="content",
        )
        label = f"Use version {newest.version}"
        st.button(label, on_click=_use_dataset, args=[newest], key="use-newest-version")


def _use_dataset(newest: DatasetSpec) -> None:
    layers = EDITED_LAYERS.get()
    start_from(start().config, values() | {"dataset": newest})
    EDITED_LAYERS.set(layers)


def _offer_small_set() -> None:
    """Show the recipe for few images where another one is chosen, which would learn little from them."""
    held = values()
    spec: DatasetSpec = held["dataset"]
    if spec.train_images > _FEW_IMAGES or spec.form is not ImageForm.MNIST or held["start_from"]:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{spec.train_images:,} images are few: the recipe {PRESET_CARDS[_SMALL_SET].title} starts from the "
            "shipped reader, which has learned to see strokes.",
            width="content",
        )
        st.button(f"Use {PRESET_CARDS[_SMALL_SET].title}", on_click=use_preset, args=[_SMALL_SET], key="use-small-set")


def expect_link(query: Mapping[str, str]) -> None:
    """Have the form start from this link when the page is opened with it, also where it had been opened before."""
    KNOWN_LINKS.set(KNOWN_LINKS.get() - {urlencode(query)})


def _dataset_title(dataset: DatasetSpec) -> str:
    return f"{format_value(dataset)} · {dataset.num_classes} classes, {dataset.train_images:,} images"


def presets(config: TrainConfig | None) -> None:
    """Show the presets, and `your own` where the recipe is none of them."""
    name = (preset_name(config) if config else "") or OWN
    names, widget_key = [*PRESETS, OWN] if name == OWN else list(PRESETS), _preset_key(name)
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
    start_from(preset_for(PRESETS[name], dataset()))


def start_from_link() -> None:
    """Start from the recipe in the page's address; a link that cannot be used leaves an error to be shown.

    A browser sends the address as it knows it with every entry, so an address that this page has set before is no link.
    """
    query = st.query_params.to_dict()
    if not query or urlencode(query) in KNOWN_LINKS.get():
        return
    KNOWN_LINKS.set(KNOWN_LINKS.get() | {urlencode(query)})
    try:
        config, changed = draft_from_query(query, DatasetStore(workspace.store().root).spec)
        try:
            start_from(config.changed(changed))
        except ConfigError:  # its values do not go together: the form says why
            start_from(config, changed)
    except (ConfigError, DatasetError) as error:
        start_from(PRESETS["recipe"])
        reason = str(error)
        LINK_ERROR.set(reason if len(reason) < 300 else f"{reason[:300]}…")


def show_link_error() -> None:
    """Show what is wrong with the link by which the page was opened, until a recipe is chosen."""
    if reason := LINK_ERROR.get():
        st.warning(
            f"The link's recipe cannot be used. {escape_markdown(reason)} The form holds the seed recipe.",
            icon=":material/link_off:",
        )


def set_link(layers: Sequence[LayerSpec]) -> str:
    """Put the recipe as the form has it, with these layers, into the page's address; return the address.

    A recipe that cannot be trained is there, too: what was built is still there when the page is loaded again.
    """
    query = draft_to_query(values() | {"layers": tuple(layers)})
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    KNOWN_LINKS.set(KNOWN_LINKS.get() | {urlencode(query)})
    address = (st.context.url or "").split("?")[0]
    return f"{address}?{urlencode(query)}" if query else address
