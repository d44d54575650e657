"""Runs and models that are made without training."""

from dataclasses import replace

from core.config.train_config import TrainConfig
from core.runs.schema import MetricRow, RunState, Status


def finished_status():
    """The status of a run that this process trained to the end."""
    return replace(Status.of_this_process(6370), state=RunState.FINISHED, ended=1.0, train_s=2.0, images_per_s=9e4)


def metric_row(step, steps_per_epoch=10, **figures):
    """A line of metrics after so many steps; `figures` are those that matter to the test."""
    row = MetricRow(
        epoch=step / steps_per_epoch,
        step=step,
        loss=1 / max(step, 1),
        accuracy=1 - 0.5 / max(step, 1),
        images_per_s=9e4,
        elapsed_s=step / 10,
    )
    return replace(row, **figures)


def tiny_model():
    """An untrained network of 8 hidden units."""
    from core.networks.builder import build, import_keras

    import_keras().utils.set_random_seed(0)
    return build(TrainConfig(hidden_units=8))
