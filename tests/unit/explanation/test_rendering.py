"""Explanations on the drawing itself: where it lies in MNIST form, and the colours."""

import cv2
import numpy as np
import pytest

from core.explanation.digits import ExplainedDigit, digits_of
from core.explanation.rendering import (
    AGAINST,
    FIELD_PX,
    FOR,
    backdrop_of_image,
    draw_change,
    draw_evidence,
    legend,
)
from core.preprocessing.canvas_drawing import Drawing
from core.recognition import ReadingView, Recognizer
from core.recognition.edits import EditHistory
from core.recognition.results import read_drawing
from tests.support.runs import tiny_model

SEVEN = [["M", 80, 70], ["L", 200, 70], ["L", 130, 230]]


def explained(*paths):
    drawing = Drawing({"objects": [{"path": path} for path in paths]}, 280, 280)
    reader = Recognizer(tiny_model())
    view = ReadingView.of(read_drawing(reader, drawing, single=True), EditHistory(), "test")
    return digits_of(view, reader, drawing)


@pytest.mark.parametrize("shift", [(0, 0), (-60, 30), (70, -40)])
def test_a_drawing_lies_where_its_mnist_form_lies(shift):
    (digit,) = explained([[kind, x + shift[0], y + shift[1]] for kind, x, y in SEVEN])
    shrunk = cv2.resize(digit.backdrop, (28, 28), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(shrunk.ravel(), digit.image.ravel())[0, 1] > 0.9
    assert np.ptp(digit.backdrop) == 255, "at its own resolution, with sharp edges"


def test_an_image_is_shown_with_a_sharp_square_for_each_pixel(bar):
    backdrop = backdrop_of_image(bar)
    assert backdrop.shape == (FIELD_PX, FIELD_PX)
    assert (backdrop[::12, ::12] == bar).all() and (backdrop[11::12, 11::12] == bar).all()


def test_evidence_has_the_colour_of_what_it_speaks_for(bar):
    evidence = np.zeros((28, 28), np.float32)
    evidence[2:6, 2:12], evidence[20:24, 2:12] = 1, -1
    picture = draw_evidence(evidence, backdrop_of_image(bar))
    assert tuple(picture[4 * 12, 6 * 12]) == FOR and tuple(picture[22 * 12, 6 * 12]) == AGAINST
    assert tuple(picture[15 * 12, 15 * 12]) == (0, 0, 0), "ground without evidence stays as it is"
    assert tuple(legend()[7, 0]) == AGAINST and tuple(legend()[7, -1]) == FOR


def test_without_evidence_or_a_change_the_digit_alone_is_shown(bar):
    backdrop, nothing = backdrop_of_image(bar), np.zeros((28, 28), np.float32)
    assert (draw_evidence(nothing, backdrop) == draw_change(nothing, backdrop)).all()


def test_the_examples_are_one_of_each_digit():
    examples = [ExplainedDigit.example(number) for number in range(10)]
    assert [each.label for each in examples] == list(range(10))
    assert len({each.fingerprint for each in examples}) == 10
