"""The recipe's data set: the choice where there are others than MNIST, and what is said of the chosen one."""

from collections.abc import Sequence

import streamlit as st

from core.config import FIELD_SPECS
from core.config.dataset_spec import DatasetSpec, ImageForm
from core.config.describe import format_value
from core.config.presets import PRESET_CARDS
from core.datasets.store import DatasetStore
from pages.widgets.shared import workspace
from pages.widgets.shared.text import disambiguate, escape_markdown
from pages.widgets.train import recipe_form
from pages.widgets.train.recipe_presets import use_preset
from pages.widgets.train.state import EDITED_LAYERS

_SMALL_SET, _FEW_IMAGES = "small-set", 2000


def show() -> None:
    """Show the data sets that can be learned, where there are others than MNIST.

    The chosen one is offered also where it was changed or deleted since, for another one would take its place unasked.
    """
    first: DatasetSpec = recipe_form.start().first("dataset")
    known = DatasetStore(workspace.store().root).specs()
    offered = list(dict.fromkeys([*known, first, recipe_form.dataset()]))
    if len(offered) == 1:
        return
    names = disambiguate({each.reference: _dataset_title(each) for each in offered})
    spec = FIELD_SPECS["dataset"]
    st.selectbox(
        spec.label,
        offered,
        offered.index(first),
        format_func=lambda each: names[each.reference],
        key=recipe_form.key("dataset"),
        help=spec.explanation,
        persist_state="session",
    )
    _say_outdated(known)
    _offer_small_set()


def _say_outdated(known: Sequence[DatasetSpec]) -> None:
    """Say where the chosen data set is not the newest version of it, or not here at all."""
    chosen = recipe_form.dataset()
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
    recipe_form.start_from(recipe_form.start().config, recipe_form.values() | {"dataset": newest})
    EDITED_LAYERS.set(layers)


def _offer_small_set() -> None:
    """Show the recipe for few images where another one is chosen, which would learn little from them."""
    held = recipe_form.values()
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


def _dataset_title(dataset: DatasetSpec) -> str:
    return f"{format_value(dataset)} · {dataset.num_classes} classes, {dataset.train_images:,} images"
