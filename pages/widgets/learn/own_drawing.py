"""The digit of a lesson: drawn on the canvas, or an example until something is drawn."""

import streamlit as st

from core.datasets.example_drawings import example_drawings
from core.lessons.drawings import draw_example
from core.preprocessing.canvas_drawing import Drawing
from pages.widgets.components import canvas
from pages.widgets.components.examples import examples

_UNTIL_DRAWN = ":small[Until you draw a digit here, a 3 stands for it.]"


COLUMNS = (33, 28, 39)
"""The widths of a lesson's text, of this canvas, and of the picture beside it: the canvas needs 300 pixels."""


def show() -> Drawing:
    """Show the canvas with examples below it, and return what is drawn; without strokes where nothing is."""
    drawn = canvas.canvas()
    examples(example_drawings(), canvas.DIGIT_CANVAS)
    return drawn


def show_with_example() -> Drawing:
    """Show the canvas, and return what is drawn, or an example where nothing is."""
    drawn = show()
    if drawn.strokes:
        return drawn
    st.markdown(_UNTIL_DRAWN)
    return draw_example(example_drawings()[0])
