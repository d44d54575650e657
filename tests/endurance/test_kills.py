"""A real worker is killed at twenty random moments, and its run ends with the bits of one that was left in peace."""

import random
import time

import psutil
import pytest

from core.config.train_config import TrainConfig
from tests.support.endurance import assert_ends_like, drive, is_over, newest

pytestmark = pytest.mark.endurance

KILLS = 20
RECIPES = {
    "mlp": TrainConfig(hidden_units=128, dropout=0.2, epochs=150, batch_size=64, schedule="one_cycle"),
    "convnet": TrainConfig(architecture="convnet", augmentation=True, dropout=0.2, epochs=3, batch_size=128),
}


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_run_killed_at_random_moments_ends_with_the_same_bits(store, recipe):
    whole, cut = (store.create(RECIPES[recipe]) for _ in range(2))
    drive(store, whole, is_over)
    assert whole.status().state == "finished"
    # From the start of the process on, so that some kills hit the loading, a checkpoint or the very end.
    longest_s = 3 + whole.status().train_s / 14 if recipe == "mlp" else 8 + whole.status().train_s / 6
    moments, kills = random.Random(0), 0
    while kills < KILLS:
        drive(store, cut, lambda run: run.status().is_live)
        wait = moments.uniform(0.0, longest_s)
        print(f"kill {kills + 1} after {wait:.2f} s, at epoch {newest(cut):.2f}", flush=True)
        ends = time.monotonic() + wait
        while time.monotonic() < ends and not is_over(cut):
            time.sleep(0.01)
        if is_over(cut):
            break
        psutil.Process(cut.status().pid).kill()
        kills += 1
        drive(store, cut, is_over)
        assert cut.status().state == "failed"
        cut.send("resume")
    drive(store, cut, is_over)
    assert cut.status().state == "finished" and kills >= KILLS, f"{kills} kills"
    assert_ends_like(cut, whole)
