"""The benchmark of training says what it lacks."""

import sys

import pytest

from benchmarks import training_speed


@pytest.mark.parametrize("without", ["no such file", "no PyTorch"])
def test_a_python_without_pytorch_is_refused_in_a_sentence(without, tmp_path, monkeypatch):
    python = tmp_path / "python"
    if without == "no PyTorch":
        python.write_text("#!/bin/sh\nexit 1\n", "utf-8")
        python.chmod(0o755)
    monkeypatch.setattr(sys, "argv", ["training_speed", "--against", "pytorch", "--pytorch-python", str(python)])
    with pytest.raises(SystemExit, match=r"cannot import PyTorch\. Install it \(pip install -r requirements-pytorch"):
        training_speed.main()
