"""Claims are tested by runs alone: which are missing, what the arms differ by, and an honest sentence."""

from dataclasses import replace

import pytest

from core.evaluation.ablations import (
    CLAIMS,
    SEEDS,
    missing_configs,
    newest_runs,
    runs_by_arm,
    validation_curves,
)
from core.evaluation.verdicts import compare_arms, difference_rows, verdict
from core.runs.schema import Mark, MarkKind, Status


def measured(claim, **by_arm):
    """Curves of each arm: three seeds of the same accuracy (or of the three given) at every epoch that is compared."""
    found = {}
    for arm in claim.arms:
        accuracies = by_arm.get(arm.replace(" ", "_").replace(".", ""), 0.97)
        accuracies = [accuracies] * 3 if isinstance(accuracies, float) else accuracies
        found[arm] = [dict.fromkeys(range(1, 21), accuracy) for accuracy in accuracies]
    return found


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_every_claim_compares_arms_that_it_has_with_three_seeds_each(claim):
    assert {arm for pair in claim.compared for arm in pair} == set(claim.arms)
    assert len(SEEDS) >= 3
    for arm in claim.arms:
        configs = claim.configs(arm)
        assert [config.seed for config in configs] == list(SEEDS)
        assert all(epoch <= config.epochs for epoch in claim.at_epochs for config in configs)
    assert len({config.to_json() for arm in claim.arms for config in claim.configs(arm)}) == 3 * len(claim.arms)


def test_what_was_trained_before_counts_and_is_not_trained_again(store):
    claim = CLAIMS["epochs"]
    assert len(missing_configs(claim, newest_runs(store))) == 9
    run = store.create(claim.configs("5 epochs")[1])
    assert len(missing_configs(claim, newest_runs(store))) == 8
    assert [each and each.id for each in runs_by_arm(claim, newest_runs(store))["5 epochs"]] == [None, run.id, None]


def test_a_failed_or_stopped_run_does_not_count(store):
    claim = CLAIMS["epochs"]
    for state in ("failed", "stopped"):
        store.create(claim.configs("1 epoch")[0]).write_status(Status(state))
    assert len(missing_configs(claim, newest_runs(store))) == 9


def test_the_missing_runs_come_seed_by_seed(store):
    claim = CLAIMS["dropout"]
    assert [config.seed for config in missing_configs(claim, newest_runs(store))] == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_a_curve_is_the_validation_accuracy_of_whole_epochs(finished_run):
    known = {}
    assert validation_curves([finished_run, None], known) == [{1: 0.94, 2: 0.94}, {}]
    before = known[finished_run.id]
    assert validation_curves([finished_run], known) == [{1: 0.94, 2: 0.94}]
    assert known[finished_run.id] is before, "nothing is read twice"
    finished_run.append_metrics(replace(before.rows[-1], epoch=3.0, step=30, val_accuracy=0.95))
    assert validation_curves([finished_run], known) == [{1: 0.94, 2: 0.94, 3: 0.95}]


def test_a_difference_is_in_points_with_the_interval_of_students_t():
    claim = CLAIMS["cross-entropy"]
    found = compare_arms(claim, measured(claim, **{"cross-entropy": [0.97, 0.98, 0.99], "mean_squared_error": 0.97}))
    first = found[0]
    assert (first.epoch, first.seeds) == (1, 3)
    assert first.points == pytest.approx(1.0)
    assert first.half_width == pytest.approx(4.30 * 1.0 / 3**0.5)
    assert difference_rows(found)[0] == {
        "compared": "cross-entropy against mean squared error after 1 epoch",
        "ahead by, points": "+1.00",
        "95 % interval": "-1.48 to +3.48",
        "seeds": 3,
    }


def test_one_seed_alone_settles_nothing():
    claim = CLAIMS["cross-entropy"]
    one = {arm: [{1: 0.9, 5: 0.9}, {}, {}] for arm in claim.arms}
    assert compare_arms(claim, one) == []
    assert verdict(claim, []) == "No verdict yet: it takes two seeds on each side."


@pytest.mark.parametrize(
    ("other", "starts"),
    [
        (0.95, "True here. Cross-entropy is clearly ahead"),
        (0.99, "Not true here."),
        ([0.96, 0.98, 0.97], "Not settled"),
    ],
)
def test_the_sentence_says_so_whether_or_not_the_claim_holds(other, starts):
    claim = CLAIMS["cross-entropy"]
    words = verdict(claim, compare_arms(claim, measured(claim, **{"mean_squared_error": other})))
    assert words.startswith(starts)


@pytest.mark.parametrize(
    ("change", "seeds", "missing"),
    [
        (
            {"cross-entropy": [{1: 0.97, 5: 0.98}, {1: 0.97, 5: 0.98}, {}]},
            [2, 2],
            "",
        ),
        (
            {"mean squared error": [{1: 0.95}, {1: 0.95}, {1: 0.95, 5: 0.96}]},
            [3],
            "Not known yet: cross-entropy against mean squared error after 5 epochs.",
        ),
        (
            {"mean squared error": [{1: 0.95, 5: 0.95}, {1: 0.95, 5: 0.95}, {1: 0.95}]},
            [3, 2],
            "",
        ),
    ],
    ids=["a seed", "a comparison", "a seed of one"],
)
def test_the_verdict_of_a_claim_tested_in_part_says_what_is_missing(change, seeds, missing):
    claim = CLAIMS["cross-entropy"]
    found = compare_arms(claim, measured(claim, **{"mean_squared_error": 0.95}) | change)
    words = verdict(claim, found)
    assert words.startswith("So far true here. Cross-entropy is clearly ahead of mean squared error after 1 epoch")
    assert [gap.seeds for gap in found] == seeds
    assert words.endswith(missing) and ("Not known yet" in words) == bool(missing)


def test_a_claim_that_holds_against_one_and_not_the_other_holds_in_part():
    claim = CLAIMS["dropout"]
    words = verdict(claim, compare_arms(claim, measured(claim, dropout_05=0.99, dropout_0=0.95)))
    assert words.startswith("Partly true. Dropout 0.2 is clearly ahead of dropout 0 after 5 epochs")
    assert "Dropout 0.2 is clearly behind dropout 0.5" in words


def test_no_worse_by_more_than_a_little_is_what_a_balance_means():
    claim = CLAIMS["epochs"]
    little = measured(claim, **{"1_epoch": 0.94, "5_epochs": 0.975, "20_epochs": 0.977})
    assert verdict(claim, compare_arms(claim, little)).startswith("True here")
    much = measured(claim, **{"1_epoch": 0.94, "5_epochs": 0.975, "20_epochs": 0.985})
    assert verdict(claim, compare_arms(claim, much)).startswith("Partly true")
    worse = measured(claim, **{"1_epoch": 0.976, "5_epochs": 0.975, "20_epochs": 0.975})
    assert verdict(claim, compare_arms(claim, worse)).startswith("Partly true"), "five must be better than one"


def test_an_imported_run_or_one_at_a_rate_set_by_hand_does_not_count(store):
    claim = CLAIMS["relu"]
    imported, rate_changed = (store.create(claim.configs(arm)[0]) for arm in list(claim.arms)[:2])
    assert len(missing_configs(claim, newest_runs(store))) == 7
    imported.write_notes(imported=1.0)
    rate_changed.append_mark(Mark(MarkKind.RATE, step=1, epoch=0.1, elapsed_s=0.1, acknowledged=1, value=1.0))
    assert len(missing_configs(claim, newest_runs(store))) == 9
