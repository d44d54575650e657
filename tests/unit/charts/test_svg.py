"""Learning curves as SVG."""

import re

import pytest

from core.charts.curves import Curve, Metric
from core.charts.svg import curve_svg, ticks
from tests.support.runs import metric_row


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (0, 5, [0, 1, 2, 3, 4, 5]),
        (0.8, 1.005, [0.8, 0.85, 0.9, 0.95, 1.0]),
        (0, 0.5, [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        (0, 200, [0, 50, 100, 150, 200]),
    ],
)
def test_axes_are_labelled_at_round_numbers(low, high, wanted):
    assert ticks(low, high) == pytest.approx(wanted)


def test_a_curve_and_its_validation_points_lie_within_the_drawing():
    rows = [metric_row(step, **({"val_loss": 0.1} if step % 10 == 0 else {})) for step in range(1, 21)]
    drawn = curve_svg(Curve("", rows), Metric.LOSS, 2)
    assert len(re.findall(r'class="line"', drawn)) == len(re.findall(r'class="point"', drawn)) == 1
    line = [float(each) for each in re.search(r'class="line" d="M([^"]+)"', drawn)[1].split()]
    assert len(line) == 40 and all(0 <= x <= 480 for x in line[::2]) and all(0 <= y <= 260 for y in line[1::2])
    assert line[-2] == max(line[::2]) == 470, "the last epoch lies at the right end"
    assert line[1::2] == sorted(line[1::2]), "the loss falls"


@pytest.mark.parametrize("metric", [Metric.LOSS, Metric.ACCURACY])
def test_a_run_of_one_row_is_drawn(metric):
    assert "<svg" in curve_svg(Curve("", [metric_row(1, loss=0.0, accuracy=0.0)]), metric, 0)
