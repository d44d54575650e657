"""Convolutions of 1×1 that skip pixels train to the end: TensorFlow's own crashed the process (a heap corruption)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
FIRST = {"class_name": "Conv2D", "filters": 8, "activation": "relu"}
STACKS = {
    "residual": [FIRST, {"class_name": "Residual", "filters": 8, "strides": 2}, {"class_name": "Flatten"}],
    "convolution": [
        FIRST,
        {"class_name": "Conv2D", "filters": 8, "kernel_size": 1, "strides": 2, "padding": "same"},
        {"class_name": "Flatten"},
    ],
}
PROGRAM = """
import json, sys
from core.config import TrainConfig
from core.runs import RunStore
from core.training import train
config = TrainConfig(epochs=2, training_share=0.01, validation_images=500, layers=json.loads(sys.argv[2]))
store = RunStore(sys.argv[1])
print(train(config, store.create(config)).state)
"""


@pytest.mark.parametrize("name", STACKS)
def test_a_convolution_of_one_pixel_with_a_stride_trains_to_the_end(store, name):
    for _ in range(3):  # it crashed two times of three
        command = [sys.executable, "-c", PROGRAM, str(store.root), json.dumps(STACKS[name])]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
        assert (done.returncode, done.stdout.strip()) == (0, "finished"), done.stderr[-2000:]
