"""Groups of curves are their means and what is around them."""

import pytest

from core.charts.group_curves import spread_curves


def test_groups_without_a_point_yet_have_an_axis_of_shares():
    assert spread_curves({"a": [{}, {}], "b": [{}]}).layout.yaxis.range == (0, 1)
    assert spread_curves({"a": [{1: 0.9}], "b": [{}]}).layout.yaxis.range is None


def test_a_group_is_its_mean_where_all_have_come_and_a_band_around_it():
    band, mean = spread_curves({"a": [{1: 0.9, 2: 0.95}, {1: 0.92}, {}]}).data
    assert (list(mean.x), list(mean.y)) == ([1], [pytest.approx(0.91)])
    assert sorted(band.y) == [0.9, 0.92]
