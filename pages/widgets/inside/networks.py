"""Networks prepared for explanations, and explanations that were computed: shared by all sessions."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock

import streamlit as st

from core.config.train_config import TrainConfig
from core.datasets.split import images_for_test
from core.explanation.activations import ActivationReader
from core.explanation.breakable_network import BreakableNetwork
from core.explanation.digits import ExplainedDigit
from core.explanation.exciting_images import ExcitingImages
from core.explanation.neighbour_files import load_index, save_index
from core.explanation.neighbours import NeighbourIndex
from core.explanation.network import ExplainedNetwork
from core.explanation.why import Captioned, evidence_pictures, no_smallest_picture, smallest_picture, stroke_picture
from core.recognition import Recognizer
from core.runs.array_cache import ArrayCache
from core.runs.run import Run
from pages.widgets.shared import models, workspace
from pages.widgets.shared.models import ModelVersion

_BUILDING = Lock()  # one index at a time, for all sessions
_MAX_KEPT = 40  # explanations; each is some hundred kB


def network(model_id: str) -> ExplainedNetwork:
    """Return the model of that id, prepared for explanations."""
    return _network(models.version_of(model_id), models.load_model(model_id))


def activations(model_id: str) -> ActivationReader:
    """Return the reader of all layers of that model; raises `ExplanationError`."""
    return _activations(models.version_of(model_id), models.load_model(model_id))


def exciting_images(model_id: str) -> ExcitingImages:
    """Return the test images that excite that model's units, as far as they were read."""
    config = models.config_of(model_id)
    root = workspace.data_root(config.dataset)
    return _exciting_images(models.version_of(model_id), root, models.load_model(model_id), config)


def breakable(model_id: str) -> BreakableNetwork:
    """Return a copy of the model that can be damaged; raises `ExplanationError`."""
    return _breakable(models.version_of(model_id), models.load_model(model_id))


def neighbours(model_id: str) -> NeighbourIndex | None:
    """Return the index of training images of that model; None where it was not built yet."""
    return _kept_neighbours(models.version_of(model_id), network(model_id), models.run_of(model_id)).get("index")


def build_neighbours(model_id: str, report: Callable[[float], object]) -> NeighbourIndex:
    """Return the index of training images of that model, built or completed now; raises `ExplanationError`."""
    explained, run = network(model_id), models.run_of(model_id)  # before: the run may be deleted meanwhile
    kept = _kept_neighbours(models.version_of(model_id), explained, run)
    known = kept.get("index")
    with _BUILDING:
        if kept.get("index") is known:  # else another session has built it meanwhile
            kept["index"] = NeighbourIndex.build(explained, report, known)
            save_index(kept["index"], _owner(run))
    return kept["index"]


def evidence(model_id: str, digit: ExplainedDigit, answer: int, other: int) -> list[Captioned]:
    """Return the evidence as `why.evidence_pictures` does; raises `ExplanationError`."""
    return _evidence(models.version_of(model_id), digit.fingerprint, answer, other, network(model_id), digit)


def stroke(model_id: str, digit: ExplainedDigit, answer: int, other: int) -> tuple[str, Captioned]:
    """Return the strongest stroke as `why.stroke_picture` does; raises `ExplanationError`."""
    return _stroke(models.version_of(model_id), digit.fingerprint, answer, other, network(model_id), digit)


def smallest(model_id: str, digit: ExplainedDigit, target: int) -> Captioned:
    """Return the smallest change as `why.smallest_picture` does; raises `ExplanationError`.

    A search that took too long is not kept: the machine may be less busy when it is asked for again.
    """
    try:
        return _kept_smallest(models.version_of(model_id), digit.fingerprint, target, network(model_id), digit)
    except TimeoutError:
        return no_smallest_picture(digit, target, models.load_model(model_id).dataset.class_names)


@st.cache_resource(max_entries=4, show_spinner=False)
def _network(version: ModelVersion, _reader: Recognizer) -> ExplainedNetwork:
    return ExplainedNetwork(_reader)


@st.cache_resource(max_entries=4, show_spinner=False)
def _activations(version: ModelVersion, _reader: Recognizer) -> ActivationReader:
    return ActivationReader(_reader)


@st.cache_resource(max_entries=4, show_spinner=False)
def _exciting_images(version: ModelVersion, root: Path, _reader: Recognizer, _config: TrainConfig) -> ExcitingImages:
    return ExcitingImages(_reader, lambda: images_for_test(_config, root))


@st.cache_resource(max_entries=2, show_spinner=False)
def _breakable(version: ModelVersion, _reader: Recognizer) -> BreakableNetwork:
    return BreakableNetwork(_reader)


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept_neighbours(version: ModelVersion, _network: ExplainedNetwork, _run: Run | None) -> dict[str, NeighbourIndex]:
    """Return the place of a model's index, with the index in it where one was saved."""
    found = load_index(_network, _owner(_run))
    return {"index": found} if found else {}


def _owner(run: Run | None) -> Run | ArrayCache:
    return run or ArrayCache(workspace.machine_store().root)


@st.cache_resource(max_entries=_MAX_KEPT, show_spinner=False)
def _evidence(
    version: ModelVersion, digit: str, answer: int, other: int, _network: ExplainedNetwork, _digit: ExplainedDigit
) -> list[Captioned]:
    return evidence_pictures(_network, _digit, answer, other)


@st.cache_resource(max_entries=_MAX_KEPT, show_spinner=False)
def _stroke(
    version: ModelVersion, digit: str, answer: int, other: int, _network: ExplainedNetwork, _digit: ExplainedDigit
) -> tuple[str, Captioned]:
    return stroke_picture(_network, _digit, answer, other)


@st.cache_resource(max_entries=_MAX_KEPT, show_spinner=False)
def _kept_smallest(
    version: ModelVersion, digit: str, target: int, _network: ExplainedNetwork, _digit: ExplainedDigit
) -> Captioned:
    return smallest_picture(_network, _digit, target)
