"""The models there are to read with: the shipped one and every run that has one."""

import streamlit as st

from core.recognition.recognizer import SHIPPED, ModelError, Recognizer, model_card
from core.runs.schema import RunError
from core.runs.store import RunStore
from pages.widgets.shared.words import disambiguate, escape_markdown

_SHIPPED_ID = "shipped"
_REFUSED = "refused_models"


@st.cache_resource(max_entries=8, show_spinner="Loading the network …")
def _load(path, changed_ns):
    """A model in memory, shared by all sessions; `changed_ns` is the file's time, so a new file is a new entry."""
    return Recognizer.load(path)


def choose_model() -> str:
    """Show the model picker and return the chosen model's id.

    A model that is not there or could not be loaded is named in a sentence, and the shipped one is chosen.
    """
    names = _model_names()
    refused = st.session_state.setdefault(_REFUSED, {})
    wanted = st.query_params.get("model") or st.session_state.get("chosen_model", _SHIPPED_ID)
    if wanted in refused or wanted not in names:
        reason = refused.get(wanted, f"There is no model {wanted!r} here.")
        st.warning(f"{escape_markdown(reason)} The shipped model reads in its place.", icon=":material/warning:")
        wanted = _SHIPPED_ID
        st.query_params.pop("model", None)
    st.session_state.model = st.session_state.chosen_model = wanted
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.markdown(":small[Model]", width="content")
        return st.selectbox(
            "Model",
            list(names),
            format_func=lambda model_id: names.get(model_id, str(model_id)),
            key="model",
            on_change=_chosen_by_hand,
            label_visibility="collapsed",
        )


def _chosen_by_hand():
    """The page's address names the model; choosing one again gives it another chance to load."""
    st.query_params.model = st.session_state.model
    st.session_state[_REFUSED].pop(st.session_state.model, None)


def load_model(model_id: str) -> Recognizer:
    """Return the recognizer of that model; one that cannot be used is refused and the page drawn again without it."""
    try:
        return open_model(model_id)
    except (ModelError, RunError, OSError) as error:
        if model_id == _SHIPPED_ID:
            st.error(f"The shipped model cannot be used: {escape_markdown(str(error))}", icon=":material/error:")
            st.stop()
        st.session_state[_REFUSED][model_id] = f"The model of run {model_id} cannot be used: {error}"
        st.rerun(scope="app")


def open_model(model_id: str) -> Recognizer:
    """Return the recognizer of that model; raises `ModelError`, `RunError` or `OSError`."""
    path = _path(model_id)
    return _load(path, path.stat().st_mtime_ns)


def version_of(model_id: str) -> str:
    """Return a name of the model as it now is: a run that is trained further has another one under the same id."""
    try:
        return f"{model_id}-{_path(model_id).stat().st_mtime_ns}"
    except (RunError, OSError):
        return model_id


def _path(model_id):
    return SHIPPED if model_id == _SHIPPED_ID else RunStore().get(model_id).model_path


def _model_names():
    """What the picker says of each model, by id: the shipped one, then the runs, newest first."""
    names = {_SHIPPED_ID: f"Shipped with the app{_score(model_card(SHIPPED).get('test_accuracy'))}"}
    for run in RunStore().all():
        try:
            if run.has_model and run.status().is_final:
                report = run.report()
                names[run.id] = f"{run.title()}{_score(report.accuracy if report else None)}"
        except RunError:
            continue
    return disambiguate(names)


def _score(accuracy):
    return f" · {accuracy:.2%}" if accuracy else ""
