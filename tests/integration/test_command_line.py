"""The command line in processes of its own: what it prints, Ctrl+C, and the workers that it starts."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cli import main
from core.cli.commands import COMMANDS
from core.config.train_config import TrainConfig
from core.datasets.mnist import load_arrays
from core.recognition.digit_values import digit_values
from core.recognition.recognizer import Recognizer

PROJECT = Path(__file__).resolve().parents[2]


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


def test_train_ends_with_one_line_of_json(store):
    command = [sys.executable, "-m", "core", "train", "--epochs", "1", "--hidden-units", "16", "--json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = rows(done.stdout)[-1]
    run = store.get(result["run"])
    assert run.config() == TrainConfig(epochs=1, hidden_units=16)
    assert result["state"] == run.status().state == "finished"
    assert result["test_accuracy"] == run.report().accuracy > 0.85
    assert result["parameters"] == 12_730
    assert result["train_s"] > 0
    assert result["images_per_s"] == pytest.approx(55_000 / result["train_s"])
    assert "1.00 of 1 epochs" in done.stderr, "progress is shown beside the result"
    progress = [line for line in done.stderr.split("\n") if "of 1 epochs" in line]
    assert 2 <= len(progress) <= 10, "few lines, where none replaces the last"


def test_what_was_stopped_is_resumed(store, capsys):
    run = store.create(TrainConfig(epochs=1, hidden_units=8, batch_size=512))
    run.send("stop")
    assert main(["train", "--resume", run.id, "--json"]) == 0
    assert rows(capsys.readouterr().out)[-1]["run"] == run.id
    assert run.status().state == "finished"
    assert main(["train", "--resume", run.id]) == 2
    assert "is finished: only what was stopped, paused or cut off can be resumed." in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl+C to a console, not to a process")
def test_ctrl_c_stops_the_run_and_keeps_the_newest_epoch(store):
    command = [sys.executable, "-m", "core", "train", "--epochs", "200", "--hidden-units", "8"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, cwd=PROJECT, **pipes) as process:
        deadline = time.monotonic() + 120
        while not any(row.epoch >= 1 for run in store.all() for row in run.metrics().rows):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    (run,) = store.all()
    assert process.returncode == 1
    assert run.status().state == "stopped" and run.has_model
    assert output.splitlines()[-1] == f"Run {run.id} is stopped."


def test_a_name_that_no_terminal_shows_is_printed_all_the_same(tmp_path):
    wild = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\n\x1b[31m\xff.png"))
    Image.fromarray(255 - load_arrays()["x_test"][0]).resize((140, 140)).save(wild, "PNG")
    command = [sys.executable, "-m", "core", "read", "--single", str(wild)]
    asked = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, env=asked)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().startswith(f"{tmp_path}/a\\ufffd\\ufffd[31m\\ufffd.png: 7  ")


def test_few_pictures_are_read_without_tensorflow_and_as_with_it(tmp_path):
    """Reading needs no Keras, Plotly or pandas, and not the threads of NumPy's products."""
    images = load_arrays()["x_test"]
    digit, number = tmp_path / "digit.png", tmp_path / "number.png"
    Image.fromarray(255 - images[3]).resize((200, 200)).save(digit)
    Image.fromarray(255 - np.hstack(images[5:10])).resize((700, 140)).save(number)
    program = (
        "import os, sys; from core.cli import main; code = main(['read', '--json', *sys.argv[1:]]);"
        "slow = {'tensorflow', 'keras', 'plotly', 'pandas', 'streamlit', 'optuna', 'dask'} & sys.modules.keys();"
        "sys.exit(f'{code} {slow}' if code or slow or os.environ['OPENBLAS_NUM_THREADS'] != '1' else 0)"
    )
    command = [sys.executable, "-c", program, str(digit), str(number)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    expected = Recognizer.load().read_many([Image.open(digit), Image.open(number)])
    assert [row["text"] for row in rows(done.stdout)] == [reading.text for reading in expected] == ["0", "14959"]
    for row, reading in zip(rows(done.stdout), expected, strict=True):
        assert row["confidence"] == pytest.approx(reading.confidence, abs=1e-4)
        assert [each["box"] for each in row["digits"]] == [list(each.box) for each in reading.digits]
        assert [each["second"] for each in row["digits"]] == [digit_values(each)["second"] for each in reading.digits]


HELP = """
import contextlib, io, json, sys
from core.cli import main
from core.cli.commands import COMMANDS
codes = []
for last in ("--help", "--no-such-option"):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            main([*sys.argv[1:], last])
        except SystemExit as error:
            codes.append(error.code)
found = {name.split(".")[0]: str(getattr(module, "__file__", "")) for name, module in sys.modules.items()}
libraries = {name for name, path in found.items() if "site-packages" in path}
print(json.dumps([codes, sorted(libraries), sorted(name for name in sys.modules if name.startswith("core."))]))
"""
CHEAP = {"numpy", "PIL", "cv2", "msgspec", "psutil", "filelock", "pillow_heif", "typing_extensions"}
WORK = {"core.recognition.recognizer", "core.training.loop", "core.bulk.reading", "core.datasets.drafting"}


@pytest.mark.parametrize("command", COMMANDS, ids=[each.name for each in COMMANDS])
def test_the_help_of_a_command_and_an_unknown_option_load_nothing_of_its_work(command):
    done = subprocess.run([sys.executable, "-c", HELP, command.name], cwd=PROJECT, capture_output=True, text=True)
    codes, libraries, modules = json.loads(done.stdout)
    assert codes == [0, 2] and command.module in modules
    loaded = {each for each in libraries if not each.startswith("_")}
    assert loaded <= CHEAP and not WORK & set(modules), loaded - CHEAP
