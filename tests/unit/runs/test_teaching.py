"""The files of a run that learns from corrections, and the model that an installation reads with."""

import re
from dataclasses import replace

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.runs import teaching
from core.runs.default_model import default_model, reset_default_model, set_default_model
from core.runs.schema import RunError
from core.runs.teaching import Measures, TeachingResult

BEFORE = Measures(9977, 10000, 1, 4, 3, 16, 0.99, 0.993, 0.002, 0.92)


def result(correct, refused=0.98):
    return TeachingResult(BEFORE, Measures(correct, 10000, 4, 4, 16, 16, refused, 0.992, 0.002, 0.95), 0.7)


def test_corrections_and_measures_come_back_as_they_were(store):
    arrays = {"images": np.zeros((2, 28, 28), np.uint8), "labels": np.array([7, 1], np.uint8)}
    run = store.create(TrainConfig(), lambda run: teaching.save_corrections(run, arrays))
    assert teaching.learns_from_corrections(run)
    assert teaching.load_corrections(run)["labels"].tolist() == [7, 1]
    assert teaching.read_result(run) is None
    teaching.write_result(run, result(9975))
    assert teaching.read_result(run) == result(9975)
    teaching.write_result(run, replace(result(9975), shipped_accuracy=0.9982))
    assert teaching.read_result(run).shipped_accuracy == 0.9982
    teaching.remove_result(run)
    assert teaching.read_result(run) is None


def test_a_run_without_corrections_is_another_one(store):
    run = store.create(TrainConfig())
    assert not teaching.learns_from_corrections(run)
    with pytest.raises(RunError, match="holds no corrections"):
        teaching.load_corrections(run)


@pytest.mark.parametrize("damaged", [b"", b"[]", b"{}", b'{"before": 1, "after": 2, "share": 0.5}', b"\xff"])
def test_damaged_measures_are_as_if_there_were_none(store, damaged):
    run = store.create(TrainConfig())
    (run.folder / "teaching.json").write_bytes(damaged)
    assert teaching.read_result(run) is None


@pytest.mark.parametrize(
    ("correct", "refused", "said"),
    [
        (9967, 0.9, []),
        (9966, 0.98, ["11 of the 10,000 test images of MNIST fewer"]),
        (9990, 0.899, ["refuses only 89.9 %"]),
        (9000, 0.5, ["977 of the 10,000", "refuses only 50.0 %"]),
    ],
)
def test_what_speaks_against_a_model_is_said(correct, refused, said):
    warnings = result(correct, refused).warnings
    assert len(warnings) == len(said)
    assert all(words in warning for words, warning in zip(said, warnings, strict=True))


@pytest.mark.parametrize(
    ("correct", "shipped", "said"),
    [
        (9971, 0.9982, ["11 of the 10,000 test images of MNIST fewer right than the shipped reader"]),
        (9972, 0.9982, []),
        (9966, 0.9982, ["11 of .* than before", "16 of .* than the shipped reader"]),
        (9966, 0.9977, ["11 of .* than before"]),
        (9990, 0.9982, []),
    ],
)
def test_a_row_of_taught_models_is_compared_with_the_shipped_reader(correct, shipped, said):
    warnings = replace(result(correct), shipped_accuracy=shipped).warnings
    assert len(warnings) == len(said)
    assert all(re.search(words, warning) for words, warning in zip(said, warnings, strict=True))


def test_the_default_model_is_kept_and_reset(tmp_path):
    root = tmp_path / "root"
    assert default_model(root) == ""
    set_default_model(root, "a-run")
    assert default_model(root) == "a-run"
    reset_default_model(root)
    reset_default_model(root)
    assert default_model(root) == ""


@pytest.mark.parametrize("damaged", [b"", b"[1]", b'{"run": 5}', b"x" * 10_000, b"\xff"])
def test_a_damaged_choice_is_none(tmp_path, damaged):
    (tmp_path / "default_model.json").write_bytes(damaged)
    assert default_model(tmp_path) == ""
