"""Lesson 6 on the page: what two trained networks read of digits that are moved."""

from collections.abc import Mapping

import streamlit as st

from core.charts.group_curves import spread_curves
from core.lessons import shifts
from core.lessons.lesson import Guess
from core.recognition import Recognizer
from core.runs.view import RunView
from pages.widgets.components.chart import chart
from pages.widgets.shared.models import ModelVersion, open_model, version_of

_CHART_PX = 420


def outcome(views: Mapping[str, RunView], guess: Guess) -> tuple[str, ...]:
    """Return what came of moving the digits, in sentences; raises as `open_model` does."""
    return shifts.outcome(_accuracies(views), guess)


def show_curves(views: Mapping[str, RunView]) -> None:
    """Show the accuracy of each network over the shift; raises as `open_model` does."""
    found = _accuracies(views)
    arms = {arm: [dict(zip(shifts.SHIFTS_PX, shares, strict=True))] for arm, shares in found.items()}
    alt = "Line chart: the share of moved digits that each network reads right, by the pixels they are moved"
    figure = spread_curves(arms, "Test images read right", "pixels to the right")
    chart(figure, "lesson-shifts", alt, _CHART_PX)


def _accuracies(views: Mapping[str, RunView]) -> dict[str, tuple[float, ...]]:
    return {arm: _shifted_accuracies(version_of(view.id), open_model(view.id)) for arm, view in views.items()}


@st.cache_resource(max_entries=40, show_spinner="Moving the digits …")
def _shifted_accuracies(version: ModelVersion, _reader: Recognizer) -> tuple[float, ...]:
    return shifts.shifted_accuracies(_reader)
