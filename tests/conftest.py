"""What all tests share: a runs folder of their own, and runs that are made without training."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.evaluation.report import make_report
from core.runs.store import RunStore
from tests.support.runs import finished_status, tiny_model


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An empty runs folder, which is also the one that pages and the command line see."""
    monkeypatch.setenv("DIGIT_STUDIO_HOME", str(tmp_path / "runs"))
    return RunStore()


@pytest.fixture
def finished_run(store):
    """A finished run with metrics, a test report and a small real model, made without training."""
    run = store.create(TrainConfig(hidden_units=8, epochs=2))
    for step in range(1, 21):
        row = {
            "epoch": step / 10,
            "step": step,
            "loss": 1 / step,
            "accuracy": 1 - 0.5 / step,
            "images_per_s": 9e4,
            "elapsed_s": step / 10,
        }
        run.append_metrics(row | ({"val_loss": 0.2, "val_accuracy": 0.94} if step % 10 == 0 else {}))
    labels = np.arange(1000) % 10
    answers = np.where(np.arange(1000) % 20 == 0, (labels + 1) % 10, labels)
    run.write_report(make_report(np.eye(10)[answers], labels))
    run.save_model(tiny_model())
    run.write_status(finished_status())
    return run
