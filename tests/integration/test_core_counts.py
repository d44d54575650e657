"""A network whose batches are computed in two parts learns the same weights on one core as on two."""

import subprocess
import sys

_TRAIN = """
import hashlib, os, sys
from dataclasses import replace
import numpy as np

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(sys.argv[1])])

from core.config import schedules
from core.config.presets import PRESETS
from core.datasets.mnist import load_mnist
from core.networks.builder import build, import_keras
from core.training import train_step
from core.training.batch_parts import count_parts

train = load_mnist().train
for name in ("reader", "residual"):
    config = replace(PRESETS[name], batch_size=16)
    import_keras().utils.set_random_seed(1)
    train_step.set_threads(config, count_parts(config))  # the first call of a process counts
    model, optimizer = build(config), train_step.make_optimizer(config)
    block = train_step.make_step_block(model, optimizer, config)
    rates = schedules.learning_rates(config, 4)
    block(train.images[:49], train.labels[:49].astype(np.int32), rates, np.int32(0), np.int32(4))  # the last is of one
    weights = b"".join(each.tobytes() for each in model.get_weights())
    print(name, count_parts(config), hashlib.sha256(weights).hexdigest())
"""


def test_weights_are_the_same_to_the_last_bit_on_one_core_and_on_two():
    commands = [[sys.executable, "-c", _TRAIN, str(cores)] for cores in (1, 2)]
    processes = [subprocess.Popen(each, stdout=subprocess.PIPE, text=True) for each in commands]
    on_one, on_two = (process.communicate(timeout=120)[0].split() for process in processes)
    assert [each.returncode for each in processes] == [0, 0]
    assert on_one[:2] == ["reader", "2"] and on_one[3:5] == ["residual", "2"], "in two parts"
    assert on_one == on_two
