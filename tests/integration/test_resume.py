"""A run that is changed by commands or cut off ends with the weights it would have had otherwise, to the last bit."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from core.config import PRESETS, TrainConfig
from core.datasets import input_pipeline
from core.datasets.mnist import Images, Split, load_arrays
from core.runs import status_writer
from core.runs.commands import make_command
from core.runs.run import Run
from core.runs.schema import RunError, Status
from core.training import loop, metrics_writer
from core.training.loop import train
from tests.support.runs import assert_same
from tests.support.scripted_run import CutOff, Scripted

IMAGES, BATCH = 400, 32
STEPS = -(-IMAGES // BATCH)
RECIPES = {
    "mlp": {"dropout": 0.5},
    "one_cycle": {"optimizer": "adamw", "beta_1": 0.8, "schedule": "one_cycle", "augmentation": True},
    "convnet": {"architecture": "convnet", "augmentation": True},
    "minute": {"layers": PRESETS["minute"].layers, "schedule": "one_cycle", "label_smoothing": 0.1},
    "residual": {"layers": PRESETS["residual"].layers, "optimizer": "rmsprop", "epochs": 2},
    "reader": {"architecture": "reader", "other_hands": True, "mixed_precision": True, "epochs": 2},
    "sgd": {"optimizer": "sgd", "nesterov": True},
}


@pytest.fixture(autouse=True)
def few_images(monkeypatch):
    """400 images in chunks of two steps, each a block, so that a run polls for commands often and at the same steps."""
    arrays = load_arrays()
    monkeypatch.setattr(metrics_writer, "_LINE_INTERVAL_S", 1000.0)
    monkeypatch.setattr(input_pipeline, "_CHUNK_IMAGES", 2 * BATCH)
    monkeypatch.setattr(input_pipeline, "_POLL_S", 1000.0)

    def load_few(config, root):
        data = Images(arrays["x_train"], arrays["y_train"])
        part = lambda first, last: Images(data.images[first:last], data.labels[first:last])  # noqa: E731
        test = Images(arrays["x_test"][:300], arrays["y_test"][:300])
        return Split(part(0, IMAGES), part(1000, 1000 + config.validation_images), test)

    monkeypatch.setattr(loop, "split_for", load_few)


def small(**values):
    return TrainConfig(**{"hidden_units": 16, "epochs": 3, "validation_images": 200} | values)


def trained(store, config, *scripts):
    """The run after each script was played in a worker of its own, and one more that is left in peace."""
    run = store.create(config)
    for script in scripts:
        try:
            train(config, Scripted(run.folder, script))
        except CutOff:
            assert run.status().state == "running"
    if not run.status().is_final:
        train(config, run)
    return run


def curve(run):
    return [(row.step, row.val_loss) for row in run.metrics().rows]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_run_that_was_cut_off_ends_with_the_same_bits(store, recipe):
    config = small(**RECIPES[recipe])
    whole = trained(store, config)
    assert_same(trained(store, config, {12: "cut off"}, {10: "cut off"}), whole)


@pytest.mark.parametrize("poll", [13, 14, 42])
def test_wherever_it_is_cut_off_its_curve_has_no_step_twice(store, monkeypatch, poll):
    monkeypatch.setattr(metrics_writer, "_LINE_INTERVAL_S", 0.0)  # each step is a block, and has a line
    config = small(epochs=3)
    run = trained(store, config, {poll: "cut off"})
    assert run.status().state == "finished"
    steps = [step for step, loss in curve(run) if loss is None]
    assert steps == sorted(set(steps)) and steps[-1] == 3 * STEPS
    assert [step for step, loss in curve(run) if loss is not None] == [STEPS, 2 * STEPS, 3 * STEPS]
    times = [row.elapsed_s for row in run.metrics().rows]
    assert times == sorted(times), "the clock goes on where it was"


def test_a_snapshot_that_was_not_taken_before_the_run_was_cut_off_is_taken_then(store):
    config = small()
    whole, run = trained(store, config), store.create(config)
    with pytest.raises(CutOff):
        train(config, Scripted(run.folder, {10: "cut off"}))
    assert int(run.checkpoint()["step"]) == STEPS and run.metrics().rows[-1].val_loss is not None
    (run.snapshots.folder / f"{STEPS:09}.npz").unlink()
    train(config, run)
    assert run.snapshots.steps() == whole.snapshots.steps()
    one, other = (each.snapshots.load(STEPS).arrays() for each in (run, whole))
    assert [name for name in one if one[name].tobytes() != other[name].tobytes()] == []
    assert [loss for _, loss in curve(run) if loss] == [loss for _, loss in curve(whole) if loss]


def test_a_stopped_run_goes_on_when_it_is_resumed(store):
    config = small()
    whole = trained(store, config)
    run = trained(store, config, {10: [("stop",)]})
    assert run.status().state == "stopped" and run.has_model and not run.is_waiting()
    run.send("resume")
    assert run.status().state == "queued" and [each.id for each in store.queue()] == [run.id]
    train(config, run)
    assert run.status().state == "finished"
    assert_same(run, whole)
    assert [mark.kind for mark in run.marks()] == ["stop", "resume"]
    assert run.marks()[1].step == STEPS


def test_a_run_that_is_stopped_once_more_before_it_goes_on_stays_stopped(store):
    run = trained(store, small(), {10: [("stop",)]})
    run.send("resume")
    run.send("stop")
    assert run.status().state == "stopped" and store.queue() == []


def test_a_resumed_run_that_is_cut_off_does_not_start_by_itself(store):
    config = small()
    run = trained(store, config, {10: [("stop",)]})
    run.send("resume")
    with pytest.raises(CutOff):
        train(config, Scripted(run.folder, {4: "cut off"}))
    run.write_status(replace(run.status(), pid=2**22 + 1))
    assert run.status().state == "failed" and store.queue() == []


def test_stop_after_this_epoch_ends_with_its_validation_figures(store):
    run = trained(store, small(), {5: [("stop_after_epoch",)]})
    assert run.status().state == "stopped" and run.has_model
    assert run.checkpoint()["epoch"] == 1 and run.report() is None
    assert run.metrics().rows[-1].epoch == 1 and run.metrics().rows[-1].val_loss is not None


def test_a_pause_does_not_take_the_end_after_this_epoch_back(store):
    run = trained(store, small(), {5: [("stop_after_epoch",)], 7: [("pause",), ("resume",)]})
    assert run.status().state == "stopped" and run.checkpoint()["epoch"] == 1
    run.send("resume")
    train(run.config(), run)
    assert run.status().state == "finished"


def test_stop_after_the_last_epoch_is_its_end(store):
    run = trained(store, small(epochs=1), {3: [("stop_after_epoch",)]})
    assert run.status().state == "finished"


def test_a_paused_run_computes_nothing_and_goes_on_as_if_nothing_had_been(store):
    config = small(epochs=2)
    whole = trained(store, config)
    run = store.create(config)
    thread = threading.Thread(target=train, args=(config, Scripted(run.folder, {5: [("pause",)]})))
    thread.start()
    wait_until(lambda: run.status().state == "paused")
    rows, began, used = run.metrics().rows, time.monotonic(), time.process_time()
    time.sleep(1.0)
    assert run.status().state == "paused" and run.metrics().rows == rows
    assert time.process_time() - used < 0.3 * (time.monotonic() - began), "of the time it was paused"
    assert run.status().is_live and not run.is_waiting()
    run.send("resume")
    thread.join(60)
    assert run.status().state == "finished"
    assert_same(run, whole)
    assert [mark.kind for mark in run.marks()] == ["pause", "resume"]
    assert run.status().train_s < run.metrics().rows[-1].elapsed_s


def test_a_pause_does_not_count(store, monkeypatch):
    """Three hours go by at each poll for commands within the pause, on a clock of the test's own."""
    hours_s, real, passed_s = 3 * 3600, time.perf_counter, 0
    monkeypatch.setattr(time, "perf_counter", lambda: real() + passed_s)

    class Slow(Scripted):
        def commands_from(self, offset):
            nonlocal passed_s
            if Run(self.folder).status().state == "paused":
                passed_s += hours_s
            return super().commands_from(offset)

    run = store.create(small(epochs=1))
    train(run.config(), Slow(run.folder, {5: [("pause",)], 8: [("resume",)]}))
    assert passed_s >= 3 * hours_s and run.status().state == "finished"
    times_s = [each.elapsed_s for each in [*run.metrics().rows, *run.marks()]] + [run.status().train_s]
    assert max(times_s) < hours_s


def test_a_paused_run_can_be_stopped(store):
    run = store.create(small())
    thread = threading.Thread(target=train, args=(small(), Scripted(run.folder, {12: [("pause",)]})))
    thread.start()
    wait_until(lambda: run.status().state == "paused")
    run.send("stop")
    thread.join(60)
    assert run.status().state == "stopped" and run.checkpoint()["epoch"] == 1


def test_a_pause_taken_back_at_once_is_none(store):
    run = trained(store, small(epochs=1), {3: [("pause",), ("resume",)]})
    assert run.status().state == "finished"


def wait_until(true):
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_run_can_be_extended_while_it_learns(store):
    run = trained(store, small(epochs=1), {3: [("extend", 2)]})
    assert run.status().state == "finished"
    assert run.checkpoint()["epoch"] == 3 and run.metrics().rows[-1].epoch == 3
    assert_same(run, trained(store, small(epochs=3)))


def test_a_run_can_be_extended_while_the_test_images_are_answered(store):
    config = small(epochs=1, validation_images=0)
    looks_of_training = 8  # before steps 0, 1, 2, 4, 6, … 12: a snapshot parts the first block
    run = trained(store, config, {looks_of_training + 1: [("extend", 1)]})
    assert run.checkpoint()["epoch"] == 2 and run.status().state == "finished"


def test_a_finished_run_can_be_extended(store):
    run = trained(store, small(epochs=1))
    run.send("extend", 2)
    assert run.status().state == "queued" and run.is_waiting()
    train(run.config(), run)
    assert run.status().state == "finished" and run.checkpoint()["epoch"] == 3
    assert_same(run, trained(store, small(epochs=3)))


def test_an_extension_that_was_cancelled_in_the_queue_does_not_count(store):
    run = trained(store, small(epochs=1))
    for each in (("extend", 5), ("resume",), ("stop",)):
        run.send(*each)
    assert run.status().state == "finished" and store.queue() == []
    run.send("extend", 1)
    run.send("resume")
    train(run.config(), run)
    assert run.status().state == "finished" and run.checkpoint()["epoch"] == 2
    assert [mark.value for mark in run.marks() if mark.kind == "extend"] == [1]


def test_an_extension_in_the_last_moments_is_followed(store):
    """While the model is saved, after the last poll for commands of the training itself."""

    class Late(Run):
        def save_model(self, model):
            super().save_model(model)
            if not self.marks() and not self.commands():
                self.send("extend", 1)

    run = store.create(small(epochs=1))
    train(run.config(), Late(run.folder))
    assert run.status().state == "finished" and run.checkpoint()["epoch"] == 2
    assert_same(run, trained(store, small(epochs=2)))


def test_an_extension_after_the_very_last_poll_is_not_lost(store):
    """Between the last time that the worker polls for commands and its last status: the page still offers to extend."""

    class Later(Run):
        def write_status(self, status):
            if status.state == "finished":
                self.send("extend", 1)
            super().write_status(status)

    run = store.create(small(epochs=1))
    train(run.config(), Later(run.folder))
    assert [each.id for each in store.queue()] == [run.id], "it goes on by itself"
    train(run.config(), run)
    assert run.status().state == "finished" and run.checkpoint()["epoch"] == 2
    assert_same(run, trained(store, small(epochs=2)))


def test_an_extension_alone_takes_no_stopped_run_up_again(store):
    run = trained(store, small(), {10: [("stop",)]})
    run.send("extend", 1)
    assert run.status().state == "stopped" and store.queue() == []


def test_more_epochs_after_a_reached_target_are_so_many_more(store):
    run = trained(store, small(epochs=5, target_accuracy=0.1))
    assert run.checkpoint()["epoch"] == 1 and run.status().note.startswith("ended early")
    run.send("extend", 1)
    run.send("resume")
    train(run.config(), run)
    assert run.checkpoint()["epoch"] == 2 and run.status().note == ""


@pytest.mark.parametrize("blocks", [2, 9], ids=["within the first epoch", "within the second"])
def test_a_run_whose_time_was_up_within_an_epoch_goes_on_from_there(store, monkeypatch, blocks):
    left = iter([""] * blocks)
    with monkeypatch.context() as hurry:
        hurry.setattr(loop, "time_limit_reason", lambda config, train_s: next(left, "ended early: time is up"))
        run = trained(store, small())
    (ended,) = run.marks()
    assert ended.kind == "ended early" and ended.step % STEPS and run.report()
    before = curve(run)
    assert before[-1][0] == ended.step == run.checkpoint()["step"]
    run.send("extend", 1)
    run.send("resume")
    train(run.config(), run)
    assert run.status().state == "finished"
    assert curve(run)[: len(before)] == before, "nothing is taken back"
    assert run.checkpoint()["epoch"] == -(-ended.step // STEPS) + 1
    other = trained(store, small(epochs=int(run.checkpoint()["epoch"])))
    assert_same(run, other)


def test_an_extension_loses_no_report_before_a_new_epoch_is_whole(store):
    run = trained(store, small(epochs=1))
    test, answers = run.report(), run.predictions()["answers"]
    run.send("extend", 5)
    run.send("resume")
    train(run.config(), Scripted(run.folder, {6: [("stop",)]}))
    assert run.status().state == "stopped" and run.checkpoint()["epoch"] == 1
    assert run.report() == test and (run.predictions()["answers"] == answers).all()
    run.send("resume")
    train(run.config(), Scripted(run.folder, {12: [("stop",)]}))
    assert run.status().state == "stopped" and run.checkpoint()["epoch"] == 2
    assert run.report() is None and run.predictions() is None


def test_a_changed_rate_is_learned_at(store):
    frozen = {"rate": 0.00001}
    run = trained(store, small(epochs=2, optimizer="sgd"), {9: [("rate", frozen["rate"])]})
    same = trained(store, small(epochs=2, optimizer="sgd"))
    assert not np.array_equal(run.checkpoint()["model.0"], same.checkpoint()["model.0"])
    (mark,) = run.marks()
    assert (mark.kind, mark.value, mark.acknowledged) == ("rate", 0.00001, 1)
    assert mark.epoch == mark.step / STEPS and 0 < mark.step < 2 * STEPS


def test_a_changed_run_that_was_cut_off_takes_each_change_at_the_same_step(store):
    config = small(epochs=2, schedule="one_cycle")
    run = trained(store, config, {4: [("rate", 0.01)], 6: [("extend", 2)], 13: "cut off"}, {6: "cut off"})
    marks = run.marks()
    assert [(mark.kind, mark.step) for mark in marks] == [("rate", 4), ("extend", 8)]
    assert run.checkpoint()["epoch"] == 4
    assert_same(run, trained(store, config, {4: [("rate", 0.01)], 6: [("extend", 2)]}))


def test_a_checkpoint_of_another_network_is_refused_in_words(store):
    run = trained(store, small())
    other = store.create(small(hidden_units=32))
    other.save_checkpoint(run.checkpoint())
    with pytest.raises(RunError, match="another network"):
        train(other.config(), other)
    assert other.status().error.startswith("The checkpoint is of another network")


def test_what_a_killed_worker_left_half_written_goes_when_the_run_goes_on(store):
    run = store.create(small(epochs=1))
    run.snapshots.folder.mkdir()
    names = ("status.json", "checkpoint.npz", "model.keras", "report.json", "predictions.npz", "notes.json")
    left = [run.folder / f".{name}.99.new" for name in names]
    left += [run.folder / ".99.model.keras", run.snapshots.folder / ".000000001.npz.99.new"]
    for path in left:
        path.write_bytes(b"half of it")
    train(run.config(), run)
    hidden = [path.name for path in run.folder.rglob(".*")]
    assert hidden == [".notes.json.99.new"], "notes are not the worker's: somebody may be writing them"


def test_a_run_whose_metrics_are_lost_ends_all_the_same(store):
    run = trained(store, small(epochs=1))
    (run.folder / "metrics.jsonl").write_bytes(b"")
    run.send("resume")
    train(run.config(), run)
    assert run.status().state == "finished" and run.status().images_per_s == 0.0


def test_a_disk_that_is_full_at_a_checkpoint_keeps_the_one_before(store, monkeypatch):
    config = small()
    run = store.create(config)
    real, kept = np.savez, []

    def fills_up(file, allow_pickle=False, **arrays):
        if arrays.get("epoch") == 2:
            file.write(b"half a checkpoint")
            kept.append(run.checkpoint())
            raise OSError(28, "No space left on device")
        real(file, allow_pickle=allow_pickle, **arrays)

    monkeypatch.setattr(np, "savez", fills_up)
    with pytest.raises(OSError, match="No space left"):
        train(config, run)
    assert run.status().state == "failed" and run.status().error.startswith("No space is left on the disk.")
    assert run.checkpoint()["epoch"] == kept[0]["epoch"] == 1
    assert not [path.name for path in run.folder.iterdir() if path.name.startswith(".")]
    monkeypatch.setattr(np, "savez", real)
    train(config, run)
    assert_same(run, trained(store, config))


def test_a_clock_that_is_set_back_stops_no_heartbeat(store, monkeypatch):
    run = store.create(small(epochs=1))
    beats, real = [], time.time

    class Watched(Run):
        def write_status(self, status):
            super().write_status(status)
            beats.append(status.state)

        def append_metrics(self, row):
            super().append_metrics(row)
            monkeypatch.setattr(time, "time", lambda: real() - 3600)

    monkeypatch.setattr(status_writer, "_HEARTBEAT_S", 0.0)
    train(run.config(), Watched(run.folder))
    assert run.status().state == "finished"
    assert beats.count("running") > 5


@pytest.mark.parametrize("name", ["pause", "stop", "extend"])
def test_what_is_sent_is_what_is_read(store, name):
    run = store.create(small())
    run.send(name, 3 if name == "extend" else None)
    (sent,) = run.commands()
    assert replace(sent, time=None) == make_command(sent.command, sent.value) and sent.command == name


def test_a_resume_that_fails_is_not_tried_again_by_itself(store):
    run = store.create(small())
    run.write_status(Status("stopped"))
    (run.folder / "checkpoint.npz").write_bytes(b"garbage")
    run.send("resume")
    with pytest.raises(RunError, match="damaged"):
        train(run.config(), run)
    assert run.status().state == "failed" and not run.is_waiting()
    run.send("resume")
    assert run.is_waiting(), "whoever asks again is served"


def test_a_resume_that_is_killed_while_it_loads_is_not_tried_again_by_itself(store):
    run = trained(store, small(), {10: [("stop",)]})
    run.send("resume")
    run.write_status(Status("running", pid=2**22 + 1))
    assert run.status().state == "failed" and not run.is_waiting()
    run.send("resume")
    assert run.is_waiting(), "whoever asks again is served"
    train(run.config(), run)
    assert run.status().state == "finished"


def test_no_epoch_is_lost_that_ends_with_a_snapshot(store):
    """Epochs of one step: each ends at a snapshot, and the line after it has no step since."""
    run = store.create(small(epochs=4, batch_size=1024))
    train(run.config(), run)
    rows = run.metrics().rows
    assert [row.epoch for row in rows if row.val_loss is not None] == [1, 2, 3, 4]
    assert all(row.images_per_s > 0 for row in rows)
