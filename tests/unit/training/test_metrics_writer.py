"""Blocks of steps are so short that commands are received soon, by the clock of the training itself."""

import math
from types import SimpleNamespace

import pytest

from core.training import metrics_writer
from core.training.metrics_writer import MetricsWriter, TrainingError
from tests.support.runs import metric_row

RECEIVED_WITHIN_S = 1.0
STEPS_PER_EPOCH = 100_000
RESUMED = metric_row(40, steps_per_epoch=1000, elapsed_s=7.0)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(metrics_writer, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    return clock


class Rows(list):
    """A run of which only the lines are kept."""

    append_metrics = list.append


def train(metrics, clock, pace, blocks):
    """Take so many blocks, each step of which takes `pace(step)` seconds; return how long each block took."""
    took = []
    for _ in range(blocks):
        steps, began = metrics.block_steps, clock.now
        metrics.start()
        clock.now += sum(pace(metrics.step + each) for each in range(steps))
        metrics.add(metrics.step + steps, steps, 32 * steps, 16.0 * steps, 30.0 * steps)
        took.append(clock.now - began)
    return took


@pytest.mark.parametrize("step_s", [2e-5, 0.001, 0.03, 0.2])
def test_a_block_takes_as_long_as_a_line_covers_or_is_one_step(clock, step_s):
    metrics = MetricsWriter(Rows(), STEPS_PER_EPOCH, 8, 0, None)
    took = train(metrics, clock, lambda step: step_s, 20)
    assert all(each < RECEIVED_WITHIN_S for each in took[1:])
    assert took[-1] == pytest.approx(max(0.15, step_s), rel=0.25)


def test_a_first_block_that_is_slow_makes_none_long(clock):
    """The first steps trace and compile; what follows is a thousand times as fast."""
    metrics = MetricsWriter(Rows(), STEPS_PER_EPOCH, 8, 0, None)
    took = train(metrics, clock, lambda step: 0.1 if step < 8 else 0.0001, 30)
    assert max(took[1:]) < 0.2 and took[-1] == pytest.approx(0.15, rel=0.01)


@pytest.mark.parametrize("times", [2, 4, 6])
def test_commands_are_received_within_a_second_when_a_machine_becomes_slow(clock, times):
    metrics = MetricsWriter(Rows(), STEPS_PER_EPOCH, 8, 0, None)
    train(metrics, clock, lambda step: 0.0005, 20)
    took = train(metrics, clock, lambda step: 0.0005 * times, 5)
    assert max(took) < RECEIVED_WITHIN_S and took[-1] == pytest.approx(0.15, rel=0.02)


def test_a_line_is_the_mean_over_its_images_and_covers_a_sixth_of_a_second(clock):
    rows = Rows()
    metrics = MetricsWriter(rows, 1000, 8, 0, None)
    train(metrics, clock, lambda step: 0.0005, 40)
    ends = [row.elapsed_s for row in rows]
    assert all(0.1 < later - earlier < 0.3 for earlier, later in zip(ends, ends[1:], strict=False))
    for row in rows:
        assert (row.loss, row.accuracy) == (0.5, 30 / 32) and row.images_per_s == pytest.approx(64_000)
        assert row.epoch == row.step / 1000


def test_a_pause_and_a_snapshot_are_left_out_of_the_clocks(clock):
    rows = Rows()
    metrics = MetricsWriter(rows, 1000, 300, 0, RESUMED)
    train(metrics, clock, lambda step: 0.0005, 1)
    clock.now += 60.0
    metrics.exclude_pause(60.0)
    assert metrics.elapsed_s == pytest.approx(7.15)
    train(metrics, clock, lambda step: 0.0005, 1)
    clock.now += 5.0
    metrics.exclude_time(5.0)
    assert metrics.train_s == pytest.approx(7.3)
    train(metrics, clock, lambda step: 0.0005, 1)
    assert [row.images_per_s for row in rows] == pytest.approx([64_000] * 3)


def test_the_clocks_stand_until_the_first_block(clock):
    """What comes before is loading and tracing, which takes another time in each process."""
    rows = Rows()
    metrics = MetricsWriter(rows, 1000, 300, 40, RESUMED)
    clock.now += 5.0
    metrics.exclude_time(2.0)
    assert metrics.elapsed_s == metrics.train_s == pytest.approx(7.0)
    clock.now += 60.0
    metrics.exclude_pause(60.0)
    clock.now += 5.0
    train(metrics, clock, lambda step: 0.0005, 2)
    assert metrics.train_s == pytest.approx(7.3)
    assert [row.elapsed_s for row in rows] == pytest.approx([7.15, 7.3])
    assert [row.images_per_s for row in rows] == pytest.approx([64_000] * 2)


@pytest.mark.parametrize("loss_sum", [math.nan, math.inf])
def test_a_loss_that_is_no_number_is_refused_with_its_step(clock, loss_sum):
    metrics = MetricsWriter(Rows(), 1000, 8, 1000, None)
    clock.now += 0.1
    with pytest.raises(TrainingError, match="after step 1,008"):
        metrics.add(1008, 8, 256, loss_sum, 0.0)
