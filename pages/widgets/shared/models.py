"""The models there are to read with: the one that comes with the app and every run that has one."""

import hashlib
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NewType

import streamlit as st

from core.config.dataset_spec import DatasetSpec
from core.config.percent import percent
from core.config.train_config import TrainConfig
from core.networks import builder
from core.recognition import RELEASED_MODEL, ModelCard, ModelError, PictureReader, Recognizer
from core.recognition.shipped_reader import load_shipped, reader_of_drawn_digits
from core.runs.default_model import default_model
from core.runs.index import run_summaries
from core.runs.run import Run
from core.runs.schema import RunError
from core.storage.os_errors import error_text
from pages.widgets.shared import workspace
from pages.widgets.shared.session import SessionKey
from pages.widgets.shared.text import disambiguate, escape_markdown

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

RELEASED_ID = "shipped"
_REFUSED = "refused_models"
MAX_BESIDE = 3
"""How many models read beside the first one."""

ModelVersion = NewType("ModelVersion", str)
"""A name of a model's file as it is now, by which what is computed of it is kept for all sessions.

It is made of the file's place too: runs of two people may have one id.
"""

OTHERS = SessionKey[list[str]]("models_beside", [])
"""The ids of the models that read beside the first one; the key of their widget."""


@st.cache_resource(max_entries=8, show_spinner="Loading the network …")
def _load(path: Path, changed_ns: int) -> Recognizer:
    """Return a model that all sessions share; `changed_ns` is the file's time, so a new file is a new entry."""
    return load_shipped() if path == RELEASED_MODEL else Recognizer.load(path)


def choose_model(
    place: "DeltaGenerator",
    also: Collection[str] = (),
    only_digits: bool = False,
    can_compare: Callable[[str], bool] | None = None,
) -> str:
    """Show the model picker in `place` and return the chosen model's id.

    also: ids of runs of tests and lessons that are offered, which are left out otherwise.
    only_digits: whether models that learned another data set than digits are left out.
    can_compare: whether other models can be chosen beside a model, by its id; None where beside none.
    A model that is not there or could not be loaded is named in a sentence, and the released one is chosen.
    """
    asked = st.query_params.get("model") or st.session_state.get("chosen_model") or default_id()
    names = _model_names(asked, *also, only_digits=only_digits)
    refused = st.session_state.setdefault(_REFUSED, {})
    wanted = asked
    if wanted in refused or wanted not in names:
        is_other = only_digits and not dataset_of(wanted).is_digits
        why = "The chosen model does not read digits." if is_other else f"There is no model {wanted!r} here."
        reason = refused.get(wanted, why)
        st.warning(f"{escape_markdown(reason)} The shipped model reads in its place.", icon=":material/warning:")
        wanted = RELEASED_ID
        st.query_params.pop("model", None)
    st.session_state.model = st.session_state.chosen_model = wanted
    with place, st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.markdown(":small[Model]", width="content")
        chosen = st.selectbox(
            "Model",
            list(names),
            format_func=lambda model_id: names[model_id],
            key="model",
            on_change=_chosen_by_hand,
            label_visibility="collapsed",
        )
        if can_compare and can_compare(chosen):
            _choose_others({each: name for each, name in names.items() if each != chosen})
    return chosen


def _choose_others(names: dict[str, str]) -> None:
    """Show what chooses models that read the same drawing beside the first one."""
    label = f"Compare ({len(OTHERS.get())})" if OTHERS.get() else "Compare"
    with st.popover(label, help="Models that read the same digit beside it"):
        if not names:
            st.markdown("There is no other model yet: train one on the Train page.")
            return
        st.multiselect(
            "Models that read the same digit beside it",
            list(names),
            format_func=lambda model_id: names.get(model_id, str(model_id)),
            max_selections=MAX_BESIDE,
            key=OTHERS.name,
            persist_state="session",
        )


def models_beside(model_id: str) -> dict[str, str]:
    """Return what the picker says of the models that read beside that one, by id; one that is gone is left out."""
    names = _model_names(model_id)
    return {each: names[each] for each in OTHERS.get() if each in names and each != model_id}


def _chosen_by_hand() -> None:
    """Name the model in the page's address, and try again to load one that was refused."""
    st.query_params.model = st.session_state.model
    st.session_state[_REFUSED].pop(st.session_state.model, None)


def load_model(model_id: str) -> Recognizer:
    """Return the recognizer of that model; one that cannot be used is refused and the page drawn again without it."""
    try:
        return open_model(model_id)
    except (ModelError, RunError, OSError) as error:
        if model_id == RELEASED_ID:
            st.error(f"The shipped model cannot be used: {escape_markdown(error_text(error))}", icon=":material/error:")
            st.stop()
        refused = st.session_state.setdefault(_REFUSED, {})  # not there where no page with the picker was opened
        refused[model_id] = f"The model of run {model_id} cannot be used: {error_text(error)}"
        st.rerun(scope="app")


def load_digit_reader(model_id: str) -> PictureReader:
    """Return what reads drawings of one digit each with that model, as `load_model` does.

    The shipped one needs no TensorFlow, which a server that was started just now still loads.
    """
    if model_id != RELEASED_ID:
        return load_model(model_id)
    try:
        return reader_of_drawn_digits()
    except (ModelError, OSError):
        return load_model(model_id)


def open_model(model_id: str) -> Recognizer:
    """Return the recognizer of that model; raises `ModelError`, `RunError` or `OSError`."""
    path = _path(model_id)
    if not builder.is_keras_imported():
        with st.spinner("Loading TensorFlow …"):
            builder.import_keras()
    return _load(path, path.stat().st_mtime_ns)


def version_of(model_id: str) -> ModelVersion:
    """Return a name of the model as it is now: a run that is trained further has another one under the same id."""
    try:
        path = _path(model_id)
        changed_ns = path.stat().st_mtime_ns
    except (RunError, OSError):
        path, changed_ns = workspace.store().root / model_id, 0
    place = hashlib.blake2b(f"{path} {changed_ns}".encode(errors="surrogateescape"), digest_size=16).hexdigest()
    return ModelVersion(f"{model_id}-{place}")


def default_id() -> str:
    """Return the id of the model that is read with where nobody has chosen another one."""
    run_id = default_model(workspace.store().root)
    with suppress(RunError):
        if run_id and workspace.store().get(run_id).has_model:
            return run_id
    return RELEASED_ID


def choose(model_id: str) -> None:
    """Read with this model from now on in this session, as if it had been chosen in the picker."""
    st.session_state["chosen_model"] = model_id
    st.query_params.pop("model", None)


def name_of(model_id: str) -> str:
    """Return what a model is called, its id where its run is gone."""
    try:
        run = run_of(model_id)
        return run.title() if run else "Shipped with the app"
    except RunError:
        return model_id


def run_of(model_id: str) -> Run | None:
    """Return the run of that model, None for the shipped one; raises `RunError`."""
    return None if model_id == RELEASED_ID else workspace.find_run(model_id)


def config_of(model_id: str) -> TrainConfig:
    """Return the config with which the model learned; the seed recipe's for the shipped one or an unreadable run."""
    try:
        run = run_of(model_id)
        return run.config() if run else TrainConfig()
    except RunError:
        return TrainConfig()


def dataset_of(model_id: str) -> DatasetSpec:
    """Return the data set that the model learned; MNIST where its run cannot be read."""
    return config_of(model_id).dataset


def _path(model_id: str) -> Path:
    run = run_of(model_id)
    return run.model_path if run else RELEASED_MODEL


def _model_names(*asked: str, only_digits: bool = False) -> dict[str, str]:
    """Return what the picker says of each model, by id: the released one, then the runs, newest first.

    Runs of tests, lessons and sweeps are many, and left out, but for those with a star and those that are asked for.
    """
    names = {RELEASED_ID: f"Shipped with the app{_accuracy(_released_accuracy())}"}
    for run in run_summaries(workspace.store()):
        is_wanted = not run.group or run.starred or run.id in asked
        if only_digits and not (run.config and run.config.dataset.is_digits):
            continue
        if run.has_model and run.state.is_final and is_wanted:
            names[run.id] = f"{run.title}{_accuracy(run.accuracy_text)}"
    for each in asked:
        if each not in names and (title := _shared_title(each, only_digits)):
            names[each] = title
    return disambiguate(names)


def _shared_title(run_id: str, only_digits: bool) -> str:
    """Return what the picker says of a run that somebody else in the class shares; '' where nobody shares it."""
    with suppress(RunError):
        run = workspace.find_shared_run(run_id)
        if run.has_model and run.status().is_final and (run.config().dataset.is_digits or not only_digits):
            return f"{run.title()} · shared"
    return ""


def _released_accuracy() -> str:
    accuracy = ModelCard.beside(RELEASED_MODEL).test_accuracy
    return percent(accuracy, 2) if accuracy else ""


def _accuracy(text: str) -> str:
    return f" · {text}" if text else ""
