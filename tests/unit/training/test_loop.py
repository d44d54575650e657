"""Training fills a run folder, is reproducible to the last bit, and fails with a sentence."""

import json
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from core.config import schedules
from core.config.train_config import TrainConfig
from core.datasets import input_pipeline
from core.datasets.mnist import Images, Split, load_arrays
from core.evaluation.report import make_report
from core.networks import batching
from core.networks.builder import count_parameters, import_keras
from core.runs.commands import make_command
from core.runs.run import Run
from core.runs.store import RunStore
from core.training import loop, metrics_writer, train_step
from core.training.loop import train
from core.training.metrics_writer import TrainingError

TRAINING_IMAGES = 400


@pytest.fixture(autouse=True)
def few_images(monkeypatch):
    """MNIST with 400 images to train on, so that an epoch is over at once."""
    arrays = load_arrays()

    def load_few(config, root):
        data = Images(arrays["x_train"], arrays["y_train"])
        part = lambda first, last: Images(data.images[first:last], data.labels[first:last])  # noqa: E731
        return Split(
            part(0, TRAINING_IMAGES),
            part(1000, 1000 + config.validation_images),
            Images(arrays["x_test"][:300], arrays["y_test"][:300]),
        )

    monkeypatch.setattr(loop, "split_for", load_few)


def small(**values):
    return TrainConfig(**{"hidden_units": 16, "epochs": 2, "validation_images": 200} | values)


def trained(store, config):
    run = store.create(config)
    train(config, run)
    return run


def lines(run):
    """The rows of training; at an epoch's end the last one is there again, with the validation figures."""
    return [row for row in run.metrics().rows if row.val_loss is None]


class StopsAfterTheFirstEpoch(Run):
    """A run that receives a stop once its commands were polled more than `polls` times since the end of epoch 1."""

    polls = 0
    first_epoch_over = False

    def append_metrics(self, row):
        super().append_metrics(row)
        self.first_epoch_over |= row.epoch >= 1

    def commands_from(self, offset):
        self.polls -= self.first_epoch_over
        return ([make_command("stop")] if self.polls < 0 else []), offset


def test_a_finished_run_has_everything(store):
    run = trained(store, small())
    status = run.status()
    assert (status.state, status.error) == ("finished", "")
    assert status.parameters == count_parameters(small())
    assert status.train_s > 0
    assert status.images_per_s == pytest.approx(2 * TRAINING_IMAGES / status.train_s)
    assert status.started <= status.ended <= time.time()
    assert {path.name for path in run.folder.iterdir()} == {
        "config.json",
        "status.json",
        "metrics.jsonl",
        "checkpoint.npz",
        "model.keras",
        "report.json",
        "snapshots",
        "predictions.npz",
    }


def test_the_report_is_what_the_saved_model_says(store):
    run = trained(store, small())
    model = import_keras().saving.load_model(run.model_path)
    test = loop.split_for(small(), None).test
    answers = model(test.images / np.float32(255)).numpy().argmax(axis=1)
    assert run.report().count == 300
    assert run.report().correct == (answers == test.labels).sum()
    assert (run.predictions()["answers"] == answers).all()


@pytest.mark.parametrize("batch_size", [32, 64, 400, 1024])
def test_metrics_run_to_the_end_without_a_skipped_step(store, batch_size):
    config = small(epochs=3, batch_size=batch_size)
    rows = lines(trained(store, config))
    steps = -(-TRAINING_IMAGES // batch_size)
    assert [row.step for row in rows] == sorted({row.step for row in rows})
    assert all(row.epoch == row.step / steps for row in rows)
    assert rows[-1].step == 3 * steps
    assert all(before.elapsed_s < after.elapsed_s for before, after in zip(rows, rows[1:], strict=False))
    assert all(row.images_per_s > 0 and row.loss > 0 and 0 <= row.accuracy <= 1 for row in rows)


def test_validation_stands_at_each_epochs_end_alone(store):
    rows = trained(store, small(epochs=3)).metrics().rows
    validated = [row for row in rows if row.val_loss is not None]
    assert [row.epoch for row in validated] == [1, 2, 3]
    assert rows[-1] is validated[-1]
    assert validated[-1].val_accuracy > 0.3 and validated[-1].val_loss > 0


def test_without_validation_images_there_are_no_validation_figures(store):
    rows = trained(store, small(validation_images=0)).metrics().rows
    assert rows and not any(row.val_loss is not None or row.val_accuracy is not None for row in rows)


def test_the_figures_are_means_over_the_images(store):
    config = small(epochs=1, batch_size=300, dropout=0.0, learning_rate=0.00001)
    run = trained(store, config)
    images = loop.split_for(small(), None).train
    model = import_keras().saving.load_model(run.model_path)
    as_good_as_untrained = make_report(model(images.images / np.float32(255)).numpy(), images.labels)
    rows = lines(run)
    images_taken = np.diff([0, *(min(TRAINING_IMAGES, 300 * row.step) for row in rows)])
    loss, accuracy = (
        np.average([getattr(row, name) for row in rows], weights=images_taken) for name in ("loss", "accuracy")
    )
    assert loss == pytest.approx(as_good_as_untrained.loss, rel=0.02)
    assert accuracy == pytest.approx(as_good_as_untrained.accuracy, abs=0.02)


def test_it_learns(store):
    run = trained(store, small(epochs=15))
    rows = run.metrics().rows
    assert rows[-1].loss < 0.5 * rows[0].loss
    assert run.report().accuracy > 0.6


def contents(run):
    """Everything a seed decides: the weights of the saved model and the whole checkpoint."""
    weights = import_keras().saving.load_model(run.model_path).get_weights()
    return {f"weight {index}": weight for index, weight in enumerate(weights)} | run.checkpoint()


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"augmentation": True},
        {"optimizer": "adamw", "schedule": "one_cycle"},
        {"architecture": "convnet", "augmentation": True},
        {"architecture": "reader", "other_hands": True, "mixed_precision": True},
    ],
)
def test_the_same_seed_gives_the_same_bits(store, values):
    first, second = (contents(trained(store, small(seed=5, **values))) for _ in range(2))
    assert first.keys() == second.keys()
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)


@pytest.mark.parametrize(
    "values",
    [
        # In one batch of all images their order does not matter, so the seed is left to the first weights.
        {"batch_size": 1024, "dropout": 0.0, "epochs": 1},
        {},
    ],
)
def test_another_seed_gives_another_network(store, values):
    first, second = (contents(trained(store, small(seed=seed, **values))) for seed in (1, 2))
    assert not np.allclose(first["weight 0"], second["weight 0"], atol=0.01)


def test_what_is_trained_in_mixed_precision_is_a_plain_float32_model(store):
    run = trained(store, small(architecture="reader", mixed_precision=True))
    model, arrays = import_keras().saving.load_model(run.model_path), load_arrays()
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}
    assert {weight.dtype.name for weight in model.get_weights()} == {"float32"}
    probabilities = model(arrays["x_test"][:300] / np.float32(255)).numpy()
    assert run.report().loss == pytest.approx(make_report(probabilities, arrays["y_test"][:300]).loss, rel=1e-4)


def test_augmentation_changes_what_is_learned(store):
    plain, augmented = (contents(trained(store, small(augmentation=on))) for on in (False, True))
    assert not np.array_equal(plain["weight 0"], augmented["weight 0"])


def test_the_checkpoint_is_complete(store):
    run = trained(store, small(dropout=0.5))
    checkpoint = run.checkpoint()
    model = import_keras().saving.load_model(run.model_path)
    assert checkpoint["epoch"] == 2
    state = [checkpoint[f"model.{index}"] for index in range(len(model.variables))]
    assert [array.shape for array in state] == [tuple(variable.shape) for variable in model.variables]
    seeds = [array for array, each in zip(state, model.variables, strict=True) if "seed" in each.path]
    assert [list(seed)[1] for seed in seeds] == [2 * 13], "where the dropout's random numbers stand"
    optimizer = [array for name, array in checkpoint.items() if name.startswith("optimizer.")]
    assert any(array.shape == () and array == 2 * 13 for array in optimizer), "the optimizer's count of steps"
    for weight in model.get_weights()[:4]:
        assert sum(array.shape == weight.shape for array in optimizer) >= 2, "Adam's two moments of each weight"


@pytest.mark.parametrize(
    ("validation_images", "polls"), [(0, 1), (200, 0)], ids=["some steps later", "while the epoch is measured"]
)
def test_stop_keeps_the_newest_whole_epoch_and_leaves_the_test_images(store, monkeypatch, validation_images, polls):
    monkeypatch.setattr(input_pipeline, "_CHUNK_IMAGES", 64)
    run = store.create(small(learning_rate=0.1, validation_images=validation_images))
    stopping = StopsAfterTheFirstEpoch(run.folder)
    stopping.polls = polls
    assert train(run.config(), stopping).state == run.status().state == "stopped"
    assert run.status().train_s > 0 and run.status().images_per_s > 0
    checkpoint = run.checkpoint()
    assert checkpoint["epoch"] == 1
    model = import_keras().saving.load_model(run.model_path)
    for index, variable in enumerate(model.variables):
        if "seed" not in variable.path:  # a .keras file does not keep where the dropout's random numbers stand
            assert np.array_equal(variable.numpy(), checkpoint[f"model.{index}"])
    assert run.report() is None


def test_stop_before_the_first_epoch_ends_keeps_no_model(store):
    config = small()
    run = store.create(config)
    run.send("stop")
    assert train(config, run).state == "stopped"
    assert not run.has_model and run.report() is None and run.checkpoint() is None
    assert run.metrics().rows == ()


def test_between_two_polls_lies_at_most_one_block_or_one_batch_of_images(store, monkeypatch):
    """So each command takes effect within a second: `MetricsWriter` limits how long a block takes."""
    monkeypatch.setattr(batching, "BATCH_IMAGES", 50)
    happened = []

    class Listening(Run):
        def commands_from(self, offset):
            happened.append("poll")
            return super().commands_from(offset)

    def noted(make, word):
        def made(*given):
            real = make(*given)
            return lambda *arguments: happened.append(word(*arguments)) or real(*arguments)

        return made

    monkeypatch.setattr(train_step, "make_step_block", noted(train_step.make_step_block, lambda *_: "block"))
    monkeypatch.setattr(train_step, "make_classifier", noted(train_step.make_classifier, lambda images: len(images)))
    run = store.create(small(batch_size=16))
    train(run.config(), Listening(run.folder))
    assert happened.count("block") > 5 and happened.count(50) == 2 * 200 / 50 + 300 / 50
    between = [part.split() for part in " ".join(map(str, happened)).split("poll")]
    assert all(part.count("block") + part.count("50") <= 1 for part in between)


def test_a_run_is_stopped_while_the_next_images_are_made(store, monkeypatch):
    made, real = threading.Event(), input_pipeline._make_chunk
    monkeypatch.setattr(input_pipeline, "_POLL_S", 0.001)
    monkeypatch.setattr(input_pipeline, "_make_chunk", lambda *place: made.wait(60) and real(*place))
    run = store.create(small())

    class StopsAtTheThirdPoll(Run):
        polls = 0

        def commands_from(self, offset):
            self.polls += 1
            if self.polls == 3:
                self.send("stop")
            return super().commands_from(offset)

        def write_status(self, status):
            Run(self.folder).write_status(status)

    try:
        train(run.config(), StopsAtTheThirdPoll(run.folder))
        assert not made.is_set() and run.status().state == "stopped"
    finally:
        made.set()
    assert run.metrics().rows == ()


def test_another_command_does_not_stop(store):
    run = store.create(small(epochs=1))
    (run.folder / "commands.jsonl").write_text('{"command": "sing"}\n')
    assert train(run.config(), run).state == "finished"


@pytest.mark.parametrize("command", ["", '{"command": "stop"', "[1]\n", "not json\n"])
def test_damaged_commands_do_not_stop(store, command):
    run = store.create(small(epochs=1))
    (run.folder / "commands.jsonl").write_text(command)
    assert train(run.config(), run).state == "finished"


def test_a_loss_that_is_no_number_fails_in_words(store, monkeypatch):
    monkeypatch.setattr(schedules, "rates_at", lambda config, progress: np.full(len(progress), np.inf, np.float32))
    run = store.create(small())
    with pytest.raises(TrainingError):
        train(small(), run)
    status = run.status()
    assert status.state == "failed" and status.ended > 0
    assert status.error.startswith("The loss is no longer a number after step ")
    assert status.error.endswith("Train again with a tenth of the learning rate.")


@pytest.mark.parametrize("validation_images", [200, 0])
def test_a_network_that_answers_no_number_fails_in_words(store, monkeypatch, validation_images):
    """The last step's loss is measured before its weights are changed, so it may still be a number."""
    whole = train_step.make_step_block

    def then_breaks(model, *others):
        take = whole(model, *others)

        def block(images, labels, rates, first, last):
            answer = take(images, labels, rates, first, last)
            if last == 13:
                model.weights[-1].assign(np.full(10, np.nan, np.float32))
            return answer

        return block

    monkeypatch.setattr(train_step, "make_step_block", then_breaks)
    run = store.create(small(epochs=1, validation_images=validation_images))
    with pytest.raises(TrainingError):
        train(run.config(), run)
    assert run.status().error.startswith("The loss is no longer a number after step 13: ")
    assert run.report() is None


@pytest.mark.parametrize("method", ["append_metrics", "save_checkpoint", "save_model", "write_report"])
def test_a_full_disk_fails_and_says_so(store, monkeypatch, method):
    run = store.create(small(epochs=1))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, method, full)
    with pytest.raises(OSError, match="No space left"):
        train(run.config(), run)
    status = run.status()
    assert (status.state, status.error) == (
        "failed",
        "No space is left on the disk. Free some, then press Resume: the run goes on.",
    )


def test_a_file_that_may_not_be_written_is_named_in_a_sentence(store, monkeypatch):
    run = store.create(small(epochs=1))

    def denied(*_):
        raise OSError(13, "Permission denied", str(run.folder))

    monkeypatch.setattr(run, "save_checkpoint", denied)
    with pytest.raises(OSError, match="Permission denied"):
        train(run.config(), run)
    assert run.status().error == (
        f"{run.folder} cannot be opened: permission is denied. Change its permissions, or choose another path."
    )


def test_a_run_that_stops_while_its_checkpoint_finds_no_room_says_so(store, monkeypatch):
    run = store.create(small())

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "save_checkpoint", full)
    run.send("stop_after_epoch")
    with pytest.raises(OSError, match="No space left"):
        train(run.config(), run)
    assert run.status().state == "failed" and run.status().error.startswith("No space is left on the disk.")


def test_damaged_data_fails_with_the_datasets_sentence(store, monkeypatch, tmp_path):
    monkeypatch.setattr(loop, "split_for", lambda *_: load_arrays(tmp_path / "gone.npz"))
    run = store.create(small())
    with pytest.raises(RuntimeError):
        train(small(), run)
    assert run.status().state == "failed"
    assert run.status().error.startswith("MNIST is missing: there is no file")


def test_too_little_memory_fails_in_words(store, monkeypatch):
    def exhausted(*_):
        raise MemoryError

    monkeypatch.setattr(loop, "split_for", exhausted)
    run = store.create(small())
    with pytest.raises(MemoryError):
        train(small(), run)
    assert "memory" in run.status().error and run.status().error.endswith(".")


def test_a_run_in_another_root_is_trained_alike(tmp_path):
    run = trained(RunStore(tmp_path / "elsewhere"), small(epochs=1))
    assert json.loads((run.folder / "status.json").read_text())["state"] == "finished"


def test_a_reached_target_ends_the_run_as_finished(store):
    run = trained(store, small(epochs=200, target_accuracy=0.1))
    status = run.status()
    assert status.state == "finished" and status.note.startswith("ended early: ")
    assert run.metrics().rows[-1].epoch == 1 and run.report() and run.has_model
    assert status.images_per_s == pytest.approx(TRAINING_IMAGES / status.train_s)


def test_a_run_is_not_marked_as_ended_before_its_checkpoint_is_whole(store, monkeypatch):
    run = store.create(small(target_accuracy=0.01))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "save_checkpoint", full)
    with pytest.raises(OSError, match="No space left"):
        train(run.config(), run)
    assert run.metrics().rows[-1].epoch == 1 and run.marks() == []


def test_patience_ends_a_run_that_gets_no_better(store):
    """At so high a rate it soon knows its 400 images by heart, and reads others worse and worse."""
    run = trained(store, small(epochs=200, learning_rate=0.05, dropout=0.0, patience=2))
    status, losses = run.status(), [row.val_loss for row in run.metrics().rows if row.val_loss is not None]
    assert (status.state, status.note) == ("finished", "ended early: no smaller validation loss for 2 epochs")
    assert len(losses) == run.checkpoint()["epoch"] == losses.index(min(losses)) + 3 < 200
    assert run.report() and run.has_model and [mark.kind for mark in run.marks()] == ["ended early"]


def test_the_time_of_training_is_from_the_first_steps_start_to_the_last_steps_end(store, monkeypatch):
    clock = SimpleNamespace(now=100.0)
    clock.perf_counter = lambda: clock.now

    def after(seconds, work):
        def timed(*given):
            clock.now += seconds
            return work(*given)

        return timed

    real = train_step.make_step_block
    monkeypatch.setattr(metrics_writer, "time", clock)
    monkeypatch.setattr(train_step, "make_step_block", after(5.0, lambda *given: after(0.5, real(*given))))
    run = trained(store, small(epochs=1, batch_size=100))
    assert [row.elapsed_s for row in lines(run)] == [0.5, 1.0, 1.5, 2.0]
    assert run.status().train_s == 2.0 and run.status().images_per_s == TRAINING_IMAGES / 2


def test_a_run_ends_within_an_epoch_when_its_time_is_up(store, monkeypatch):
    monkeypatch.setattr(loop, "time_limit_reason", lambda config, train_s: "ended early: over")
    run = trained(store, small())
    assert run.status().note == "ended early: over" and run.status().state == "finished"
    assert 0 < run.metrics().rows[-1].epoch < 1 and run.has_model


def test_snapshots_come_at_a_geometric_scale_and_at_each_epochs_end(store):
    run = trained(store, small())
    assert run.snapshots.steps() == [0, 1, 2, 4, 8, 13, 16, 26]
    assert float(run.snapshots.load(13).epoch) == 1.0


def test_the_ten_digits_are_read_while_it_learns(store):
    rows = [row for row in trained(store, small(epochs=6)).metrics().rows if row.answers is not None]
    assert rows, "no row says what was read"
    assert all(len(row.answers) == len(row.confidences) == 10 for row in rows)


def test_a_run_that_keeps_a_fold_back_keeps_its_answers_to_it(store):
    run = trained(store, small(fold=2, epochs=1))
    answers = run.fold_predictions()
    assert answers["probabilities"].shape == (200, 10), "of the images that were kept back"
    assert trained(store, small(epochs=1)).fold_predictions() is None
    run.remove_report()
    assert run.fold_predictions() is None, "a run that is trained further has other answers"
