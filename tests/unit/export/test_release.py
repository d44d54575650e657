"""The released model: what may become it, and what its card says."""

import json
from dataclasses import replace

import pytest

from core.config import PRESETS, TrainConfig
from core.datasets.mnist import data_checksum
from core.export import release
from core.export.release import release_model
from core.networks.builder import count_parameters, import_keras
from core.recognition.model_files import RELEASED_MODEL
from core.runs.schema import RunError
from tests.support.runs import finished_status


@pytest.fixture
def released(tmp_path, monkeypatch):
    """Where the released model would lie, in a folder of the test's own."""
    path = tmp_path / "assets" / "reader.keras"
    path.parent.mkdir()
    monkeypatch.setattr(release, "RELEASED_MODEL", path)
    return path


def test_a_finished_run_is_released_with_its_card(released, finished_run):
    card = release_model(finished_run)
    assert released.read_bytes() == finished_run.model_path.read_bytes()
    assert (
        card.items()
        >= {
            "run": finished_run.id,
            "config": json.loads(TrainConfig(hidden_units=8, epochs=2).to_json()),
            "seed": 0,
            "data": "MNIST",
            "data_sha256": data_checksum(),
            "parameters": 6370,
            "command": "",
            "test_accuracy": 0.95,
            "test_accuracy_by_seed": {"0": 0.95},
            "handwriting": [],
            "test_images": 1000,
            "train_s": 2.0,
        }.items()
    )
    assert json.loads(released.with_suffix(".json").read_text("utf-8")) == card
    assert {path.name for path in released.parent.iterdir()} == {
        "reader.keras",
        "reader.json",
        "reader.npz",
        "reader_index.npz",
    }


@pytest.mark.parametrize("cut_off", ["replace_file", "replace_json"])
def test_a_network_never_stands_beside_anothers_card(released, finished_run, monkeypatch, cut_off):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(release, "calibrate", lambda model, mnist: ({}, None))
    for suffix in (".keras", ".json", ".npz"):
        released.with_suffix(suffix).write_text("another's")
    monkeypatch.setattr(release.atomic, cut_off, fails)
    with pytest.raises(OSError, match="No space"):
        release_model(finished_run)
    assert [path.name for path in released.parent.iterdir()] == ["reader.keras"]


def of_seed(store, run, seed, **values):
    """A finished run like `run`, but of another seed and other `values`."""
    other = store.create(run.config().changed({"seed": seed, **values}))
    other.write_report(run.report())
    other.write_status(finished_status())
    return other


def test_the_card_gives_the_seeds_beside_and_the_scores_on_handwriting(released, store, finished_run):
    scores = [{"kind": "pen strokes of 30 writers", "pictures": 7494, "accuracy": 0.98, "calibration_error": 0.01}]
    beside = [of_seed(store, finished_run, seed) for seed in (2, 1)]
    card = release_model(finished_run, beside, json.dumps(scores))
    assert list(card["test_accuracy_by_seed"].items()) == [("0", 0.95), ("1", 0.95), ("2", 0.95)]
    assert card["handwriting"] == scores


def test_the_card_names_the_command_of_a_preset(released, store, finished_run):
    run = store.create(PRESETS["recipe"].changed({"seed": 4}))
    run.write_report(finished_run.report())
    run.save_model(import_keras().saving.load_model(finished_run.model_path))
    run.write_status(finished_status())
    assert release_model(run)["command"] == "python -m core train --preset recipe --seed 4"


@pytest.mark.parametrize(("seed", "values"), [(0, {}), (1, {"epochs": 3})], ids=["the same seed", "another config"])
def test_only_runs_of_other_seeds_stand_beside(released, store, finished_run, seed, values):
    with pytest.raises(RunError, match=f"must have another seed than run {finished_run.id}"):
        release_model(finished_run, [of_seed(store, finished_run, seed, **values)])
    assert not released.exists()


def test_an_unfinished_run_does_not_stand_beside(released, store, finished_run):
    with pytest.raises(RunError, match="only a finished run"):
        release_model(finished_run, [store.create(finished_run.config().changed({"seed": 1}))])


@pytest.mark.parametrize(
    "scores",
    [
        "{",
        "{}",
        "[1]",
        '[{"kind": "paper"}]',
        '[{"kind": "paper", "pictures": "many", "accuracy": 0.9, "calibration_error": 0.1}]',
    ],
)
def test_scores_of_another_form_are_not_released(released, finished_run, scores):
    with pytest.raises(RunError, match="The scores"):
        release_model(finished_run, scores=scores)
    assert not released.exists()


def test_a_run_in_the_queue_is_not_released(released, store):
    run = store.create(TrainConfig())
    with pytest.raises(RunError, match=f"Run {run.id} is queued; only a finished run can be released."):
        release_model(run)
    assert not released.exists()


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_a_run_that_ended_early_is_not_released(released, finished_run, state):
    finished_run.write_status(replace(finished_status(), state=state))
    with pytest.raises(RunError, match=f"is {state}; only a finished run can be released."):
        release_model(finished_run)
    assert not released.exists()


def test_at_most_3_mb_are_released(released, finished_run):
    finished_run.model_path.write_bytes(b"x" * 3_000_001)
    with pytest.raises(RunError, match="The model has 3,000,001 bytes; at most 3,000,000 can be released."):
        release_model(finished_run)
    assert not released.exists()


def test_the_model_in_the_project_is_this_projects_own():
    card = json.loads(RELEASED_MODEL.with_suffix(".json").read_text("utf-8"))
    config = TrainConfig(**card["config"])
    assert config in [each.changed({"seed": card["seed"]}) for each in PRESETS.values()]
    assert card["parameters"] == count_parameters(config)
    assert card["data_sha256"] == data_checksum()
    assert card["test_accuracy"] >= 0.9970 and card["test_images"] == 10_000
    assert card["test_digits_kept"] >= 0.99
    assert RELEASED_MODEL.stat().st_size <= 3_000_000
