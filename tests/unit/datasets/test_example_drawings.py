"""Whoever clicks the example drawings sees answers, a doubt and refusals."""

import numpy as np
import pytest

from core.datasets.example_drawings import example_drawings
from core.recognition import Recognizer
from core.recognition.corrections import DigitKind, kind_as_read

CANVAS_PX = 280


@pytest.fixture(scope="module")
def kinds():
    reader = Recognizer.load()
    readings = [
        reader.read_strokes([CANVAS_PX * np.array(stroke) for stroke in each.strokes], single=True)
        for each in example_drawings()
    ]
    return {each.name: reading.digits[0] for each, reading in zip(example_drawings(), readings, strict=True)}


def test_the_drawings_lie_within_the_canvas():
    points = [point for each in example_drawings() for stroke in each.strokes for point in stroke]
    assert np.min(points) > 0.1 and np.max(points) < 0.9


def test_whoever_clicks_sees_answers_a_doubt_and_refusals(kinds):
    assert [kind_as_read(digit) for digit in kinds.values()] == [
        DigitKind.SURE,
        DigitKind.SURE,
        DigitKind.SURE,
        DigitKind.UNSURE,
        DigitKind.NO_DIGIT,
        DigitKind.NO_DIGIT,
    ]
    assert [digit.label for digit in list(kinds.values())[:3]] == [3, 7, 2]
    doubtful = kinds["A four, or a nine"]
    assert {doubtful.label, doubtful.second_label} == {4, 9}
