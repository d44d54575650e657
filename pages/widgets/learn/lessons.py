"""The lesson that is open, and what shows each of them."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.charts.curves import Metric
from core.datasets.mnist import DatasetError
from core.lessons import first_network, learning_rates, overfitting
from core.lessons.catalogue import LESSONS
from core.lessons.lesson import Lesson
from core.lessons.progress import LessonProgress
from pages.widgets.learn import honesty, letters, navigation, notes, pixels, preparation, shifted, state
from pages.widgets.learn.training import Training, show_training
from pages.widgets.shared.text import escape_markdown

_ACCURACY = (Metric.ACCURACY,)
_SHOWN: dict[str, Callable[[Lesson, LessonProgress], None]] = {
    "pixels": pixels.show,
    "first-network": partial(show_training, Training(first_network.outcome, _ACCURACY)),
    "overfitting": partial(show_training, Training(overfitting.outcome, (Metric.ACCURACY, Metric.LOSS))),
    "learning-rate": partial(show_training, Training(learning_rates.outcome, _ACCURACY)),
    "preparation": preparation.show,
    "shifts": partial(show_training, Training(shifted.outcome, _ACCURACY, shifted.show_curves)),
    "honesty": honesty.show,
    "letters": letters.show,
}
"""What shows each lesson, by its name."""


def show(name: str) -> None:
    """Show the lesson of that name, and its notes for teachers."""
    lesson = LESSONS[name]
    navigation.show_title(lesson)
    _show_body(lesson)
    notes.show_below(lesson)


@st.fragment
def _show_body(lesson: Lesson) -> None:
    try:
        _SHOWN[lesson.name](lesson, state.progress_in(lesson.name))
    except DatasetError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
