"""The curve of the accuracy over a damage."""

from core.charts.damage_curve import damage_curve


def test_the_present_strength_lies_on_the_curve_between_those_that_were_measured():
    figure = damage_curve([(0.0, 0.98), (0.4, 0.2)], (0.1, 0.9), "Noise", (0.0, 0.4))
    curve, here = figure.data
    assert (list(curve.x), list(curve.y)) == ([0.0, 0.1, 0.4], [0.98, 0.9, 0.2])
    assert (list(here.x), list(here.y), here.marker.symbol) == ([0.1], [0.9], "diamond")
    assert figure.layout.xaxis.title.text == "Noise" and figure.layout.yaxis.range[0] == 0
