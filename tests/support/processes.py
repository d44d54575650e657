"""Recipes for real training processes, and waiting for them."""

import time

from core.config.train_config import TrainConfig

PATIENCE_S = 120


QUICK = TrainConfig(hidden_units=8, batch_size=512, epochs=1)


LONG = TrainConfig(hidden_units=8, batch_size=64, epochs=200)


def wait_until(true, meanwhile=lambda: None):
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        meanwhile()
        time.sleep(0.05)


def epochs_of(run):
    rows = run.metrics().rows
    return rows[-1].epoch if rows else 0
