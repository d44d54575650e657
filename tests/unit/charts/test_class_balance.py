"""The bars of a data set's classes name each class as it is, whatever it is called."""

import json

from core.charts.class_balance import class_balance


def test_names_are_shortened_and_no_html():
    figure = json.loads(class_balance(["<b>x</b>", "a" * 40], [5, 3], [1, 0]))
    assert figure["layout"]["xaxis"]["ticktext"] == ["&lt;b>x&lt;/b>", f"{'a' * 13}…"]
    assert figure["data"][0]["customdata"] == figure["layout"]["xaxis"]["ticktext"]
    assert [bars["y"] for bars in figure["data"]] == [[5, 3], [1, 0]]
