"""Networks prepared for explanations, and explanations that were computed: shared by all sessions."""

import streamlit as st

from core.explanation.activations import ActivationReader
from core.explanation.digits import ExplainedDigit
from core.explanation.network import ExplainedNetwork
from core.explanation.why import Captioned, evidence_pictures, smallest_picture, stroke_picture
from core.recognition import Recognizer
from pages.widgets.shared import models

_MAX_KEPT = 40  # explanations; each is some hundred kB


def network(model_id: str) -> ExplainedNetwork:
    """Return the model of that id, prepared for explanations."""
    return _network(models.version_of(model_id), models.load_model(model_id))


def activations(model_id: str) -> ActivationReader:
    """Return the reader of all layers of that model; raises `ExplanationError`."""
    return _activations(models.version_of(model_id), models.load_model(model_id))


def evidence(model_id: str, digit: ExplainedDigit, answer: int, other: int) -> list[Captioned]:
    """Return the evidence as `why.evidence_pictures` does; raises `ExplanationError`."""
    return _evidence(models.version_of(model_id), digit.fingerprint, answer, other, network(model_id), digit)


def stroke(model_id: str, digit: ExplainedDigit, answer: int, other: int) -> tuple[str, Captioned]:
    """Return the strongest stroke as `why.stroke_picture` does; raises `ExplanationError`."""
    return _stroke(models.version_of(model_id), digit.fingerprint, answer, other, network(model_id), digit)


def smallest(model_id: str, digit: ExplainedDigit, target: int) -> Captioned:
    """Return the smallest change as `why.smallest_picture` does; raises `ExplanationError`."""
    return _smallest(models.version_of(model_id), digit.fingerprint, target, network(model_id), digit)


@st.cache_resource(max_entries=4, show_spinner=False)
def _network(version: str, _reader: Recognizer) -> ExplainedNetwork:
    return ExplainedNetwork(_reader)


@st.cache_resource(max_entries=4, show_spinner=False)
def _activations(version: str, _reader: Recognizer) -> ActivationReader:
    return ActivationReader(_reader)


@st.cache_resource(max_entries=_MAX_KEPT, show_spinner=False)
def _evidence(
    version: str, digit: str, answer: int, other: int, _network: ExplainedNetwork, _digit: ExplainedDigit
) -> list[Captioned]:
    return evidence_pictures(_network, _digit, answer, other)


@st.cache_resource(max_entries=_MAX_KEPT, show_spinner=False)
def _stroke(
    version: str, digit: str, answer: int, other: int, _network: ExplainedNetwork, _digit: ExplainedDigit
) -> tuple[str, Captioned]:
    return stroke_picture(_network, _digit, answer, other)


@st.cache_resource(max_entries=_MAX_KEPT, show_spinner=False)
def _smallest(version: str, digit: str, target: int, _network: ExplainedNetwork, _digit: ExplainedDigit) -> Captioned:
    return smallest_picture(_network, _digit, target)
