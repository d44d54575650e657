"""A run's script and notebook, carried out in processes of their own, come to the run's test accuracy."""

import os
import re
import subprocess
import sys

import nbformat
import pytest

from core.config.train_config import TrainConfig
from core.datasets.mnist import MNIST_PATH
from core.export.notebook import make_notebook
from core.export.script import make_script
from core.runs.view import RunView
from core.training import train

RECIPE = TrainConfig(
    hidden_units=32, epochs=1, batch_size=256, learning_rate=0.01, schedule="one_cycle", label_smoothing=0.1
)


def test_the_script_and_the_notebook_reproduce_the_run(store, tmp_path):
    run = store.create(RECIPE)
    train(RECIPE, run)
    accuracy, view = run.report().accuracy, RunView.read(run)
    notebook = nbformat.reads(make_notebook(view).decode(), as_version=nbformat.NO_CONVERT)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    programs = {"script": make_script(view).decode(), "notebook": "\n\n".join(cells)}
    processes = {name: started(tmp_path / name, program) for name, program in programs.items()}
    for name, process in processes.items():
        output, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors[-2000:]
        found = float(re.search(r"Test accuracy ([\d.]+) %", output)[1]) / 100
        assert found == pytest.approx(accuracy, abs=0.003), f"the {name} had {found}, the run {accuracy}"
        assert (tmp_path / name / "digits.keras").exists()
    assert accuracy > 0.9


def started(folder, program):
    """A process that carries out a program in a folder, with nothing of this project on its path."""
    folder.mkdir()
    (folder / "program.py").write_text(program, "utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment = kept | {"MNIST_NPZ": str(MNIST_PATH), "TF_NUM_INTRAOP_THREADS": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "program.py"], cwd=folder, env=environment, **pipes)
