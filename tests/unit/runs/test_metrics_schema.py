"""The lines of metrics: they go on from those that are known, and damaged or retracted ones are left out."""

from core.runs.metrics_schema import Metrics
from tests.support.runs import metric_row


def test_metrics_go_on_from_those_that_are_known():
    first = Metrics().extended([metric_row(1).to_json(), {"step": "x"}, metric_row(2).to_json()], 100)
    assert first == Metrics((metric_row(1), metric_row(2)), 100)
    assert first.extended([], 100) is first, "nothing new: nothing is copied"
    again = first.extended([{"resumed_at": 1}, metric_row(2, loss=0.25).to_json()], 200)
    assert again == Metrics((metric_row(1), metric_row(2, loss=0.25)), 200)


def test_a_row_is_written_without_what_is_not_known():
    assert metric_row(1).to_json().keys() == {"epoch", "step", "loss", "accuracy", "images_per_s", "elapsed_s"}
    assert metric_row(1, val_loss=0.1, val_accuracy=0.9).to_json()["val_accuracy"] == 0.9
