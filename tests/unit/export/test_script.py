"""The script of a run: it repeats every setting of the recipe, and what was changed while the run trained."""

import ast

import keras
import numpy as np
import pytest

from core.config.dataset_spec import DatasetSpec
from core.config.layer_kinds import LAYER_KINDS
from core.config.layer_specs import default_layer
from core.config.optimizers import OPTIMIZERS
from core.config.presets import PRESETS
from core.config.schedules import SCHEDULES
from core.config.train_config import FIELD_SPECS, TrainConfig
from core.datasets import augmentation
from core.datasets.input_pipeline import training_chunks
from core.datasets.mnist import MNIST_PATH, load_mnist
from core.datasets.split import split_for, subsample_and_corrupt_labels
from core.export import plain_augmentation
from core.export.formats import ExportError
from core.export.reproduction import Reproduction
from core.export.script import make_script
from core.export.script_network import network_code
from core.export.script_schedule import schedule_code
from core.export.script_sections import sections
from core.networks.builder import build
from core.runs.plan import TrainingPlan
from core.runs.schema import Mark, MarkKind, RunState
from core.runs.view import RunView
from tests.support.letters import add_letters
from tests.support.random_stacks import random_stack
from tests.support.runs import ended_run

OTHER_VALUES = {
    "architecture": "convnet",
    "layers": ({"class_name": "Flatten"},),
    "optimizer": "rmsprop",
    "loss": "mean_squared_error",
    "schedule": "cosine",
    "validation_images": 4000,
    "label_noise": 0.2,
    "training_share": 0.5,
    "dataset": DatasetSpec("letters", 1, "Letters", ("A", "K"), 40, 10, "0" * 64),
}
NEEDED = {
    "momentum": {"optimizer": "sgd"},
    "nesterov": {"optimizer": "sgd"},
    "rho": {"optimizer": "rmsprop"},
    "weight_decay": {"optimizer": "adamw"},
}
"""The settings without which a field means nothing."""


def other_value(name):
    spec, value = FIELD_SPECS[name], getattr(TrainConfig(), name)
    if name in OTHER_VALUES:
        return OTHER_VALUES[name]
    return not value if isinstance(value, bool) else type(value)(spec.high)


def code_of(store, config, **more):
    return make_script(RunView.read(ended_run(store, config, **more))).decode()


@pytest.mark.parametrize("name", [name for name in FIELD_SPECS if name != "trained_layers"])
def test_every_setting_of_the_recipe_is_in_the_script_or_a_sentence_says_why_not(store, name):
    start = TrainConfig(**NEEDED.get(name, {}))
    if name == "other_hands":
        with pytest.raises(ExportError, match="trained with Other hands"):
            code_of(store, start.changed({name: True}))
        return
    if name == "start_from":
        with pytest.raises(ExportError, match="started from the weights of another network"):
            code_of(store, start.changed({name: "20260101-000000-000-mlp-abcd"}))
        return
    plain, other = (code_of(store, each) for each in (start, start.changed({name: other_value(name)})))
    compile(other, "script.py", "exec")

    def body(text):
        return text.partition('"""\n\n')[2].partition("\n")[2].partition("\n")[2]

    if name == "mixed_precision":
        assert body(plain) == body(other) and len(other.partition('"""\n\n')[0]) > len(plain.partition('"""\n\n')[0])
    else:
        assert body(plain) != body(other)


HOSTILE = [
    'x""";print("INJECTED");"""y',
    r"C:\Users\me",
    "\\",
    '"',
    r"\N{nothing}",
    '"' * 60 + "\\" * 59,
    "a " * 30 + '\\"""' * 30,
    "# coding: rot13",
]
"""Names that would end a text in a script, or make it none."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_nothing_but_text_in_the_script(store, name):
    classes = tuple(f"{place}{name}"[:40] for place in range(2))
    spec = DatasetSpec("letters", 1, name, classes, 40, 10, "0" * 64, source=name, licence=name)
    run = ended_run(store, TrainConfig(dataset=spec))
    run.write_notes(name=name, remark=name)
    module = ast.parse(make_script(RunView.read(run)))
    plain = ast.parse(code_of(store, TrainConfig(dataset=OTHER_VALUES["dataset"])))
    assert "".join(name.split()) in "".join((ast.get_docstring(module) or "").split())
    assert [type(each) for each in module.body] == [type(each) for each in plain.body]


# the network


def stacks():
    for name, kind in LAYER_KINDS.offered.items():
        before = [{"class_name": "Flatten"}] if kind.input_form == "row" else []
        after = [] if kind.name in ("Flatten", "GlobalAveragePooling2D") or before else [{"class_name": "Flatten"}]
        yield pytest.param(TrainConfig(layers=[*before, default_layer(name), *after]), id=name)
    yield from (pytest.param(TrainConfig(layers=random_stack(seed)), id=f"stack {seed}") for seed in range(4))
    one_pixel = {"class_name": "Conv2D", "filters": 4, "kernel_size": 1, "strides": 2, "padding": "same"}
    yield pytest.param(TrainConfig(layers=[one_pixel, {"class_name": "Flatten"}]), id="1×1 with a stride")


@pytest.mark.parametrize("config", [*(pytest.param(each, id=name) for name, each in PRESETS.items()), *stacks()])
def test_the_network_has_the_weights_with_which_the_run_began(config):
    names = {"keras": keras, "layers": keras.layers, "SEED": 5}
    exec(network_code(config), names)
    keras.utils.set_random_seed(5)
    theirs, ours = names["model"].get_weights(), build(config).get_weights()
    assert sum(each.size for each in theirs) == sum(each.size for each in ours)
    # A block's weights stand together in the run's network; in the script's they stand in the order of its graph.
    for mine, other in zip(*(sorted(each, key=lambda array: array.tobytes()) for each in (ours, theirs)), strict=True):
        assert np.array_equal(mine, other)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_optimizer_is_the_runs(store, name):
    config = TrainConfig(optimizer=name, momentum=0.5, nesterov=True, beta_1=0.8, beta_2=0.99, rho=0.7)
    (line,) = (each for each in code_of(store, config).splitlines() if "keras.optimizers." in each)
    made = eval(line.partition("optimizer=")[2].rstrip(","), {"keras": keras, "LEARNING_RATE": config.learning_rate})
    wanted = OPTIMIZERS[name].make(config).get_config()
    assert made.get_config() | {"name": ""} == wanted | {"name": ""}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_whole_numbers_of_a_json_file_are_floats_in_the_script(store, name):
    fields = [field for field in OPTIMIZERS[name].fields if field not in ("nesterov", "beta_2")]
    run = ended_run(store, TrainConfig(optimizer=name, learning_rate=1, **dict.fromkeys(fields, 0)))
    run.append_mark(mark(MarkKind.RATE, 2, 1719, 0.0005))
    names = executed(run, "The network")
    assert all(names["model"].optimizer.get_config()[field] == 0 for field in fields)
    names["STEPS_PER_EPOCH"] = 1719
    exec(schedule_code(Reproduction.of(RunView.read(run))), names)
    assert names["rates"][[0, 1, 2, 3]].tolist() == [1, 1, 0.0005, 0.0005]


# the data, their order and augmentation


def executed(run, *titles):
    """The names that sections of the run's script define; MNIST comes from the file of this project."""
    names = {}
    for section in sections(Reproduction.of(RunView.read(run))):
        if section.title in ("Set-up", *titles):
            exec(section.code, names)
    return names


def test_it_trains_on_the_same_images_with_the_same_labels_in_the_same_order(store, monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", str(MNIST_PATH))
    config = TrainConfig(training_share=0.1, label_noise=0.3, label_smoothing=0.1, validation_images=1000, seed=3)
    names = executed(ended_run(store, config), "The data", "The order of the images")
    data = subsample_and_corrupt_labels(load_mnist(1000), config)
    assert np.array_equal(names["images"], data.train.images) and np.array_equal(names["labels"], data.train.labels)
    assert np.array_equal(names["validation"][1].argmax(axis=1), data.validation.labels)
    assert names["targets"][0].max() == pytest.approx(0.91) and names["targets"][0].sum() == pytest.approx(1)
    batches = names["batches"]()
    for chunk in training_chunks(data.train, config, 0, lambda: 1, lambda: None):
        images, targets = next(batches)
        first = chunk.images[:32].numpy()
        assert images == pytest.approx(first / np.float32(255))
        assert np.array_equal(targets.argmax(axis=1), chunk.labels[:32].numpy())
        break


@pytest.mark.parametrize("settings", [{"fold": 2}, {"validation_images": 5}, {"validation_images": 0}])
def test_without_test_images_it_is_tested_on_those_that_the_run_was(store, monkeypatch, settings):
    config = TrainConfig(dataset=add_letters(store.root, has_test=False), **settings)
    spec = config.dataset
    monkeypatch.setenv("DATASET_NPZ", str(store.root / "datasets" / spec.id / str(spec.version) / "arrays.npz"))
    run = ended_run(store, config)
    names, wanted = executed(run, "The data"), split_for(config, store.root)
    assert np.array_equal(names["x_test"], wanted.test.images) and np.array_equal(names["y_test"], wanted.test.labels)
    assert np.array_equal(names["images"], wanted.train.images) and names["CLASSES"] == list(spec.class_names)
    *_, test = sections(Reproduction.of(RunView.read(run)))
    assert f"Accuracy on the {config.tested_on} " in test.code and "Test accuracy" not in test.code
    assert "no training has seen" not in test.text


def test_its_augmentation_is_that_of_the_run_but_for_rounding():
    images = load_mnist().test.images[:100]
    wanted = augmentation.augment(images, np.random.default_rng(1))
    found = plain_augmentation.augment(images, np.random.default_rng(1))
    assert np.abs(found - wanted).max() <= 1
    assert np.abs(wanted - images.astype(float)).mean() > 10


def test_augmented_batches_differ_from_epoch_to_epoch(store, monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", str(MNIST_PATH))
    run = ended_run(store, TrainConfig(augmentation=True, training_share=0.001))
    names = executed(run, "The data", "Augmentation", "The order of the images")
    batches, per_epoch = names["batches"](), names["STEPS_PER_EPOCH"]
    seen = [next(batches)[0].sum() for _ in range(2 * per_epoch)]
    assert per_epoch == 2 and sum(seen[:2]) != pytest.approx(sum(seen[2:]), rel=1e-4)


# the learning rate, and what ends the training


def mark(kind, step, per_epoch, value=None):
    return Mark(kind, step, step / per_epoch, 1.0, 0, value)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize(
    "marks",
    [
        [],
        [(MarkKind.RATE, 700, 0.0005)],
        [(MarkKind.EXTEND, 500, 2), (MarkKind.EXTEND, 900, 1)],
        [(MarkKind.ENDED_EARLY, 430, None), (MarkKind.EXTEND, 430, 2)],
        [(MarkKind.EXTEND, 860, 1)],
    ],
    ids=["as planned", "set by hand", "extended twice", "extended after its early end", "extended at its end"],
)
def test_each_step_has_the_learning_rate_of_the_run(store, schedule, marks):
    config = TrainConfig(epochs=2, batch_size=128, schedule=schedule, learning_rate=0.01)
    run = ended_run(store, config)
    for kind, step, value in marks:
        run.append_mark(mark(kind, step, 430, value))
    view = RunView.read(run)
    plan = TrainingPlan(config, 430, view.marks)
    code = schedule_code(Reproduction.of(view))
    names = {"np": np, "EPOCHS": plan.epochs, "STEPS_PER_EPOCH": 430, "LEARNING_RATE": 0.01}
    if code:
        exec(code, names)
    rates = names.get("rates", np.full(plan.epochs * 430, 0.01))
    assert rates == pytest.approx(plan.rates(0, plan.epochs * 430), rel=1e-4, abs=1e-8)


def test_early_stopping_and_the_target_are_callbacks_until_the_run_is_extended(store):
    config = TrainConfig(patience=3, target_accuracy=0.99, loss="mean_squared_error")
    text = code_of(store, config)
    assert 'EarlyStopping("val_cross_entropy", patience=3)' in text and 'name="cross_entropy"' in text
    assert 'logs["val_accuracy"] >= 0.99' in text
    run = ended_run(store, config)
    run.append_mark(mark(MarkKind.EXTEND, 100, 1719, 2))
    extended = make_script(RunView.read(run)).decode()
    assert "EarlyStopping" not in extended and "nothing ended it early" in " ".join(extended.split())


@pytest.mark.parametrize(
    ("steps", "state", "marks", "last"),
    [
        (2000, RunState.FINISHED, [], 2000),
        (2000, RunState.STOPPED, [], 1719),
        (5 * 1719, RunState.FINISHED, [], None),
        (7 * 1719 + 5, RunState.STOPPED, [(MarkKind.EXTEND, 5 * 1719, 10)], 7 * 1719),
        (15 * 1719, RunState.FINISHED, [(MarkKind.EXTEND, 5 * 1719, 10)], None),
        (2200, RunState.STOPPED, [(MarkKind.ENDED_EARLY, 2000, None), (MarkKind.EXTEND, 2000, 1)], 2000),
        (3500, RunState.STOPPED, [(MarkKind.ENDED_EARLY, 2000, None), (MarkKind.EXTEND, 2000, 1)], 2 * 1719),
    ],
    ids=[
        "time limit",
        "stopped",
        "time limit not reached",
        "stopped after an extension",
        "extended",
        "stopped before the epoch in which the time limit ended it was whole",
        "stopped after that epoch",
    ],
)
def test_a_run_that_was_cut_off_ends_after_as_many_steps(store, steps, state, marks, last):
    run = ended_run(store, TrainConfig(time_limit_s=60), steps=steps, state=state)
    for kind, step, value in marks:
        run.append_mark(mark(kind, step, 1719, value))
    text = make_script(RunView.read(run)).decode()
    assert ("LastStep()" in text) == (last is not None)
    if last:
        assert f"self.steps == {last}:" in text


@pytest.mark.parametrize(
    ("steps", "limit", "last"),
    [(2 * 1719, 0, 2 * 1719), (2 * 1719 + 5, 0, 2 * 1719), (2000, 60, 2000), (5 * 1719, 0, None)],
    ids=["stopped or ended early", "stopped within an epoch", "time limit", "trained to its end"],
)
def test_an_imported_run_ends_after_as_many_steps_whatever_the_senders_state_was(store, steps, limit, last):
    run = ended_run(store, TrainConfig(time_limit_s=limit), steps=steps)
    run.write_notes(imported=1.0)
    text = make_script(RunView.read(run)).decode()
    assert ("LastStep()" in text) == (last is not None)
    if last:
        assert f"self.steps == {last}:" in text
    assert "a learning rate changed by hand is not known" in " ".join(text.split())


# what has no script


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING, RunState.PAUSED])
def test_a_run_that_has_not_ended_gets_a_sentence(store, state):
    with pytest.raises(ExportError, match=f"This run has not ended, it is {state}. It can be exported once it has."):
        code_of(store, TrainConfig(), state=state)


def test_a_run_without_a_model_or_report_gets_a_sentence(store):
    run = ended_run(store, TrainConfig(), state=RunState.STOPPED)
    run.remove_report()
    with pytest.raises(ExportError, match="has no test report yet"):
        make_script(RunView.read(run))
    run.model_path.unlink()
    with pytest.raises(ExportError, match="ended before its first epoch"):
        make_script(RunView.read(run))


def test_a_failed_run_whose_model_is_of_an_earlier_end_gets_a_sentence(store):
    run = ended_run(store, TrainConfig(), steps=4 * 1719, state=RunState.FAILED)
    with pytest.raises(ExportError, match="This run failed. .* Resume it first"):
        make_script(RunView.read(run))


def test_an_imported_run_that_was_extended_gets_a_sentence(store):
    run = ended_run(store, TrainConfig(), steps=6 * 1719)
    run.write_notes(imported=1.0)
    with pytest.raises(ExportError, match="a bundle does not say how"):
        make_script(RunView.read(run))


def test_a_name_is_a_comment_whatever_is_in_it(store):
    run = ended_run(store, TrainConfig())
    run.write_notes(name='a"""\nimport os; os.abort()\r#\u2028')
    text = make_script(RunView.read(run)).decode()
    compile(text, "script.py", "exec")
    assert [line[:12] for line in text.splitlines() if "os.abort" in line] == ["# The run: a"]
