"""The plan of a run: what an extension and a rate set by hand make of the steps that are left."""

import numpy as np
import pytest

from core.config.schedules import learning_rates
from core.config.train_config import TrainConfig
from core.runs.plan import MAX_EPOCHS, TrainingPlan, changed_settings
from core.runs.schema import Mark, MarkKind

STEPS = 10
ONE_CYCLE = TrainConfig(epochs=4, learning_rate=0.01, schedule="one_cycle")


def mark(kind, step, value=None):
    return Mark(MarkKind(kind), step, step / STEPS, elapsed_s=1.0, acknowledged=1, value=value)


def rates(config, *marks, steps=None):
    plan = TrainingPlan(config, STEPS, marks)
    return plan.rates(0, steps or plan.epochs * STEPS)


@pytest.mark.parametrize("config", [TrainConfig(), ONE_CYCLE])
def test_an_unchanged_plan_is_the_schedule(config):
    assert np.array_equal(rates(config), learning_rates(config, config.epochs * STEPS))
    assert rates(config).dtype == np.float32


@pytest.mark.parametrize("config", [TrainConfig(), ONE_CYCLE])
def test_a_part_of_the_plan_is_that_part(config):
    plan = TrainingPlan(config, STEPS, [mark("extend", 7, 3), mark("rate", 33, 0.5)])
    whole = plan.rates(0, 70)
    for first, last in ((0, 1), (5, 20), (30, 40), (69, 70)):
        assert np.array_equal(plan.rates(first, last), whole[first:last])


def test_an_extended_schedule_is_spread_over_what_is_left():
    before, after = rates(ONE_CYCLE), rates(ONE_CYCLE, mark("extend", 20, 4))
    assert len(after) == 80
    assert np.array_equal(after[:20], before[:20]), "what is past stays, to the last bit"
    assert after[20] == pytest.approx(before[20], rel=0.05), "no jump"
    assert (np.diff(after[20:]) < 0).all()
    assert after[20:].mean() == pytest.approx(before[20:].mean(), rel=0.02)
    assert after[-1] < 1e-4


def test_two_extensions_follow_one_another():
    once = rates(ONE_CYCLE, mark("extend", 20, 4))
    twice = rates(ONE_CYCLE, mark("extend", 20, 4), mark("extend", 50, 2))
    assert len(twice) == 100
    assert np.array_equal(twice[:50], once[:50])


@pytest.mark.parametrize(("ended_at", "epochs"), [(2.0, 3), (2.4, 4)])
def test_more_epochs_after_an_early_end_count_from_where_the_run_stands(ended_at, epochs):
    step = round(ended_at * STEPS)
    ended = mark("ended early", step)
    assert TrainingPlan(ONE_CYCLE, STEPS, [ended]).epochs == 4, "as planned, until somebody wants more"
    plan = TrainingPlan(ONE_CYCLE, STEPS, [ended, mark("extend", step, 1)])
    assert plan.epochs == epochs
    assert np.array_equal(plan.rates(0, step), rates(ONE_CYCLE)[:step])
    assert plan.rates(0, epochs * STEPS)[-1] < 1e-4, "the schedule comes to its end"
    plan.apply(mark("extend", epochs * STEPS, 2))
    assert plan.epochs == epochs + 2


def test_an_ended_schedule_stays_at_its_last_rate():
    extended = rates(ONE_CYCLE, mark("extend", 40, 2))
    assert np.array_equal(extended[:40], rates(ONE_CYCLE))
    assert set(extended[40:]) == {np.float32(0.01 * 1e-4)}


def test_the_constant_rate_stays_when_extended():
    assert set(rates(TrainConfig(), mark("extend", 3, 5))) == {np.float32(0.001)}


def test_there_is_an_end_to_extensions():
    plan = TrainingPlan(TrainConfig(epochs=150), STEPS, [mark("extend", 5, 40), mark("extend", 6, 200)])
    assert plan.epochs == MAX_EPOCHS
    assert len(plan.rates(0, MAX_EPOCHS * STEPS)) == MAX_EPOCHS * STEPS


def test_a_rate_set_by_hand_stays_to_the_end():
    changed = rates(ONE_CYCLE, mark("rate", 12, 0.5), mark("extend", 20, 1))
    assert np.array_equal(changed[:12], rates(ONE_CYCLE)[:12])
    assert set(changed[12:]) == {np.float32(0.5)} and len(changed) == 50


def test_a_rate_takes_the_place_of_those_set_for_later_steps_before():
    changed = rates(TrainConfig(), mark("rate", 30, 0.5), mark("rate", 10, 0.25))
    assert set(changed[:10]) == {np.float32(0.001)} and set(changed[10:]) == {np.float32(0.25)}


def test_other_marks_change_nothing():
    marks = [mark(kind, 5) for kind in ("pause", "resume", "stop", "stop_after_epoch")]
    assert np.array_equal(rates(ONE_CYCLE, *marks), rates(ONE_CYCLE))


def test_what_was_changed_while_it_trained_has_words_by_field():
    assert changed_settings(TrainConfig(), [mark("pause", 3), mark("resume", 3)]) == {}
    assert changed_settings(TrainConfig(), [mark("extend", 5, 2), mark("rate", 15, 0.01), mark("rate", 30, 1e-5)]) == {
        "epochs": "5 extended to 7",
        "learning_rate": "0.001 then 0.01 from epoch 1.5 then 0.00001 from epoch 3.0",
    }
    again = changed_settings(TrainConfig(), [mark("rate", 15, 0.01), mark("rate", 12, 0.02)])
    assert again == {"learning_rate": "0.001 then 0.02 from epoch 1.2"}, "as the plan of the resumed run has it"
