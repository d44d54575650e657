"""Runs and models that are made without training."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.config.train_config import TrainConfig
from core.evaluation.report import make_report
from core.runs.metrics_schema import MetricRow
from core.runs.run import Run
from core.runs.schema import RunState, Status
from core.runs.store import RunStore


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


def tiny_run(root):
    """A finished run of `tiny_model`, which appears in a runs folder at once and whole: its server may watch it."""
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        run = RunStore(Path(folder)).create(TrainConfig(hidden_units=8))
        run.save_model(tiny_model())
        run.write_report(make_report(np.eye(10), np.arange(10)))
        run.write_status(finished_status())
        return Run(run.folder.rename(root / run.folder.name))


def ended_run(store, config, steps=20, state=RunState.FINISHED):
    """A run of this recipe with rows up to so many steps and a test report, whose model's file is never loaded."""
    run = store.create(config)
    run.append_metrics(metric_row(steps))
    labels = np.arange(1000) % 10
    run.write_report(make_report(np.eye(10)[np.where(labels == 3, 5, labels)], labels))
    run.model_path.write_bytes(b"never loaded")
    run.write_status(replace(finished_status(), state=state))
    return run


def assert_same(first, second):
    """Two runs have the same checkpoint, to the last bit, and the same report."""
    one, other = first.checkpoint(), second.checkpoint()
    assert one.keys() == other.keys()
    assert [name for name in one if one[name].tobytes() != other[name].tobytes()] == []
    assert first.report() == second.report()
