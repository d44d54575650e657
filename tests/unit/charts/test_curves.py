"""Curves hold what was measured, seen as a person chose, and keep their zoom while points come."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.charts.curves import Axis, Curve, View, learning_curves, learning_curves_json, smooth
from core.charts.style import SERIES
from core.runs.schema import Mark, MarkKind
from tests.support.curves import MARKS, rows

SEEN = View()


def one(given, metric="loss", view=SEEN, epochs=5, **more):
    return learning_curves([Curve("run", given)], metric, view, epochs, **more)


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
@pytest.mark.parametrize("view", [View(), View(Axis.TIME, log=True, smoothing=0.6)])
@pytest.mark.parametrize("count", [0, 1, 30, 2000])
@pytest.mark.parametrize(("marks", "reference"), [((), None), (MARKS, 0.9766)])
def test_the_json_of_curves_is_that_of_their_figure(metric, view, count, marks, reference):
    curves = [Curve("run", rows(count), marks), Curve("other", rows(7))]
    text = learning_curves_json(curves, metric, view, 5, reference)
    assert json.loads(text) == json.loads(learning_curves(curves, metric, view, 5, reference).to_json())


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
def test_a_curve_holds_training_and_validation(metric):
    given = rows(30)
    training, validation = one(given, metric).data
    assert list(training.x) == [row.epoch for row in given]
    assert list(training.y) == pytest.approx([getattr(row, metric) for row in given])
    assert list(validation.x) == [1, 2, 3]
    assert list(validation.y) == [value for row in given if (value := getattr(row, f"val_{metric}")) is not None]
    assert (training.mode, validation.mode) == ("lines", "markers")


@pytest.mark.parametrize("count", [801, 5000])
def test_a_long_curve_is_thinned_and_keeps_its_ends(count):
    training = one(rows(count)).data[0]
    assert len(training.x) == 800
    assert (training.x[0], training.x[-1]) == (0.1, count / 10)
    assert list(training.x) == sorted(set(training.x))


def test_a_curve_of_800_points_is_whole_and_validation_is_never_thinned():
    assert len(one(rows(800)).data[0].x) == 800
    assert len(one(rows(5000)).data[1].x) == 500


def test_the_reference_is_a_thin_dashed_line_with_its_name():
    figure = one(rows(3), "accuracy", reference=0.9766)
    (line,), (words,) = figure.layout.shapes, figure.layout.annotations
    assert (line.y0, line.y1, line.line.width, line.line.dash) == (0.9766, 0.9766, 1, "dash")
    assert words.text == " seed recipe<br> 97.66 %"
    assert not one(rows(3)).layout.shapes


def test_a_zoom_outlives_new_points_and_not_another_view():
    revisions = {one(rows(count)).layout.uirevision for count in (0, 1, 30)}
    assert len(revisions) == 1 and revisions.pop()
    assert one(rows(3), view=View(by="time")).layout.uirevision != one(rows(3)).layout.uirevision


def test_the_epochs_to_come_have_their_place_and_the_seconds_to_come_are_not_known():
    assert one(rows(3)).layout.xaxis.range == pytest.approx((0, 5.1))
    assert one(rows(3), view=View(by="time")).layout.xaxis.range is None
    assert list(one(rows(3), view=View(by="time")).data[0].x) == pytest.approx([0.2, 0.4, 0.6])


def test_a_poor_network_is_shown_whole():
    assert one(rows(3, accuracy=0.1), "accuracy").layout.yaxis.range == (0, 1.005)
    assert one(rows(3, accuracy=0.95), "accuracy").layout.yaxis.range == (0.8, 1.005)


def test_the_newest_point_is_always_visible():
    good, fallen = rows(30), [*rows(30), rows(31, accuracy=0.1)[-1]]
    axis = lambda *given: learning_curves([Curve("a", each) for each in given], "accuracy", SEEN, 5).layout.yaxis.range  # noqa: E731
    assert axis(fallen) == (0, 1.005), "the rate was set to 1, and nothing is known any more"
    assert axis(good, rows(30, accuracy=0.3)) == (0, 1.005), "the poor one beside it is seen too"
    unsure = [replace(row, val_accuracy=0.6) for row in good]
    assert axis(unsure) == (0, 1.005), "what was learned by heart alone"
    assert axis(good, []) == (0.8, 1.005)


def test_the_row_of_a_validation_says_nothing_new_of_the_training():
    measured = rows(30)
    repeated = [twice for row in measured for twice in ([row, row] if row.val_loss is not None else [row])]
    for view in (SEEN, View(smoothing=0.9)):
        assert list(one(repeated, view=view).data[0].y) == list(one(measured, view=view).data[0].y)
        assert list(one(repeated, view=view).data[0].x) == [row.epoch for row in measured]


def test_a_constant_rate_is_seen_against_nothing():
    rated = [Curve("run", rows(3), learning_rates=[0.001] * 3)]
    assert learning_curves(rated, "learning_rate", SEEN, 5).layout.yaxis.rangemode == "tozero"
    assert learning_curves(rated, "loss", SEEN, 5).layout.yaxis.rangemode is None


def test_the_references_name_stands_where_no_curve_ends():
    layout = one(rows(3), "accuracy", reference=0.9766).layout
    (words,) = layout.annotations
    assert (words.x, words.xanchor, words.yanchor) == (1, "left", "middle"), "beside the chart, in its margin"
    assert layout.margin.r > 80


def test_on_the_logarithmic_scale_accuracy_is_the_share_of_mistakes():
    figure = one(rows(10, accuracy=0.99), "accuracy", View(log=True), reference=0.9766)
    assert (figure.layout.yaxis.type, figure.layout.yaxis.title.text) == ("log", "Mistakes")
    assert list(figure.data[0].y) == pytest.approx([0.01] * 10)
    assert figure.layout.annotations[0].y == pytest.approx(np.log10(1 - 0.9766))
    assert min(one(rows(3, accuracy=1.0), "accuracy", View(log=True)).data[0].y) > 0, (
        "no mistake at all has a place too"
    )


def test_smoothing_is_a_running_mean_that_begins_at_the_first_value():
    assert smooth([4.0, 0.0], 0.0) == [4.0, 0.0]
    assert smooth([4.0, 4.0, 4.0], 0.9) == pytest.approx([4.0, 4.0, 4.0])
    assert smooth([4.0, 0.0], 0.5) == pytest.approx([4.0, 4 / 3])
    assert one(rows(30), view=View(smoothing=0.9)).data[1].y[0] == 0.3, "what was validated is never smoothed"


def test_several_runs_have_a_colour_and_a_name_each():
    figure = learning_curves([Curve("a", rows(20)), Curve("b", rows(10))], "loss", View())
    assert [trace.name for trace in figure.data if trace.mode == "lines"] == ["a", "b"]
    assert [trace.line.color for trace in figure.data if trace.mode == "lines"] == list(SERIES[:2])


@pytest.mark.parametrize(("by", "place"), [("epoch", 1.5), ("time", 3.0)])
def test_a_mark_stands_where_it_took_effect(by, place):
    figure = learning_curves([Curve("a", rows(20), MARKS)], "loss", View(by=by))
    assert figure.layout.shapes[0].x0 == place
    assert figure.layout.annotations[0].text == "rate 0.0003"


def test_marks_of_several_runs_have_their_colours():
    figure = learning_curves([Curve("a", rows(20), MARKS), Curve("b", rows(20), MARKS)], "loss", View())
    assert [line.line.color for line in figure.layout.shapes] == list(SERIES[:2])


def labels(*curves, by="epoch"):
    """The labels of the marks with their places, and whether they stand before their line."""
    figure = learning_curves([Curve("run", rows(50), marks) for marks in curves], "loss", View(by=by), 5)
    return [(each.x, each.text, each.xanchor == "right") for each in figure.layout.annotations]


def mark(kind, epoch, value=None):
    return Mark(MarkKind(kind), round(epoch * 10), epoch, elapsed_s=2 * epoch, acknowledged=1, value=value)


@pytest.mark.parametrize(("by", "scale"), [("epoch", 1), ("time", 2)])
def test_marks_close_together_share_a_label_and_have_a_line_each(by, scale):
    close = [mark("pause", 1.0), mark("resume", 1.1), mark("rate", 1.3, 0.01), mark("pause", 3.0)]
    assert labels(close, by=by) == [(scale, "paused<br>resumed<br>rate 0.01", False), (3 * scale, "paused", False)]
    figure = learning_curves([Curve("run", rows(50), close)], "loss", View(by=by), 5)
    assert [line.x0 for line in figure.layout.shapes] == pytest.approx([scale * each.epoch for each in close])


def test_marks_of_several_runs_share_a_label_too():
    assert labels([mark("rate", 1.0, 0.01)], [mark("rate", 1.0, 0.1)]) == [(1.0, "rate 0.01<br>rate 0.1", False)]


def test_what_was_done_again_and_again_is_counted_and_a_label_has_few_lines():
    again = [mark(kind, 1 + place / 100) for place in range(5) for kind in ("pause", "resume")]
    assert labels(again) == [(1.0, "paused, resumed ×5", False)]
    rates = [mark("rate", 1 + place / 100, 0.01 + place / 100) for place in range(6)]
    assert labels(rates) == [(1.0, "rate 0.01<br>rate 0.02<br>rate 0.03<br>3 more", False)]


def test_a_label_at_the_end_of_the_axis_stands_before_its_line():
    assert labels([mark("stop", 5.0)]) == [(5.0, "stopped", True)]


def test_no_two_labels_overlap():
    """A line of text is a twentieth of the axis wide, on the narrowest chart."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        placed = labels([mark("rate", float(place), 0.01) for place in rng.uniform(0, 5, 12)])
        widths = [0.05 * 5 * (text.count("<br>") + 1) for _, text, _ in placed]
        starts = [x - width * before for (x, _, before), width in zip(placed, widths, strict=True)]
        ends = [start + width for start, width in zip(starts, widths, strict=True)]
        assert all(end <= start + 1e-9 for end, start in zip(ends, starts[1:], strict=False))
        assert max(ends) <= 1.02 * 5, "none is cut off"


def test_rates_are_added_row_by_row():
    figure = learning_curves([Curve("run", rows(3), learning_rates=[0.1, 0.2, 0.3])], "learning_rate", SEEN)
    assert list(figure.data[0].y) == pytest.approx([0.1, 0.2, 0.3])


def test_a_run_that_was_extended_is_shown_whole():
    assert one(rows(100), epochs=5).layout.xaxis.range[1] >= 10
