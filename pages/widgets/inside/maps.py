"""Maps of digits that were computed: shared by all sessions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import streamlit as st

from core.explanation import tsne
from core.explanation.digit_map import DigitMap
from core.explanation.map_files import load_map, save_map
from core.explanation.network import ExplainedNetwork
from core.runs.array_cache import ArrayCache
from core.runs.run import Run
from pages.widgets.inside import networks
from pages.widgets.shared import models, workspace
from pages.widgets.shared.models import ModelVersion


@dataclass
class _Kept:
    """The place of a model's map, for all sessions; one at a time changes it."""

    map: DigitMap | None
    changing: Lock = field(default_factory=Lock)


_Change = Callable[[ExplainedNetwork, DigitMap | None], DigitMap]


def digit_map(model_id: str) -> DigitMap | None:
    """Return the map of the test images for that model; None where it was not made yet."""
    return _kept(models.version_of(model_id), networks.network(model_id), models.run_of(model_id)).map


def build(model_id: str, report: Callable[[float], object], max_s: float) -> DigitMap:
    """Return the map, made now in at most so many seconds; raises `ExplanationError`."""
    return _change(model_id, lambda network, known: DigitMap.build(network, report, max_s=max_s))


def lay_out(model_id: str, report: Callable[[float], object]) -> DigitMap:
    """Return the map, laid out by t-SNE; raises `ExplanationError`."""

    def with_tsne(network: ExplainedNetwork, known: DigitMap | None) -> DigitMap:
        found = known or DigitMap.build(network)
        return found.with_embedding(tsne.lay_out(found.vectors, found.points(), report))

    return _change(model_id, with_tsne)


def _change(model_id: str, change: _Change) -> DigitMap:
    """Return the map that `change` makes of the one there is, kept and saved; made once where two ask at once."""
    explained, run = networks.network(model_id), models.run_of(model_id)  # before: the run may be deleted meanwhile
    kept = _kept(models.version_of(model_id), explained, run)
    known = kept.map
    with kept.changing:
        if kept.map is not None and kept.map is not known:  # another session has changed it meanwhile
            return kept.map
        kept.map = change(explained, known)
        save_map(kept.map, _owner(run))
        return kept.map


def _owner(run: Run | None) -> Run | ArrayCache:
    return run or ArrayCache(workspace.machine_store().root)


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept(version: ModelVersion, _network: ExplainedNetwork, _run: Run | None) -> _Kept:
    """Return the place of a model's map, with the map in it where one was saved."""
    return _Kept(load_map(_network, _owner(_run)))
