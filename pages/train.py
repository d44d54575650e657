"""Choose a recipe, start it, and watch the network learn."""

from collections.abc import Sequence

import streamlit as st

from core.charts.recipes import schedule_curve
from core.config import FIELD_SPECS, ConfigError, TrainConfig, learning_rates, optimizer_fields
from core.config.glossary import link_terms
from core.datasets.augmentation_preview import preview_augmentation
from core.datasets.mnist import DatasetError
from core.jobs import scheduler
from core.networks import count_parameters
from core.runs.quota import QuotaError, file_run
from core.runs.store import RunStore
from core.storage.os_errors import describe_os_error
from core.training.time_estimate import estimate, seconds_to_99
from pages.widgets.components import chart
from pages.widgets.shared import report, workspace
from pages.widgets.shared.durations import describe_range
from pages.widgets.shared.shown_run import show_run
from pages.widgets.shared.text import escape_markdown
from pages.widgets.train import (
    all_runs,
    live_run,
    network_builder,
    probe_digits,
    recipe_cards,
    recipe_dataset,
    recipe_form,
    recipe_link,
    recipe_presets,
)
from pages.widgets.train.state import PREVIEW_DRAW, TRAINING_REQUESTED

_FIRST_FIELDS = ("epochs", "batch_size", "learning_rate")
_LEARNING_FIELDS = ("schedule", "loss", "label_smoothing")
_ENDING_FIELDS = ("target_accuracy", "time_limit_s", "patience")
_START_FIELDS = ("start_from", "trained_layers")
_MACHINE_FIELDS = ("mixed_precision", "seed")
_DATA_FIELDS = ("training_share", "label_noise", "validation_images", "augmentation", "other_hands")
_FOLD_FIELD = ("fold",)  # only where the form starts from a run of a cross-validation, which is not begun here
_CURVE_MOMENTS, _CURVE_PX = 200, 190


def page() -> None:
    """Show the page from top to bottom."""
    chart.load_plotly()
    store = workspace.store()
    _recipe(store)
    shown = live_run.choose_run(store)
    live_run.watch(store, shown)
    if not shown or live_run.reads_digits(shown):
        probe_digits.show(store.root)
    if shown:
        report.show(shown)
    all_runs.show(store)


@st.fragment
def _recipe(store: RunStore) -> None:
    """Show the form with its button, the number of weights, and how long training will take.

    A fragment: an entry here draws nothing else anew, and, unlike a drawing of the whole page, never drops a press of a
    button elsewhere that is about to be handled.
    """
    scheduler.expect_training()
    recipe_link.start_from_link()
    recipe_dataset.show()
    config, problem = _config()
    preset, *fields, button = st.columns([1.4, 1, 1, 1, 1], vertical_alignment="bottom")
    with preset:
        recipe_presets.show(config)
    for name, column in zip(_FIRST_FIELDS, fields, strict=True):
        with column:
            recipe_form.field(name)
    with button:
        _start(store, config)
    recipe_link.show_error()
    # One place for either: what follows, such as an open fold, is another one where the elements before it change.
    with st.container(horizontal=True, vertical_alignment="center"):
        if problem:
            st.error(escape_markdown(problem), icon=":material/error:")
        if config:
            st.markdown(link_terms(_expectation(store, config)), width="stretch")
        recipe_cards.show(store)
    with st.expander("Network, optimizer and data"):
        _more(config)


def _expectation(store: RunStore, config: TrainConfig) -> str:
    """Return the number of weights, how long training will take, and how long this recipe last took to 99 % here."""
    expected = estimate(store, config)
    words = f"{count_parameters(config):,} weights · {describe_range(expected.low_s, expected.high_s)} to train"
    reached_s = seconds_to_99(store, config)
    return f"{words} · 99 % in {reached_s:.1f} s the last time" if reached_s else words


def _config() -> tuple[TrainConfig | None, str]:
    """Return the recipe as the form has it, and what is wrong with it: one of the two is empty."""
    try:
        return TrainConfig(**recipe_form.values(), layers=network_builder.recipe_layers()), ""
    except ConfigError as error:
        return None, str(error)


def _more(config: TrainConfig | None) -> None:
    network, learning, data, link = st.tabs(["Network", "Optimizer", "Data", "Link"])
    with network:
        _fields(_START_FIELDS)
        network_builder.show(network_builder.current_layers())
    with learning:
        _fields(["optimizer", *(name for name in FIELD_SPECS if name in optimizer_fields()), *_LEARNING_FIELDS])
        if config:
            rates = learning_rates(config, _CURVE_MOMENTS)
            alt = f"Line chart of the learning rate over {config.epochs} epochs: {config.schedule}."
            chart.chart(schedule_curve(rates, config.epochs), "schedule", alt, _CURVE_PX)
        _fields((*_ENDING_FIELDS, *_MACHINE_FIELDS))
    with data:
        _fields(_DATA_FIELDS + _FOLD_FIELD[: bool(recipe_form.start().first("fold"))])
        if config:
            _preview(config)
    with link:
        st.markdown("This address contains the recipe. Whoever opens it finds the form filled in alike.")
        st.code(recipe_link.set_link(network_builder.drafted_layers()), language=None, wrap_lines=True)


def _fields(names: Sequence[str]) -> None:
    held = recipe_form.values()
    shown = [name for name in names if recipe_form.is_shown(name, held)]
    for first in range(0, len(shown), 3):
        for name, column in zip(shown[first : first + 3], st.columns(3, vertical_alignment="bottom"), strict=False):
            with column:
                recipe_form.field(name)


def _preview(config: TrainConfig) -> None:
    st.button("Show others", key="preview_again", icon=":material/refresh:", on_click=_draw_again)
    try:
        picture = preview_augmentation(config, workspace.store().root, PREVIEW_DRAW.get())
    except DatasetError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    st.image(picture, width=840, alt="Twenty training images as the network will see them")
    st.markdown(":small[Twenty training images as the network will see them]")


def _draw_again() -> None:
    PREVIEW_DRAW.set(PREVIEW_DRAW.get() + 1)


def _start(store: RunStore, config: TrainConfig | None) -> None:
    st.button(
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=config is None,
        on_click=_request_training,
    )
    if not TRAINING_REQUESTED.pop() or config is None:
        return
    try:
        run = file_run(store, config)
        scheduler.start_next(store)
    except (QuotaError, ConfigError) as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    except OSError as error:
        text = f"The run could not be filed in {store.root}: {describe_os_error(error)}"
        st.error(escape_markdown(text), icon=":material/error:")
        return
    show_run(run.id)
    st.rerun(scope="app")


def _request_training() -> None:
    """Keep that it was pressed: a drawing of the page that another one cuts short would forget the button."""
    TRAINING_REQUESTED.set(True)


page()
