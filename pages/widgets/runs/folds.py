"""The training images whose label is doubted: by five runs of the recipe that each keep a fold back."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from core.config.recipe_fields import FOLDS
from core.config.train_config import TrainConfig
from core.datasets.mnist import DatasetError
from core.evaluation.ablations import newest_runs
from core.evaluation.confident_learning import DoubtfulLabel
from core.evaluation.cross_validation import doubtful_training_labels, file_missing_folds, fold_configs, fold_runs
from core.runs.queue_view import read_queue
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.runs.view import RunView
from core.training.time_estimate import machine_pace, training_s
from pages.widgets.components import gallery
from pages.widgets.shared import active_run, messages, workspace
from pages.widgets.shared.doubtful_labels import MAX_SHOWN
from pages.widgets.shared.durations import describe_duration
from pages.widgets.shared.run_group import cancel_button, file_group, is_unfinished
from pages.widgets.shared.text import escape_markdown

_INTERVAL_S = 1.0


def show(view: RunView) -> None:
    """Show the doubtful training labels by this run's recipe, or the button that has them found."""
    store = workspace.store()
    runs = fold_runs(view.config, newest_runs(store))
    st.markdown(
        f"**Training images.** A network does not doubt what it has learned. So the recipe is trained {FOLDS} times, "
        "each time without a fifth of the images, and each image is judged by the run that did not see it."
    )
    busy = any(map(is_unfinished, runs))
    st.fragment(_show, run_every=_INTERVAL_S if busy else None)(store, view, busy)


def _show(store: RunStore, view: RunView, was_busy: bool) -> None:
    newest = newest_runs(store)
    runs = fold_runs(view.config, newest)
    filed = [run for run in runs if run]
    busy = any(map(is_unfinished, filed))
    if busy != was_busy:
        st.rerun(scope="app")
    ended = sum(not is_unfinished(run) for run in filed)
    if filed and ended < FOLDS:
        st.progress(ended / FOLDS, f"{ended} of {FOLDS} runs are over")
    with st.container(horizontal=True):
        if len(filed) < FOLDS:
            _file_button(store, view, newest)
        cancel_button("Cancel", f"cancel-folds-{view.id}", filed)
    if busy:
        active_run.show_where_paused(read_queue(store), "folds")
    messages.show()
    if len(filed) == FOLDS and not busy:
        _show_found(filed, view)


def _file_button(store: RunStore, view: RunView, newest: Mapping[TrainConfig, Run]) -> None:
    missing = [each for each in fold_configs(view.config) if each not in newest]
    count = "1 run" if len(missing) == 1 else f"{len(missing)} runs"
    label = f"Check the training labels · {count} · about {describe_duration(_seconds(store, missing))}"
    if st.button(label, icon=":material/fact_check:", key=f"folds-{view.id}") and file_group(
        store, lambda: file_missing_folds(view.config, store, newest, view.title)
    ):
        st.rerun(scope="app")


def _seconds(store: RunStore, configs: Sequence[TrainConfig]) -> float:
    pace = machine_pace(store, configs[0].network)
    return sum(training_s(config, pace) for config in configs)


def _show_found(runs: Sequence[Run], view: RunView) -> None:
    try:
        found = _doubtful(tuple((run.folder, run.file_stamp()) for run in runs), runs)
    except (RunError, DatasetError) as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    total = view.config.dataset.train_images
    st.markdown(
        f"**{len(found):,} of the {total:,} training labels are doubtful**, the most doubtful first"
        + (f"; {MAX_SHOWN} are shown." if len(found) > MAX_SHOWN else ".")
    )
    images = found[:MAX_SHOWN]
    label = "Training images whose label is doubtful"
    gallery.show_doubtful(images, f"folds-{view.id}", label, of_training=True, config=view.config)


@st.cache_resource(max_entries=8, show_spinner=False)
def _doubtful(stamps: tuple[tuple[Path, object], ...], _runs: Sequence[Run]) -> list[DoubtfulLabel]:
    return doubtful_training_labels(_runs)
