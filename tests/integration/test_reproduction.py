"""A run's script and notebook, carried out in processes of their own, come to the run's test accuracy.

What that run's recipe has not is trained by a script in this process, on few images.
"""

import os
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest

from core.config.layer_specs import default_layer
from core.config.train_config import TrainConfig
from core.datasets.mnist import MNIST_PATH, load_arrays
from core.export.notebook import make_notebook
from core.export.script import make_script
from core.runs.schema import Mark, MarkKind
from core.runs.view import RunView
from core.training import train
from tests.support.runs import ended_run

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


def test_a_script_trains_with_every_part_that_a_recipe_can_add(store, tmp_path, monkeypatch):
    block = {"class_name": "Residual", "filters": 4, "strides": 2}
    config = TrainConfig(
        layers=[block, default_layer("GlobalAveragePooling2D")],
        epochs=4,
        optimizer="adamw",
        loss="mean_squared_error",
        schedule="cosine",
        patience=3,
        target_accuracy=1.0,
        time_limit_s=60,
        augmentation=True,
        label_noise=0.1,
        fold=2,
    )
    run = ended_run(store, config, steps=5)  # by its time limit
    run.append_mark(Mark(MarkKind.RATE, 4, 0.1, 1.0, 0, 0.0005))
    first = {name: array[:100] for name, array in load_arrays().items()}  # 80 are trained on, in 3 steps an epoch
    np.savez(tmp_path / "mnist.npz", **first)
    monkeypatch.setenv("MNIST_NPZ", str(tmp_path / "mnist.npz"))
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(make_script(RunView.read(run)).decode(), names)
    trained, stopping = names["model"], names["callbacks"][1]
    assert int(trained.optimizer.iterations) == 5
    assert float(trained.optimizer.learning_rate) == pytest.approx(0.0005)
    history = trained.history.history
    assert len(history["loss"]) == 2 and np.isfinite(history["loss"]).all()
    assert stopping.best == min(history["val_cross_entropy"])
    assert len(names["validation"][0]) == 20
    assert (tmp_path / "digits.keras").exists()


def started(folder, program):
    """A process that carries out a program in a folder, with nothing of this project on its path."""
    folder.mkdir()
    (folder / "program.py").write_text(program, "utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment = kept | {"MNIST_NPZ": str(MNIST_PATH), "TF_NUM_INTRAOP_THREADS": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "program.py"], cwd=folder, env=environment, **pipes)
