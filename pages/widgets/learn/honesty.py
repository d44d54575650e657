"""Lesson 7 on the page: how often a network is right when it says that it is 90 % sure."""

import streamlit as st

from core.charts.reliability import reliability_diagram
from core.evaluation.calibration import reliability
from core.lessons.honesty import outcome
from core.lessons.lesson import Lesson
from core.lessons.progress import LessonProgress
from core.networks.safe_loading import ModelError
from core.runs.schema import RunError, error_reason
from pages.widgets.components.chart import chart
from pages.widgets.learn import guess, state
from pages.widgets.shared.model_predictions import labels, probabilities_of
from pages.widgets.shared.models import choose_model
from pages.widgets.shared.text import escape_markdown

_CHART_PX = 460


def show(lesson: Lesson, known: LessonProgress) -> None:
    """Show the lesson."""
    left, right = st.columns([5, 7], gap="medium")
    model_id = choose_model(right, also=state.own_runs(), only_digits=True)
    with left:
        guess.introduce(lesson)
        if known.guess is None:
            right.markdown(f":gray[{lesson.look_for}]")
            guess.ask_and_begin(lesson)
            return
        guess.show(lesson, known.guess)
    try:
        with right:
            probabilities = probabilities_of(model_id)
            diagram = reliability_diagram(reliability(probabilities, labels()))
            alt = "How often the network is right against how sure it says it is; on the dashed line both are the same"
            chart(diagram, f"lesson-honesty-{model_id}", alt, _CHART_PX)
            st.markdown(f":gray[{lesson.look_for}]")
    except (RunError, ModelError, OSError) as error:
        left.error(f"This network cannot be tested: {escape_markdown(error_reason(error))}", icon=":material/error:")
        return
    with left:
        guess.explain(lesson, outcome(probabilities, labels(), known.guess))
