"""Figures hold the data they were given and take their colours from the theme's roles alone."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from core.charts.bars import class_accuracy, probability_bars, probability_bars_json
from core.charts.curves import Curve, View, learning_curves
from core.charts.group_curves import spread_curves
from core.charts.heatmap import confusion_heatmap
from core.charts.reliability import reliability_diagram
from core.charts.style import MUTED, PRIMARY, ROLES
from core.evaluation.report import wilson_interval
from core.runs.report_schema import DigitScore, ReliabilityBin
from tests.support.curves import MARKS, rows


def digits(accuracy=0.98):
    return [DigitScore(digit, count=100, accuracy=accuracy, precision=0.9) for digit in range(10)]


BINS = [
    ReliabilityBin(low=0.4, high=0.5, count=4, confidence=0.45, accuracy=0.0),
    ReliabilityBin(low=0.9, high=1.0, count=96, confidence=0.99, accuracy=0.875),
]

FIGURES = {
    "bars": lambda: probability_bars(np.eye(10)[7]),
    "no bars": lambda: probability_bars(np.zeros(10)),
    "loss": lambda: learning_curves([Curve("a", rows(30), MARKS)], "loss", View(), 5),
    "log": lambda: learning_curves([Curve("a", rows(30)), Curve("b", rows(20))], "accuracy", View(log=True), 5, 0.9766),
    "empty": lambda: learning_curves([Curve("a", ())], "accuracy", View(), 5, reference=0.9766),
    "groups": lambda: spread_curves({"a": [{1: 0.9, 2: 0.95}, {1: 0.92}], "b": [{}, {}]}),
    "digits": lambda: class_accuracy(digits()),
    "reliability": lambda: reliability_diagram(BINS),
    "confusion": lambda: confusion_heatmap(np.eye(10, dtype=int) * 90 + 1),
}


@pytest.mark.parametrize("name", FIGURES)
def test_colours_are_roles_of_the_theme(name):
    text = FIGURES[name]().to_json()
    colours = set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\)", text))
    assert colours <= {*ROLES, "rgba(0,0,0,0)"}
    named = re.findall(r'"(?:\w*color|\w*bgcolor)":"([a-z]+)"', text)
    assert not named, "a colour's name is no role"


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_plain_json_without_nan(name):
    json.loads(FIGURES[name]().to_json(), parse_constant=lambda word: pytest.fail(word))


@pytest.mark.parametrize("probabilities", [np.zeros(10), np.full(10, 0.1, np.float32), np.eye(10)[7]])
def test_the_json_of_bars_is_that_of_their_figure(probabilities):
    text = probability_bars_json(probabilities)
    assert json.loads(text) == json.loads(probability_bars(probabilities).to_json())


def test_bars_hold_the_ten_probabilities():
    probabilities = np.array([0.05, 0, 0, 0.75, 0, 0, 0, 0, 0.2, 0], np.float32)
    (bar,) = probability_bars(probabilities).data
    assert list(bar.x) == [float(share) for share in probabilities]
    assert list(bar.y) == list("0123456789") and bar.orientation == "h"
    assert bar.text[3] == "<b>75.0 %</b>" and bar.text[8] == "20.0 %"
    assert [digit for digit, colour in enumerate(bar.marker.color) if colour == PRIMARY] == [3]


def test_bars_of_nothing_point_at_no_digit():
    (bar,) = probability_bars(np.zeros(10)).data
    assert set(bar.marker.color) == {MUTED} and set(bar.text) == {""}


def test_class_accuracy_is_a_bar_a_digit():
    given = digits()
    given[8] = replace(given[8], accuracy=0.5)
    figure = class_accuracy(given)
    (bar,) = figure.data
    assert list(bar.x) == list("0123456789")
    assert list(bar.y) == [row.accuracy for row in given]
    assert bar.text[8] == "50.0"
    low, high = figure.layout.yaxis.range
    assert low <= 0.5 and high > 1


def test_class_accuracy_of_a_blind_network():
    assert class_accuracy(digits(accuracy=0.0)).layout.yaxis.range[0] == 0


def test_a_class_without_images_has_no_dot():
    given = digits()
    given[3] = replace(given[3], count=0, accuracy=0.0)
    names = tuple("ABCDEFGHIJ")
    for figure, shown in ((class_accuracy(given), "012456789"), (class_accuracy(given, names), "ABCEFGHIJ")):
        (dots,) = figure.data
        assert len(dots.y) == 9 and min(dots.y) == 0.98 and figure.layout.yaxis.range[0] > 0.9
        assert [said.split(":")[0] for said in dots.customdata] == list(shown)
        assert list(figure.layout.xaxis.ticktext) == list(shown)


@pytest.mark.parametrize(("classes", "in_rows"), [(20, False), (21, True), (62, True)])
def test_of_many_classes_each_has_a_row(classes, in_rows):
    scores = [DigitScore(label, count=100, accuracy=0.9, precision=0.9) for label in range(classes)]
    figure = class_accuracy(scores, [f"name {label}" for label in range(classes)])
    dots, *edge = figure.data
    assert [set(trace.text) for trace in edge] == [{"90.0"}] * in_rows
    axis = figure.layout.yaxis if in_rows else figure.layout.xaxis
    assert len(axis.ticktext) == classes and (dots.error_x.array is not None) == in_rows
    assert set(dots.x if in_rows else dots.y) == {0.9}
    if in_rows:
        assert tuple(axis.range) == (classes - 0.5, -0.5), "the first is at the top"


@pytest.mark.parametrize("names", [[f"name {label}" for label in range(62)], [chr(65 + label) for label in range(62)]])
def test_of_many_classes_no_names_stand_below_the_heatmap(names):
    assert confusion_heatmap(np.eye(62, dtype=int), names).layout.xaxis.showticklabels is False


def test_the_heatmap_has_true_digits_as_rows_and_shades_mistakes_alone():
    matrix = np.eye(10, dtype=int) * 99
    matrix[2, 7] = 4
    (heatmap,) = confusion_heatmap(matrix.tolist()).data
    assert np.array_equal(heatmap.customdata, matrix)
    assert heatmap.text[2][7] == "4" and heatmap.text[2][2] == "99" and heatmap.text[7][2] == ""
    shade = np.array(heatmap.z)
    assert shade[2, 7] == pytest.approx(np.sqrt(4 / 103))
    assert np.count_nonzero(shade > 0) == 1 and (np.diag(shade) < 0).all(), "right answers have a colour of their own"
    assert np.abs(shade).max() <= heatmap.zmax / 2 + 1e-9 and heatmap.zmin == -heatmap.zmax, "half a colour at most"


def test_the_heatmap_of_no_mistakes_and_empty_rows():
    (heatmap,) = confusion_heatmap(np.zeros((10, 10), int)).data
    assert np.count_nonzero(heatmap.z) == 0 and heatmap.zmax > 0


def test_reliability_points_are_bins_with_their_intervals_beside_the_diagonal():
    diagonal, points = reliability_diagram(BINS).data
    assert list(diagonal.x) == list(diagonal.y) == [0, 1]
    assert list(points.x) == [0.45, 0.99] and list(points.y) == [0.0, 0.875]
    low, high = wilson_interval(84, 96)
    assert points.error_y.array[1] == pytest.approx(high - 0.875)
    assert points.error_y.arrayminus[1] == pytest.approx(0.875 - low)


def test_a_networks_blocks_are_as_high_as_its_pictures_and_stand_apart():
    from core.charts.recipes import network_blocks

    shapes = [(28, 28, 1), (14, 14, 32), (1, 1, 120), (120,), (10,)]
    (bars,) = network_blocks(list("abcde"), ["Picture", "Conv2D", "Conv2D", "Flatten", "Dense"], shapes).data
    assert list(bars.y[:2]) == [28, 14] and bars.y[3] > bars.y[4] > 0
    assert [list(each) for each in bars.customdata][1] == ["b", "14×14×32"]
    gaps = [right - left for left, right in zip(bars.x, bars.x[1:], strict=False)]
    assert all(gap > (a + b) / 2 for gap, a, b in zip(gaps, bars.width, bars.width[1:], strict=False))


def test_blocks_have_a_word_where_there_is_room():
    from core.charts.recipes import network_blocks

    figure = network_blocks(["Picture", "Convolution, 32 filters"], ["Picture", "Conv2D"], [(28, 28, 1), (26, 26, 32)])
    assert list(figure.data[0].text) == ["Picture", "Convolution"]
    assert figure.layout.uniformtext.mode == "hide" and figure.layout.uniformtext.minsize >= 9


def test_a_schedule_is_drawn_over_its_epochs():
    from core.charts.recipes import schedule_curve

    (line,) = schedule_curve([0.1, 0.2, 0.1, 0.0], 8).data
    assert list(line.x) == [1, 3, 5, 7] and list(line.y) == [0.1, 0.2, 0.1, 0.0]
