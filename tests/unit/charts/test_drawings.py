"""Drawings of curves that sessions share: the figure that `learning_curves_json` makes, made once for the same rows."""

import gzip
import threading

import pytest

from core.charts import drawings
from core.charts.curves import Axis, Curve, Metric, View, learning_curves_json
from core.charts.drawings import Drawings
from tests.support.curves import MARKS, rows


@pytest.fixture
def made(monkeypatch):
    """The figures that are made, in their order."""
    figures = []

    def make(*arguments):
        figures.append(learning_curves_json(*arguments))
        return figures[-1]

    monkeypatch.setattr(drawings, "learning_curves_json", make)
    return figures


def test_the_same_rows_are_drawn_once(made):
    shared, given = Drawings(), rows(20)
    first = shared.drawing(Curve("run", given, MARKS), Metric.LOSS, View(), 5)
    assert first.text == learning_curves_json([Curve("run", given, MARKS)], Metric.LOSS, View(), 5)
    assert gzip.decompress(first.compressed).decode() == first.text
    assert shared.drawing(Curve("run", given, MARKS), Metric.LOSS, View(), 5) is first
    assert len(made) == 1


@pytest.mark.parametrize(
    "changed",
    [
        (Curve("run", rows(20), MARKS), Metric.LOSS, View(), 5),
        (Curve("run", rows(21), MARKS), Metric.LOSS, View(), 5),
    ],
)
def test_other_rows_replace_the_drawing(made, changed):
    shared = Drawings()
    shared.drawing(Curve("run", rows(20), MARKS), Metric.LOSS, View(), 5)
    shared.drawing(*changed)
    assert len(made) == 2


def test_what_is_drawn_otherwise_is_another_drawing(made):
    shared, given = Drawings(), rows(20)
    shared.drawing(Curve("run", given), Metric.LOSS, View(), 5)
    shared.drawing(Curve("run", given), Metric.ACCURACY, View(), 5, 0.97)
    shared.drawing(Curve("run", given), Metric.LOSS, View(by=Axis.TIME), 5)
    shared.drawing(Curve("run", given), Metric.LOSS, View(), 6)
    shared.drawing(Curve("run", given, MARKS), Metric.LOSS, View(), 5)
    shared.drawing(Curve("renamed", given), Metric.LOSS, View(), 5)
    assert len(made) == 6


def test_a_slow_drawing_holds_up_nobody_who_asks_for_another(monkeypatch):
    shared, given, started, go_on = Drawings(), rows(2), threading.Event(), threading.Event()

    def make(curves, *arguments):
        if curves[0].name == "slow":
            started.set()
            assert go_on.wait(60)
        return learning_curves_json(curves, *arguments)

    monkeypatch.setattr(drawings, "learning_curves_json", make)
    slow = threading.Thread(target=shared.drawing, args=(Curve("slow", given), Metric.LOSS, View(), 5))
    slow.start()
    assert started.wait(60)
    assert shared.drawing(Curve("other", given), Metric.LOSS, View(), 5).text
    go_on.set()
    slow.join()
