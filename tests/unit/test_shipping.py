"""The model that ships: what may become it, and what its card says."""

import json
from dataclasses import asdict, replace

import pytest

from core import shipping
from core.config import PRESETS, TrainConfig
from core.dataset import data_sum
from core.networks import count_parameters
from core.recognition import SHIPPED
from core.runs import RunError
from core.shipping import ship
from tests.conftest import finished_status


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Where the shipped model would lie, in a folder of the test's own."""
    path = tmp_path / "assets" / "reader.keras"
    path.parent.mkdir()
    monkeypatch.setattr(shipping, "SHIPPED", path)
    return path


def test_a_finished_run_ships_with_its_card(shipped, finished_run):
    card = ship(finished_run)
    assert shipped.read_bytes() == finished_run.model_path.read_bytes()
    assert (
        card.items()
        >= {
            "run": finished_run.id,
            "config": asdict(TrainConfig(hidden_units=8, epochs=2)),
            "seed": 0,
            "data": "MNIST",
            "data_sha256": data_sum(),
            "parameters": 6370,
            "test_accuracy": 0.95,
            "test_images": 1000,
            "train_s": 2.0,
        }.items()
    )
    assert json.loads(shipped.with_suffix(".json").read_text("utf-8")) == card
    assert {path.name for path in shipped.parent.iterdir()} == {"reader.keras", "reader.json"}


def test_a_run_in_the_queue_does_not_ship(shipped, store):
    run = store.create(TrainConfig())
    with pytest.raises(RunError, match=f"Run {run.id} is queued; only a finished run can ship."):
        ship(run)
    assert not shipped.exists()


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_a_run_that_ended_early_does_not_ship(shipped, finished_run, state):
    finished_run.write_status(replace(finished_status(), state=state))
    with pytest.raises(RunError, match=f"is {state}; only a finished run can ship."):
        ship(finished_run)
    assert not shipped.exists()


def test_at_most_2_mb_ship(shipped, finished_run):
    finished_run.model_path.write_bytes(b"x" * 2_000_001)
    with pytest.raises(RunError, match="The model has 2,000,001 bytes; at most 2,000,000 may ship."):
        ship(finished_run)
    assert not shipped.exists()


def test_the_model_in_the_project_is_this_projects_own():
    card = json.loads(SHIPPED.with_suffix(".json").read_text("utf-8"))
    config = TrainConfig(**card["config"])
    assert config in [each.changed({"seed": card["seed"]}) for each in PRESETS.values()]
    assert card["parameters"] == count_parameters(config)
    assert card["data_sha256"] == data_sum()
    assert card["test_accuracy"] >= 0.992 and card["test_images"] == 10_000
    assert SHIPPED.stat().st_size <= 2_000_000
