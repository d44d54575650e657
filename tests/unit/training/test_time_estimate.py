"""The time estimate: arithmetic, corrected by what this machine's runs took."""

from dataclasses import replace

import numpy as np
import pytest

from core.config import TrainConfig, preset
from core.evaluation.report import make_report
from core.training.time_estimate import estimate, machine_pace, seconds_to_99, training_s
from tests.support.runs import finished_status


def file_finished(store, config, train_s):
    run = store.create(config)
    run.write_report(make_report(np.eye(10), np.arange(10)))
    run.write_status(replace(finished_status(), train_s=train_s))
    return run


def test_twice_the_epochs_take_twice_the_time():
    assert training_s(TrainConfig(epochs=10)) == pytest.approx(2 * training_s(TrainConfig(epochs=5)))


@pytest.mark.parametrize(
    "more",
    [
        {"hidden_units": 512},
        {"batch_size": 8},
        {"architecture": "convnet"},
        {"augmentation": True},
        {"validation_images": 0},
    ],
)
def test_more_work_takes_longer(more):
    assert training_s(TrainConfig(**more)) > training_s(TrainConfig())


def test_training_the_last_layer_alone_takes_a_third():
    whole = TrainConfig(architecture="reader", start_from="reader")
    last = whole.changed({"trained_layers": "last"})
    assert training_s(last) == pytest.approx(training_s(whole) / 3, rel=0.1)


def test_a_tenth_of_the_images_takes_a_tenth_of_the_time():
    assert training_s(TrainConfig(training_share=0.1)) == pytest.approx(training_s(TrainConfig()) / 10)


def test_mixed_precision_is_quicker_where_the_processor_is_made_for_it(monkeypatch):
    convnet = TrainConfig(architecture="convnet")
    mixed = convnet.changed({"mixed_precision": True})
    for flags, quicker in (({"amx_bf16"}, True), (set(), False)):
        monkeypatch.setattr("core.training.fused_forward._processor_flags", lambda flags=flags: flags)
        assert (training_s(mixed) < training_s(convnet)) is quicker


def test_a_machine_without_runs_is_as_fast_as_the_arithmetic_says(store):
    assert machine_pace(store, "mlp") == 1.0


def test_pace_is_the_median_of_this_machines_runs(store):
    config = TrainConfig()
    for factor in (2, 30, 3):
        file_finished(store, config, factor * training_s(config))
    pace = machine_pace(store, "mlp")
    assert pace == pytest.approx(3)
    assert training_s(config, pace) == pytest.approx(3 * training_s(config))


def test_pace_is_that_of_the_same_architecture(store):
    file_finished(store, TrainConfig(), 2 * training_s(TrainConfig()))
    assert machine_pace(store, "convnet") == 1.0


def test_only_the_newest_five_runs_count(store):
    config = TrainConfig()
    runs = [file_finished(store, config, training_s(config)) for _ in range(8)]
    for run in store.all()[:5]:
        run.write_status(replace(finished_status(), train_s=4 * training_s(config)))
    assert len(runs) == 8 and machine_pace(store, "mlp") == pytest.approx(4)


def test_unfinished_and_damaged_runs_do_not_count(store):
    store.create(TrainConfig())
    stopped = store.create(TrainConfig())
    stopped.write_status(replace(finished_status(), state="stopped", train_s=1000.0))
    (store.root / "foreign").mkdir()
    broken = file_finished(store, TrainConfig(), 1000.0)
    (broken.folder / "status.json").write_text("{")
    assert machine_pace(store, "mlp") == 1.0


def test_what_was_trained_on_another_machine_does_not_count(store):
    file_finished(store, TrainConfig(), 3 * training_s(TrainConfig())).write_notes(imported=1.0)
    assert machine_pace(store, "mlp") == 1.0


def test_seconds_to_99_are_the_newest_runs_of_that_recipe(store):
    minute = preset("minute")
    assert seconds_to_99(store, minute) is None
    labels = np.arange(1000) % 10
    for train_s, wrong in ((12.0, 9), (8.0, 10)):
        answers = np.where(np.arange(1000) < wrong, (labels + 1) % 10, labels)
        file_finished(store, replace(minute, seed=3), train_s).write_report(make_report(np.eye(10)[answers], labels))
    assert seconds_to_99(store, minute) == 8.0 and seconds_to_99(store, replace(minute, epochs=3)) is None
    answers = np.where(np.arange(1000) < 11, (labels + 1) % 10, labels)
    file_finished(store, minute, 7.0).write_report(make_report(np.eye(10)[answers], labels))
    assert seconds_to_99(store, minute) is None, "the newest did not come that far"


def test_the_estimate_is_a_range_that_holds_what_the_last_runs_took(store):
    config = TrainConfig()
    for factor in (1.0, 3.2, 1.1):  # the machine was busy once
        file_finished(store, config, factor * training_s(config))
    expected = estimate(store, config)
    assert expected.low_s < 3 + training_s(config) and 3.2 * training_s(config) < expected.high_s
    for _ in range(5):
        file_finished(store, config, 1.05 * training_s(config))
    later = estimate(store, config)
    assert later.high_s < 1.3 * (3 + training_s(config)) and later.low_s > 0.85 * training_s(config)


def test_without_runs_the_estimate_says_how_little_is_known(store):
    expected, computed_s = estimate(store, TrainConfig()), training_s(TrainConfig())
    assert expected.low_s == pytest.approx(3 + computed_s) and expected.high_s == pytest.approx(3 * expected.low_s)
