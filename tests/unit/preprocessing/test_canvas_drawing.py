"""What the canvas holds: strokes and their picture."""

import numpy as np
import pytest

from core.preprocessing.canvas_drawing import Drawing

LINE = {"path": [["M", 20, 30], ["Q", 20, 30, 60, 30], ["L", 100, 30]], "strokeWidth": 10, "left": 15, "top": 25}


def test_a_path_is_one_stroke_through_all_its_points():
    assert Drawing({"objects": [LINE]}, 200, 100).strokes == [[(20, 30), (20, 30), (60, 30), (100, 30)]]


def test_nothing_drawn_has_no_stroke_and_a_black_picture():
    for fabric in (None, {}, {"objects": []}):
        drawing = Drawing(fabric, 60, 40)
        assert drawing.strokes == []
        assert drawing.picture().shape == (40, 60)
        assert not drawing.picture().any()


def test_what_leaves_the_canvas_is_not_drawn():
    away = {"path": [["M", 10, 10], ["L", 90, 10], ["L", 150, 10], ["L", 90, 20], ["L", 10, 20]]}
    assert Drawing({"objects": [away]}, 100, 50).strokes == [[(10, 10), (90, 10)], [(90, 20), (10, 20)]]


def test_the_picture_is_as_wide_as_the_pen():
    picture = Drawing({"objects": [LINE]}, 200, 100).picture()
    assert np.count_nonzero(picture[:, 60] > 127) == pytest.approx(10, abs=1)
    assert picture[30, 100] == 255
    assert not picture[:, 120:].any()


def test_a_dot_is_seen():
    dot = {"path": [["M", 50, 50]], "strokeWidth": 12}
    assert Drawing({"objects": [dot]}, 100, 100).picture()[50, 50] == 255


def test_another_drawing_has_another_fingerprint():
    one = Drawing({"objects": [LINE]}, 200, 100)
    assert one.fingerprint() == Drawing({"objects": [LINE]}, 200, 100).fingerprint()
    assert one.fingerprint() != Drawing({"objects": [LINE, LINE]}, 200, 100).fingerprint()
