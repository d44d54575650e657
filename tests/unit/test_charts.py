"""Figures hold the data they were given and take their colours from the theme's roles alone."""

import json
import re

import numpy as np
import pytest

from core.charts import (
    MUTED,
    PRIMARY,
    ROLES,
    confusion_heatmap,
    digit_accuracy,
    learning_curve,
    probability_bars,
)


def rows(count, accuracy=0.95):
    return [
        {"epoch": step / 10, "step": step, "loss": 1 / step, "accuracy": accuracy}
        | ({"val_loss": 0.3, "val_accuracy": 0.9} if step % 10 == 0 else {})
        for step in range(1, count + 1)
    ]


def digits(accuracy=0.98):
    return [{"digit": digit, "count": 100, "accuracy": accuracy, "precision": 0.9} for digit in range(10)]


FIGURES = {
    "bars": lambda: probability_bars(np.eye(10)[7]),
    "no bars": lambda: probability_bars(np.zeros(10)),
    "loss": lambda: learning_curve(rows(30), "loss", 5),
    "accuracy": lambda: learning_curve(rows(30), "accuracy", 5, reference=0.9766),
    "empty": lambda: learning_curve((), "accuracy", 5),
    "digits": lambda: digit_accuracy(digits()),
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


def test_bars_hold_the_ten_probabilities():
    probabilities = np.array([0.05, 0, 0, 0.75, 0, 0, 0, 0, 0.2, 0], np.float32)
    (bar,) = probability_bars(probabilities).data
    assert list(bar.x) == [float(share) for share in probabilities]
    assert list(bar.y) == list("0123456789") and bar.orientation == "h"
    assert bar.text[3] == "<b>75.0%</b>" and bar.text[8] == "20.0%"
    assert [digit for digit, colour in enumerate(bar.marker.color) if colour == PRIMARY] == [3]


def test_bars_of_nothing_point_at_no_digit():
    (bar,) = probability_bars(np.zeros(10)).data
    assert set(bar.marker.color) == {MUTED} and set(bar.text) == {""}


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
def test_a_curve_holds_training_and_validation(metric):
    given = rows(30)
    training, validation = learning_curve(given, metric, 5).data
    assert list(training.x) == [row["epoch"] for row in given]
    assert list(training.y) == [row[metric] for row in given]
    assert list(validation.x) == [1, 2, 3]
    assert list(validation.y) == [row[f"val_{metric}"] for row in given if f"val_{metric}" in row]
    assert (training.mode, validation.mode) == ("lines", "markers")


@pytest.mark.parametrize("count", [801, 5000])
def test_a_long_curve_is_thinned_and_keeps_its_ends(count):
    training = learning_curve(rows(count), "loss", 500).data[0]
    assert len(training.x) == 800
    assert (training.x[0], training.x[-1]) == (0.1, count / 10)
    assert list(training.x) == sorted(set(training.x))


def test_a_curve_of_800_points_is_whole():
    assert len(learning_curve(rows(800), "loss", 80).data[0].x) == 800


def test_validation_is_never_thinned():
    assert len(learning_curve(rows(5000), "loss", 500).data[1].x) == 500


def test_the_reference_is_a_thin_dashed_line_with_its_name():
    figure = learning_curve(rows(3), "accuracy", 5, reference=0.9766)
    (line,), (words,) = figure.layout.shapes, figure.layout.annotations
    assert (line.y0, line.y1, line.line.width, line.line.dash) == (0.9766, 0.9766, 1, "dash")
    assert words.text == "seed recipe 97.66%"
    assert not learning_curve(rows(3), "loss", 5).layout.shapes


def test_a_zoom_outlives_new_points():
    revisions = {learning_curve(rows(count), "loss", 5).layout.uirevision for count in (0, 1, 30)}
    assert len(revisions) == 1 and revisions.pop()


def test_the_epochs_to_come_have_their_place():
    assert learning_curve(rows(3), "loss", 5).layout.xaxis.range == pytest.approx((0, 5.1))


def test_a_poor_network_is_shown_whole():
    assert learning_curve(rows(3, accuracy=0.1), "accuracy", 5).layout.yaxis.range == (0, 1.005)
    assert learning_curve(rows(3, accuracy=0.95), "accuracy", 5).layout.yaxis.range == (0.8, 1.005)


def test_digit_accuracy_is_a_bar_a_digit():
    given = digits()
    given[8]["accuracy"] = 0.5
    figure = digit_accuracy(given)
    (bar,) = figure.data
    assert list(bar.x) == list("0123456789")
    assert list(bar.y) == [row["accuracy"] for row in given]
    assert bar.text[8] == "50.0"
    low, high = figure.layout.yaxis.range
    assert low <= 0.5 and high > 1


def test_digit_accuracy_of_a_blind_network():
    assert digit_accuracy(digits(accuracy=0.0)).layout.yaxis.range[0] == 0


def test_the_heatmap_has_true_digits_as_rows_and_shades_mistakes_alone():
    matrix = np.eye(10, dtype=int) * 99
    matrix[2, 7] = 4
    (heatmap,) = confusion_heatmap(matrix.tolist()).data
    assert np.array_equal(heatmap.customdata, matrix)
    assert heatmap.text[2][7] == "4" and heatmap.text[2][2] == "99" and heatmap.text[7][2] == ""
    shade = np.array(heatmap.z)
    assert shade[2, 7] == pytest.approx(np.sqrt(4 / 103))
    assert np.count_nonzero(shade) == 1
    assert shade.max() <= heatmap.zmax / 2, "half the accent at most"


def test_the_heatmap_of_no_mistakes_and_empty_rows():
    (heatmap,) = confusion_heatmap(np.zeros((10, 10), int)).data
    assert np.count_nonzero(heatmap.z) == 0 and heatmap.zmax > 0
