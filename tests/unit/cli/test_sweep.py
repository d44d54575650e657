"""The command `sweep`: what it prints, and its exit codes."""

import json

import pytest

from core.__main__ import main
from core.cli import sweep as sweep_command
from core.cli.sweep_fields import parse_swept
from core.runs.schema import RunState
from core.sweeps.sweep import SweepStore
from core.sweeps.swept_field import SweptField
from tests.support.sweeps import owned_sweep, sweep_config


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("learning-rate=0.0001..0.01:log", SweptField("learning_rate", 0.0001, 0.01, log=True)),
        ("hidden_units=64..512", SweptField("hidden_units", 64, 512)),
        ("dropout=0..0.5:0.1", SweptField("dropout", 0.0, 0.5, step=0.1)),
        ("batch_size=16,32, 64", SweptField("batch_size", options=(16, 32, 64))),
        ("augmentation=true,false", SweptField("augmentation", options=(True, False))),
        ("layers=linear,lenet-5", SweptField("layers", options=("linear", "lenet-5"))),
        (
            'layers=["linear", [{"class_name": "Flatten"}]]',
            SweptField("layers", options=("linear", ({"class_name": "Flatten"},))),
        ),
    ],
)
def test_a_field_is_written_as_a_range_or_a_list(text, field):
    assert parse_swept(text) == field


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--field", "learning_rate"], "is no field with values; write learning_rate=0.0001..0.01:log."),
        (["--field", "epochs=1..2.5"], "epochs: '2.5' is no whole number."),
        (["--field", "speed=1..2"], "Unknown field 'speed'"),
        (["--field", "dropout=0.5..0.1"], "the range is empty"),
        (["--field", "layers=[1"], "is no JSON list"),
        ([], "The sweep varies nothing"),
        (["--field", "dropout=0..0.5", "--trials", "0"], "A sweep that tries none finds nothing."),
        (["--field", "dropout=0..0.5", "--minutes", "0"], "minutes is 0.0; it must be above 0"),
        (["--field", "layers=linear,minute", "--field", "hidden_units=8..16"], "exclude each other"),
        (["--field", "dropout=0..0.5", "--set", "validation_images=0"], "the recipe keeps none back"),
        (["--field", "dropout=0..0.5", "--set", "epochs=many"], "epochs is 'many'; it must be a whole number"),
        (["--field", "dropout=0..0.5", "--preset", "best"], "preset is 'best'"),
    ],
)
def test_what_cannot_be_swept_is_refused_and_nothing_is_filed(store, capsys, arguments, words):
    try:
        code = main(["sweep", "start", *arguments])
    except SystemExit as ended:
        code = ended.code
    assert code == 2 and words in capsys.readouterr().err
    assert SweepStore(store).all() == []


def test_a_sweep_is_started_and_followed_to_its_result(store, capsys, monkeypatch):
    started = []

    def start(sweep):
        started.append(sweep.id)
        owned_sweep(store, monkeypatch, sweep)

    monkeypatch.setattr(sweep_command, "start_owner", start)
    arguments = ["--field", "learning_rate=0.0001..0.1:log", "--trials", "8", "--set", "epochs=2", "--name", "Rates"]
    assert main(["sweep", "start", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["sweep"] == started[0] and found["state"] == "finished" and found["name"] == "Rates"
    assert found["told"] == len(found["trials"]) == 8 and found["best"]["value"] > found["trials"][0]["value"]
    assert found["is_better"] and "clearly better" in found["result"]

    assert main(["sweep", "show", started[0]]) == 0
    shown = capsys.readouterr().out
    assert "Best: trial" in shown and "clearly better" in shown and "Importance of learning_rate: 100 %" in shown
    assert main(["sweep", "list"]) == 0
    assert f"{started[0]}  finished, 8 trials: Rates" in capsys.readouterr().out
    assert main(["sweep", "stop", started[0]]) == 2
    assert "is not running" in capsys.readouterr().err


def test_a_finished_sweep_is_not_resumed_and_a_wrong_id_is_said(store, capsys, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(trials=2))
    assert view.state is RunState.FINISHED
    assert main(["sweep", "resume", view.sweep.id]) == 2
    assert "has finished. Start a new one" in capsys.readouterr().err
    assert main(["sweep", "show", "../x"]) == 2
    assert "There is no sweep '../x'" in capsys.readouterr().err


def test_a_damaged_sweep_is_listed_with_its_reason(store, capsys):
    sweep = SweepStore(store).create(sweep_config())
    (sweep.folder / "sweep.json").write_text("{")
    assert main(["sweep", "list", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["sweeps"]
    assert found["sweep"] == sweep.id and "cannot be used" in found["error"]


def test_a_sweep_is_deleted_and_comes_back(store, capsys, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(trials=2))
    filed = len(store.all())
    assert main(["sweep", "delete", view.sweep.id]) == 0
    assert f"and {filed} runs are in the trash" in capsys.readouterr().out and store.all() == []
    assert main(["sweep", "show", view.sweep.id]) == 2
    assert main(["sweep", "restore", view.sweep.id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"sweep": view.sweep.id} and len(store.all()) == filed
    assert main(["sweep", "restore", view.sweep.id]) == 2
    assert "is not in the trash" in capsys.readouterr().err
    assert main(["sweep", "delete", view.sweep.id, "--keep-runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == 0 and len(store.all()) == filed
