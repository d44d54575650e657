"""A training that learned nothing says so, with what to try: in words, on the page and on the command line."""

import json
from argparse import Namespace

import numpy as np
import pytest

from core.cli import train as train_command
from core.config.dataset_spec import DatasetSpec
from core.config.train_config import TrainConfig
from core.evaluation.outcome import find_failed_learning
from core.evaluation.report import make_report
from core.runs.schema import Mark, MarkKind
from tests.support.runs import finished_status

LABELS = np.arange(1000) % 10


def finished(store, right, always=None, **settings):
    """A finished run of these settings that reads this share of the images right, the others as the next digit."""
    run = store.create(TrainConfig(hidden_units=8).changed(settings))
    answers = np.where(np.arange(1000) // 10 < 100 * right, LABELS, (LABELS + 1) % 10)
    run.write_report(make_report(np.eye(10)[answers if always is None else np.full(1000, always)], LABELS))
    run.write_status(finished_status())
    return run


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({"optimizer": "sgd", "learning_rate": 1.0}, "1, is too high for sgd: train again with 0.05."),
        ({"learning_rate": 0.05}, "0.05, is too high for adam: train again with 0.001."),
        ({"label_noise": 0.9}, "Of its labels 90 % are random: train again with fewer."),
        ({"training_share": 0.01}, "Train longer, on more of the images, or with a higher learning rate."),
        ({"learning_rate": 0.00001}, "Train longer, on more of the images, or with a higher learning rate."),
        ({}, "Train again with a tenth of its learning rate, with another optimizer, or with fewer layers."),
    ],
)
def test_a_run_near_chance_says_so_and_what_to_try(store, settings, advice):
    said = str(find_failed_learning(finished(store, 0.0, always=1, **settings)))
    assert said.startswith(
        "The network has not learned: it reads 10.0 % of the test images right, where guessing reads"
    )
    assert "and it reads a 1 in nearly all. " in said and said.endswith(advice)


def test_a_run_that_learned_or_is_not_tested_says_nothing(store):
    assert find_failed_learning(finished(store, 0.3)) is None
    assert find_failed_learning(store.create(TrainConfig())) is None
    failed = find_failed_learning(finished(store, 0.15))
    assert failed is not None and failed.answer is None and "nearly all" not in str(failed)


@pytest.mark.parametrize(("test_images", "tested_on"), [(30, "test images"), (0, "validation images")])
def test_what_another_set_is_tested_on_and_its_classes_are_named(store, test_images, tested_on):
    clothes = DatasetSpec("clothes", 1, "Clothes", ("Trouser", "Bag", "Coat"), 300, test_images, "0" * 64)
    run = store.create(TrainConfig(dataset=clothes))
    run.write_report(make_report(np.eye(3)[[0] * 30], np.arange(30) % 3))
    said = str(find_failed_learning(run))
    assert f"it reads 33.3 % of the {tested_on} right, where guessing reads 33 %" in said
    assert ", and it reads Trouser in nearly all. " in said


def test_the_rate_that_was_set_by_hand_counts(store):
    run = finished(store, 0.1)
    run.append_mark(Mark(MarkKind.RATE, 5, 0.1, 1.0, 1, 0.5))
    assert "Its learning rate, 0.5, is too high for adam" in str(find_failed_learning(run))


def test_the_command_line_says_it(store, capsys):
    run = finished(store, 0.0, always=3, optimizer="sgd", learning_rate=1.0)
    assert train_command._print_result(run, Namespace(program="core", json=True)) == 0
    printed = capsys.readouterr()
    assert "The network has not learned" in printed.err and "0.05" in json.loads(printed.out)["warning"]
