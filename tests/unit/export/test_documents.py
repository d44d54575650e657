"""The documents of a run on the command line."""

import json

import pytest

from core.cli import main
from core.config.train_config import TrainConfig
from core.export.documents import DOCUMENTS, obstacle
from core.runs.view import RunView
from tests.support.runs import ended_run


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_written_and_nothing_is_overwritten(store, tmp_path, capsys, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    run, chosen = ended_run(store, TrainConfig()), DOCUMENTS[name]
    assert main(["export", run.id, "--format", name]) == 0
    written = tmp_path / f"{run.id}{chosen.suffix}"
    assert capsys.readouterr().out == f"Wrote {written.name}\n" and written.stat().st_size > 1000
    assert main(["export", run.id, "--format", name]) == 1
    assert "exists already" in capsys.readouterr().err
    other = tmp_path / f"other{chosen.suffix}"
    assert main(["export", run.id, "--format", name, "--output", str(other), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"run": run.id, "file": str(other)}
    assert obstacle(RunView.read(run), chosen) == ""


@pytest.mark.parametrize(("name", "output"), [("script", "a.txt"), ("notebook", "a.py"), ("report", "a")])
def test_another_suffix_is_wrong_use(store, capsys, name, output):
    run = ended_run(store, TrainConfig())
    assert main(["export", run.id, "--format", name, "--output", output]) == 2
    assert f"The name of a {name} file ends in {DOCUMENTS[name].suffix}" in capsys.readouterr().err


def test_what_has_no_script_is_wrong_use_in_a_sentence(store, capsys):
    run = ended_run(store, TrainConfig(other_hands=True))
    assert main(["export", run.id, "--format", "script"]) == 2
    assert "trained with Other hands" in capsys.readouterr().err
    assert "trained with Other hands" in obstacle(RunView.read(run), DOCUMENTS["notebook"])
    assert obstacle(RunView.read(run), DOCUMENTS["report"]) == ""


def test_the_shipped_model_is_no_run(store, capsys):
    assert main(["export", "shipped", "--format", "script"]) == 2
    assert "There is no run 'shipped'" in capsys.readouterr().err
