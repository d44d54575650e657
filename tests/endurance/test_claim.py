"""A claim really tested: its runs filed, trained one after the other by real workers, its sentence computed."""

import pytest

from core.evaluation.ablations import (
    SEEDS,
    Claim,
    file_missing_runs,
    missing_configs,
    newest_runs,
    runs_by_arm,
    validation_curves,
)
from core.evaluation.verdicts import compare_arms, verdict
from tests.support.endurance import drive, is_over

pytestmark = pytest.mark.endurance

FEW = {"hidden_units": 32, "training_share": 0.1}
CLAIM = Claim(
    "rate",
    "0.001 learns more in an epoch or two than 0.00001.",
    "",
    {
        "0.001": FEW | {"epochs": 2},
        "0.00001": FEW | {"epochs": 2, "learning_rate": 0.00001},
    },
    (("0.001", "0.00001"),),
    (1, 2),
)


def test_a_claim_goes_through_the_queue_to_its_sentence(store):
    file_missing_runs(CLAIM, store, newest_runs(store))
    runs = store.queue()
    assert [run.title() for run in runs[:2]] == ["rate: 0.001, seed 0", "rate: 0.00001, seed 0"]
    assert len(runs) == 2 * len(SEEDS)
    for run in runs:
        drive(store, run, is_over)
        assert run.status().state == "finished", run.status().error
    newest = newest_runs(store)
    assert missing_configs(CLAIM, newest) == []
    measured = {arm: validation_curves(group, {}) for arm, group in runs_by_arm(CLAIM, newest).items()}
    assert all(set(curve) == {1, 2} for group in measured.values() for curve in group)
    sentence = verdict(CLAIM, compare_arms(CLAIM, measured))
    print(sentence)
    assert sentence == (
        "True here. 0.001 is clearly ahead of 0.00001 after 1 epoch, and clearly ahead of it after 2 epochs."
    )
