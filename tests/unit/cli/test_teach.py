"""The command `teach`: what it prints, and what it says where there is nothing to learn from."""

import json

import numpy as np
import pytest

from core.cli import main, teach
from core.corrections import CorrectionStore, NewCorrection, Source
from core.runs import teaching
from core.runs.default_model import default_model
from core.runs.teaching import Measures, TeachingResult
from tests.support.runs import finished_status

RESULT = TeachingResult(
    Measures(9977, 10000, 1, 4, 3, 16, 0.99), Measures(9960, 10000, 4, 4, 16, 16, 0.98, temperature=0.95), 0.7
)


@pytest.fixture
def learns(store, monkeypatch):
    """One correction, and runs that have learned as soon as they are followed."""
    image = np.zeros((28, 28), np.uint8)
    CorrectionStore(store.root).add(NewCorrection(image, "7", Source.DRAWN, "a", "shipped", "Shipped", "1", 0.5))

    def follow(store, run):
        teaching.write_result(run, RESULT)
        run.write_status(finished_status())

    monkeypatch.setattr(teach, "_follow", follow)


def test_the_measures_are_printed_and_what_speaks_against_the_model(store, learns, capsys):
    assert main(["teach"]) == 0
    printed, said = capsys.readouterr()
    assert "Before reads 3 of 16 learned, 1 of 4 kept out, 99.77 % of the test images of MNIST" in printed
    assert "After  reads 16 of 16 learned, 4 of 4 kept out, 99.60 % of the test images of MNIST" in printed
    assert "17 of the 10,000 test images of MNIST fewer" in said
    assert default_model(store.root) == ""


def test_the_model_becomes_the_reader_where_that_is_asked(store, learns, capsys):
    assert main(["teach", "--use", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["run"] == store.all()[0].id == default_model(store.root)
    assert values["after"]["kept_out_correct"] == 4 and values["share"] == 0.7


def test_nothing_to_learn_from_is_said(store, capsys):
    assert main(["teach"]) == 1
    assert "There is nothing to learn from yet" in capsys.readouterr().err


def test_a_model_that_is_not_there_is_wrong_use(store, learns, capsys):
    assert main(["teach", "--model", "none"]) == 2
    assert "There is no run 'none'" in capsys.readouterr().err


def test_the_model_that_learns_is_named_as_for_other_commands(store, learns, capsys):
    assert main(["teach", "--model", "shipped", "--use"]) == 0
    assert main(["teach", "--model", "default"]) == 2, "it is the run that was just taught, whose model is missing here"
    assert f"{store.get(default_model(store.root)).title()} has no model yet" in capsys.readouterr().err
