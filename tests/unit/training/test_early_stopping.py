"""A run ends early where its recipe says so, and says why."""

import pytest

from core.config.train_config import TrainConfig
from core.training.early_stopping import early_stop_reason, time_limit_reason
from tests.support.runs import metric_row


def rows(*validations):
    """One line a validated epoch, (loss, accuracy), with lines of training between."""
    return [
        row
        for epoch, (loss, accuracy) in enumerate(validations, 1)
        for row in (metric_row(10 * epoch - 5), metric_row(10 * epoch, val_loss=loss, val_accuracy=accuracy))
    ]


def test_without_a_condition_nothing_ends_the_run_early():
    assert early_stop_reason(TrainConfig(), rows((0.1, 1.0), (0.5, 1.0), (0.9, 1.0)), 1e9) == ""


@pytest.mark.parametrize(("accuracy", "ends"), [(0.9898, False), (0.99, True), (0.9952, True)])
def test_a_target_ends_the_run_where_it_is_reached(accuracy, ends):
    words = early_stop_reason(TrainConfig(target_accuracy=0.99), rows((0.1, accuracy)), 1.0)
    assert words == (f"ended early: {100 * accuracy:.2f} % of the validation images were read right" if ends else "")


@pytest.mark.parametrize(
    ("losses", "ends"), [([], False), ([3], False), ([3, 4], False), ([3, 4, 3], True), ([3, 4, 2, 5], False)]
)
def test_patience_is_counted_from_the_smallest_loss(losses, ends):
    words = early_stop_reason(TrainConfig(patience=2), rows(*((loss, 0.9) for loss in losses)), 1.0)
    assert words == ("ended early: no smaller validation loss for 2 epochs" if ends else "")


def test_a_time_limit_is_a_limit_of_the_training_time():
    config = TrainConfig(time_limit_s=60)
    assert time_limit_reason(config, 59.9) == "" and time_limit_reason(TrainConfig(), 1e9) == ""
    assert time_limit_reason(config, 60.0) == early_stop_reason(config, [], 61.0) == "ended early: its 60 s were over"
