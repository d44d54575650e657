"""The command that trains the networks from drawn things, with a network that is trained in a second."""

import json
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.__main__ import main
from core.cli import networks
from core.config.objective_config import ObjectiveName
from core.jobs import launcher
from core.runs.objective_run import ObjectiveRow, ObjectiveRun
from core.training.objective_loop import train_objective
from core.training.objectives import OBJECTIVES
from tests.support.objectives import SumObjective, draws
from tests.support.processes import wait_until

EXAMPLES = 40
FIRST = ObjectiveRow(1, 4, 0.5, 0.1)


@pytest.fixture
def trained_here(tmp_path, monkeypatch):
    """Trainings are of sums, by this process; returns the scripts that the trainings follow, one each."""
    objective, scripts = SumObjective(tmp_path / "assets" / "adder.keras", examples=EXAMPLES), []

    def train(folder, log):
        run = ObjectiveRun(folder)
        script = scripts.pop(0)(run) if scripts else None
        train_objective(objective, run, draws(objective, run.config().examples, script))
        return SimpleNamespace(poll=lambda: 0)

    monkeypatch.chdir(tmp_path)
    objective.asset.parent.mkdir()
    monkeypatch.setitem(OBJECTIVES, ObjectiveName.INK, objective)
    monkeypatch.setattr(launcher, "start_objective_worker", train)
    return scripts


def test_it_trains_releases_and_says_so_in_json(trained_here, capsys):
    assert main(["networks", "ink", "--release", "--json"]) == 0
    printed = capsys.readouterr()
    result = json.loads(printed.out.splitlines()[-1])
    assert result["state"] == "finished" and result["sums"] == EXAMPLES and result["parameters"] == 41
    assert result["folder"] == str(Path("networks/ink").absolute()) and result["scores"].keys() == {"share_near"}
    assert "40 of 40 sums" in printed.err and "left" in printed.err
    run = ObjectiveRun(Path("networks/ink"))
    assert Path("assets/adder.keras").read_bytes() == run.model_path.read_bytes()
    assert json.loads(Path("assets/adder.json").read_text()) == run.card()
    assert "share near" in run.curves_path.read_text() and "plotly" in run.curves_path.read_text()


def test_a_trial_leaves_the_apps_own_network_alone(trained_here, capsys):
    assert main(["networks", "ink", "--examples", "12", "--out", "trial"]) == 0
    assert "The adder is in" in capsys.readouterr().out
    assert not any(Path("assets").iterdir())


def test_the_same_command_goes_on_with_a_training_that_was_stopped(trained_here, capsys):
    trained_here.append(lambda run: {5: lambda: run.send("stop")})
    assert main(["networks", "ink", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["state"] == "stopped"
    assert main(["networks", "ink", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["state"] == "finished" and again["sums"] == EXAMPLES
    assert main(["networks", "ink", "--json"]) == 0, "what has finished is not trained again"
    assert json.loads(capsys.readouterr().out)["train_s"] == again["train_s"]


def test_a_press_of_ctrl_c_stops_it(trained_here, monkeypatch, capsys):
    train, presses = launcher.start_objective_worker, [KeyboardInterrupt]

    def train_aside(folder, log):
        thread = threading.Thread(target=train, args=(folder, log))
        thread.start()
        return SimpleNamespace(poll=lambda: None if thread.is_alive() else 0)

    def sleep(seconds):
        time.sleep(0.01)
        if presses and ObjectiveRun(Path("networks/ink")).has_metrics:
            raise presses.pop()

    trained_here.append(lambda run: {1: lambda: run.append_row(FIRST), 5: lambda: wait_until(run.halt)})
    monkeypatch.setattr(launcher, "start_objective_worker", train_aside)
    monkeypatch.setattr(networks, "time", SimpleNamespace(sleep=sleep))
    assert main(["networks", "ink"]) == 1
    assert "the same command goes on with it" in capsys.readouterr().out


def test_another_number_of_examples_in_the_same_folder_is_wrong_use(trained_here, capsys):
    main(["networks", "ink", "--examples", "12"])
    assert main(["networks", "ink", "--examples", "13"]) == 2
    assert "holds a training of ink with 12 examples" in capsys.readouterr().err


def test_a_training_elsewhere_can_be_halted(trained_here, capsys):
    def pause_and_stop(run):
        return {5: lambda: main(["networks", "ink", "pause"]) + main(["networks", "ink", "stop"])}

    trained_here.append(pause_and_stop)
    assert main(["networks", "ink"]) == 1
    assert main(["networks", "ink", "pause"]) == 2
    assert "No training goes on" in capsys.readouterr().err


def test_a_worker_that_cannot_start_is_said(trained_here, monkeypatch, capsys):
    monkeypatch.setattr(launcher, "start_objective_worker", lambda folder, log: SimpleNamespace(poll=lambda: 1))
    assert main(["networks", "ink"]) == 2
    assert "could not start" in capsys.readouterr().err
