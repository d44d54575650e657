"""The command line: what it prints, and its exit codes 0 (done), 1 (failed) and 2 (wrong use)."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.__main__ import main
from core.config import PRESETS, SETTINGS, TrainConfig
from core.dataset import load_arrays
from core.recognition import SHIPPED, Recognizer
from tests.conftest import finished_status

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def seven(tmp_path):
    """A picture of MNIST's first test image, a 7, as ink on paper."""
    path = tmp_path / "seven.png"
    Image.fromarray(255 - load_arrays()["x_test"][0]).resize((140, 140)).save(path)
    return path


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"this is no picture")
    return path


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


# train


def test_train_ends_with_one_line_of_json(store):
    command = [sys.executable, "-m", "core", "train", "--epochs", "1", "--hidden-units", "16", "--json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = rows(done.stdout)[-1]
    run = store.get(result["run"])
    assert run.config() == TrainConfig(epochs=1, hidden_units=16)
    assert result["state"] == run.status().state == "finished"
    assert result["test_accuracy"] == run.report()["accuracy"] > 0.85
    assert result["parameters"] == 12_730
    assert result["train_s"] > 0
    assert result["images_per_s"] == pytest.approx(55_000 / result["train_s"])
    assert "1.00 of 1 epochs" in done.stderr, "progress is shown beside the result"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl+C to a console, not to a process")
def test_ctrl_c_stops_the_run_and_keeps_the_newest_epoch(store):
    command = [sys.executable, "-m", "core", "train", "--epochs", "200", "--hidden-units", "8"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, cwd=PROJECT, **pipes) as process:
        deadline = time.monotonic() + 120
        while not any(row["epoch"] >= 1 for run in store.all() for row in run.metrics().rows):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=60)
    (run,) = store.all()
    assert process.returncode == 1
    assert run.status().state == "stopped" and run.has_model
    assert told.splitlines()[-1] == f"Run {run.id} is stopped."


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--epochs", "0"], "epochs is 0; it must lie between 1 and 200."),
        (["--learning-rate", "nan"], "learning_rate is nan; it must be a number from 0.00001 to 1."),
        (["--learning-rate", "5"], "learning_rate is 5.0; it must lie between 0.00001 and 1."),
        (["--seed", "-1"], "seed is -1; it must lie between 0 and 2147483647."),
        (["--seed", "9" * 400], "it must lie between 0 and 2147483647."),
        (["--optimizer", "magic"], "optimizer is 'magic'; it must be one of adam, sgd, rmsprop, adamw."),
        (["--preset", "big"], f"preset is 'big'; it must be one of {', '.join(PRESETS)}."),
    ],
)
def test_a_wrong_setting_is_wrong_use_and_files_no_run(store, capsys, arguments, sentence):
    assert main(["train", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("python -m core: ") and printed.err.rstrip().endswith(sentence)
    assert printed.out == "" and store.all() == []


@pytest.mark.parametrize(
    "arguments",
    [[], ["fly"], ["train", "--epochs", "many"], ["train", "--wings", "2"], ["read"], ["export", "shipped"]],
)
def test_wrong_use(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m core" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "read", "evaluate", "export", "ship", "share"])
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"usage: python -m core {command}" in capsys.readouterr().out


def test_help_names_every_setting_with_its_range(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    words = " ".join(capsys.readouterr().out.split())
    assert all(f"--{name.replace('_', '-')}" in words for name in SETTINGS)
    assert "0 to 2147483647;" in words and "0.00001 to 1;" in words and "adam, sgd, rmsprop, adamw;" in words
    assert "--no-augmentation" in words


# read


def test_a_broken_picture_fails_and_the_good_one_is_read(seven, broken, tmp_path, capsys):
    missing = tmp_path / "missing.png"
    assert main(["read", "--json", str(broken), str(seven), str(missing)]) == 1
    bad, good, gone = rows(capsys.readouterr().out)
    assert bad["file"] == str(broken) and "broken.png" in bad["error"]
    assert gone == {"file": str(missing), "error": "cannot be opened: No such file or directory."}
    assert (good["file"], good["text"]) == (str(seven), "7") and good["confidence"] > 0.5
    (digit,) = good["digits"]
    assert digit["label"] == 7 and digit["refused"] is False and len(digit["box"]) == 4


def test_a_line_a_picture(seven, broken, capsys):
    assert main(["read", "--single", str(seven), str(broken)]) == 1
    good, bad = capsys.readouterr().out.splitlines()
    assert good.startswith(f"{seven}: 7  ") and good.endswith("%")
    assert bad.startswith(f"{broken}: ")


def test_a_blank_picture_has_nothing_to_read(tmp_path, capsys):
    blank = tmp_path / "blank.png"
    Image.new("L", (100, 100), 255).save(blank)
    assert main(["read", str(blank)]) == 0
    assert capsys.readouterr().out == f"{blank}: nothing to read: no ink was found\n"
    assert main(["read", "--json", str(blank)]) == 0
    assert rows(capsys.readouterr().out) == [{"file": str(blank), "text": "", "confidence": 0.0, "digits": []}]


def test_reading_with_a_run_of_ones_own(finished_run, seven, capsys):
    assert main(["read", "--single", "--json", "--model", finished_run.id, str(seven)]) == 0
    (answer,) = rows(capsys.readouterr().out)
    reading = Recognizer.load(finished_run.model_path).read(Image.open(seven), single=True)
    assert answer["text"] == reading.text
    assert answer["confidence"] == pytest.approx(reading.digits[0].confidence)


def test_a_damaged_model_fails_in_a_sentence(tmp_path, seven, capsys):
    model = tmp_path / "model.keras"
    model.write_bytes(SHIPPED.read_bytes()[:5000])
    assert main(["read", "--model", str(model), str(seven)]) == 1
    assert "model.keras is damaged" in capsys.readouterr().err


# evaluate, export, ship


def test_evaluate_the_shipped_model(capsys):
    assert main(["evaluate", "shipped", "--json"]) == 0
    (result,) = rows(capsys.readouterr().out)
    card = json.loads(SHIPPED.with_suffix(".json").read_text("utf-8"))
    assert result["run"] == "shipped" and result["count"] == 10_000
    assert result["accuracy"] == pytest.approx(card["test_accuracy"], abs=5e-4)
    assert np.trace(result["confusion_matrix"]) == result["correct"]


def test_evaluate_a_run_in_words(finished_run, capsys):
    assert main(["evaluate", finished_run.id]) == 0
    first, *digits = capsys.readouterr().out.splitlines()
    assert first.startswith("Test accuracy ") and first.endswith(" of 10,000")
    assert [line.split(":")[0].strip() for line in digits] == list("0123456789")


@pytest.mark.parametrize("command", [["evaluate"], ["export", "--format", "keras"], ["ship"]])
def test_an_unknown_run_is_wrong_use(store, capsys, command):
    assert main([*command, "nothing"]) == 2
    assert f"There is no run 'nothing' in {store.root}." in capsys.readouterr().err


@pytest.mark.parametrize("command", [["evaluate"], ["export", "--format", "keras"], ["ship"]])
def test_a_run_without_a_model_is_wrong_use(store, capsys, command):
    run = store.create(TrainConfig())
    assert main([*command, run.id]) == 2
    assert f"Run {run.id} has no model: it is queued." in capsys.readouterr().err


def test_export_a_run(finished_run, tmp_path, capsys):
    target = tmp_path / "mine.keras"
    command = ["export", finished_run.id, "--format", "keras", "--output", str(target)]
    assert main(command) == 0
    assert capsys.readouterr().out == f"Wrote {target}\n"
    images = load_arrays()["x_test"][:3]
    ours, theirs = (Recognizer.load(path).classify(images) for path in (target, finished_run.model_path))
    assert np.array_equal(ours, theirs)
    assert main(command) == 1
    assert "mine.keras exists already" in capsys.readouterr().err


def test_an_export_is_named_after_the_run(finished_run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", finished_run.id, "--format", "keras"]) == 0
    assert (tmp_path / f"{finished_run.id}.keras").is_file()
    assert main(["export", f"{finished_run.id}.keras", "--format", "savedmodel"]) == 0
    assert (tmp_path / finished_run.id).is_dir()


def test_ship_refuses_a_run_without_a_report(store, finished_run, capsys):
    run = store.create(TrainConfig())
    run.model_path.write_bytes(finished_run.model_path.read_bytes())
    run.write_status(finished_status())
    before = SHIPPED.read_bytes()
    assert main(["ship", run.id]) == 2
    assert "only a finished run can ship" in capsys.readouterr().err
    assert SHIPPED.read_bytes() == before
