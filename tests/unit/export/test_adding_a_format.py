"""An export format is one entry: the command line, the comparison and the page know it by that."""

import json

import numpy as np
import pytest

from core.cli import main
from core.datasets.mnist import load_mnist
from core.export.formats import FORMATS, ExportFormat, missing_packages
from core.export.verified import export_to_folder


def write_npz(model, path):
    """Write the weights of a network of two dense layers."""
    np.savez(path, *model.get_weights())


def predict_npz(path, images):
    """Return the probabilities, (n, 10), that the written network gives images (n, 28, 28) in [0, 1]."""
    with np.load(path) as weights:
        kernel_1, bias_1, kernel_2, bias_2 = weights.values()
    outputs = np.exp(np.maximum(images.reshape(len(images), -1) @ kernel_1 + bias_1, 0) @ kernel_2 + bias_2)
    return outputs / outputs.sum(axis=1, keepdims=True)


NPZ = ExportFormat("npz", "NumPy", "for Python with NumPy alone", ".npz", write_npz, predict_npz)


@pytest.fixture(autouse=True)
def added(monkeypatch):
    monkeypatch.setitem(FORMATS, NPZ.name, NPZ)


def test_the_command_line_writes_and_compares_it(finished_run, tmp_path, capsys):
    target = tmp_path / "mine.npz"
    assert main(["export", finished_run.id, "--format", "npz", "--json", "--output", str(target)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["file"] == str(target) and 0 <= result["difference"] < 1e-5
    assert predict_npz(target, load_mnist().test.images[:3] / np.float32(255)).shape == (3, 10)


def test_the_help_names_it(capsys):
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    assert "npz" in capsys.readouterr().out


def test_the_page_gets_its_file(finished_run, tmp_path):
    assert missing_packages("npz") == ""
    export_to_folder(finished_run.model_path, "npz", tmp_path, "digits")
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["file"] == "digits.npz" and result["difference"] < 1e-5
    assert (tmp_path / "digits.npz").is_file()
