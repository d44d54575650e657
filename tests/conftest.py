"""What all tests share: a runs folder of their own, and runs that are made without training."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.evaluation.report import make_report
from core.people import People
from core.runs.store import RunStore
from tests.support.runs import finished_status, metric_row, tiny_model


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """Give all tests in a browser to one process: two browsers and two trainings are too much for two cores."""
    for item in items:
        is_in_browser = item.get_closest_marker("browser") is not None
        item.add_marker(pytest.mark.xdist_group("browser" if is_in_browser else item.path.as_posix()))


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An empty runs folder, which is also the one that pages and the command line see."""
    monkeypatch.setenv("DIGIT_STUDIO_HOME", str(tmp_path / "runs"))
    return RunStore()


@pytest.fixture
def people(store):
    """A class in which nobody is yet."""
    return People(store.root)


@pytest.fixture
def anna(people):
    """A person of the class."""
    return people.join("Anna", 10)[0]


@pytest.fixture
def finished_run(store):
    """A finished run with metrics, a test report and a small real model, made without training."""
    run = store.create(TrainConfig(hidden_units=8, epochs=2))
    for step in range(1, 21):
        validation = {"val_loss": 0.2, "val_accuracy": 0.94} if step % 10 == 0 else {}
        run.append_metrics(metric_row(step, **validation))
    labels = np.arange(1000) % 10
    answers = np.where(np.arange(1000) % 20 == 0, (labels + 1) % 10, labels)
    run.write_report(make_report(np.eye(10)[answers], labels))
    run.save_model(tiny_model())
    run.write_status(finished_status())
    return run
