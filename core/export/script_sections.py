"""The parts of a script that trains a run's network again in plain Keras, in the order in which they run."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.config.dataset_spec import MNIST, DatasetSpec, ImageForm
from core.config.describe import summarize_recipe
from core.config.losses import LOSSES
from core.config.optimizers import OPTIMIZERS
from core.config.train_config import TEST_IMAGES, TrainConfig
from core.datasets.augmentation import shift
from core.export import plain_augmentation
from core.export.reproduction import Reproduction
from core.export.script_callbacks import script_callbacks, validation_loss
from core.export.script_data import DATASET_VARIABLE, MNIST_VARIABLE, data_code, data_text
from core.export.script_network import network_code
from core.export.script_schedule import schedule_code
from core.export.script_source import plain_source


@dataclass(frozen=True)
class Section:
    """A part of a script: its title, what it does in a sentence or two, and its code."""

    title: str
    text: str
    code: str


def introduction(run: Reproduction) -> list[str]:
    """Return what stands above the code, a paragraph each; the run's title, which a person gave, is not in it."""
    return [
        f"This trains the network of a run of Digit Studio again ({summarize_recipe(run.config)}) and tests it. The "
        f"run read {run.accuracy} of {run.config.dataset.name}'s {run.report.count:,} {run.config.tested_on} right.",
        f"It needs keras with a backend such as tensorflow, and numpy. {_origin(run.config.dataset)}",
        *run.notes,
    ]


def _origin(dataset: DatasetSpec) -> str:
    """Return where the script takes the images from."""
    if dataset == MNIST:
        return (
            "MNIST comes from Keras, which fetches it once; "
            f"without a network, set {MNIST_VARIABLE} to the path of a mnist.npz."
        )
    return (
        f"The images of {dataset.name} are in the folder datasets/{dataset.id}/{dataset.version} of the installation "
        f"that trained the run, in arrays.npz: copy that file beside the script, or set {DATASET_VARIABLE} to its path."
    )


def sections(run: Reproduction) -> Iterator[Section]:
    """Yield the parts of the run's script; raises `ExportError` where the run has something that none can repeat."""
    config = run.config
    yield Section("Set-up", "What is needed, and how long and on how many images at a time is trained.", _setup(run))
    yield Section("The data", data_text(config), data_code(config))
    if config.augmentation:
        text = "Each image is changed a little every time it is seen."
        strokes = (plain_augmentation.interpolate, plain_augmentation.spread, plain_augmentation.augment)
        parts = strokes if config.dataset.form is ImageForm.MNIST else (shift,)
        yield Section("Augmentation", text, "\n\n\n".join(map(plain_source, parts)))
    yield Section(
        "The order of the images",
        "Keras would shuffle them by itself; this is the order in which the run saw them.",
        _batches(config),
    )
    built = f"{network_code(config)}\n\n{_compile(config)}\nmodel.summary()"
    yield Section("The network", "The seed decides its first weights.", built)
    schedule, callbacks = schedule_code(run), script_callbacks(run)
    if schedule:
        yield Section("The learning rate", "It changes from step to step, as in the run.", schedule)
    if callbacks:
        text = "What happens between the steps and epochs, as in the run."
        made = "callbacks = [{}]".format(", ".join(each.call for each in callbacks))
        yield Section("Callbacks", text, "\n\n\n".join([*(each.code for each in callbacks if each.code), made]))
    text = "One line is printed for each epoch."
    yield Section("Training", text, _fit(config, bool(callbacks)))
    yield Section("The test", _test_text(config), _test(run))


def _setup(run: Reproduction) -> str:
    return f"""\
import itertools
import math
import os

import keras
import numpy as np
from keras import layers

SEED = {run.config.seed}
EPOCHS = {run.plan.epochs}
BATCH_SIZE = {run.config.batch_size}
LEARNING_RATE = {_literal(run.config.learning_rate)}"""


def _batches(config: TrainConfig) -> str:
    changed = "augment" if config.dataset.form is ImageForm.MNIST else "shift"
    seen = f"{changed}(images[chosen], rng)" if config.augmentation else "images[chosen]"
    rng = "\n        rng = np.random.default_rng([SEED, epoch, 1])" if config.augmentation else ""
    return f'''\
STEPS_PER_EPOCH = math.ceil(len(labels) / BATCH_SIZE)


def batches():
    """Yield the training images and their targets without end, in a new order each epoch."""
    for epoch in itertools.count():
        order = np.random.default_rng([SEED, epoch]).permutation(len(labels)){rng}
        for first in range(0, len(order), BATCH_SIZE):
            chosen = order[first : first + BATCH_SIZE]
            yield scale({seen}), targets[chosen]'''


def _compile(config: TrainConfig) -> str:
    kind, loss = OPTIMIZERS[config.optimizer], LOSSES[config.loss]
    settings = "".join(f", {name}={_literal(getattr(config, name))}" for name in kind.fields)
    optimizer = f"keras.optimizers.{kind.label or kind.name.capitalize()}(LEARNING_RATE{settings})"
    measured = '"accuracy"'
    if config.patience and validation_loss(config) != "val_loss":
        measured += ', keras.metrics.CategoricalCrossentropy(name="cross_entropy")'
    return f"""\
model.compile(
    optimizer={optimizer},
    loss="{loss.keras_name or loss.name}",
    metrics=[{measured}],
)"""


def _literal(value: float | bool) -> str:
    """Return a switch or a number as Python code; Keras takes no whole numbers, which a JSON file may hold."""
    return repr(value if isinstance(value, bool) else float(value))


def _fit(config: TrainConfig, has_callbacks: bool) -> str:
    lines = ["model.fit(", "    batches(),", "    steps_per_epoch=STEPS_PER_EPOCH,", "    epochs=EPOCHS,"]
    lines.append("    shuffle=False,")
    if config.kept_back or config.fold:
        lines += ["    validation_data=validation,", "    validation_batch_size=500,"]
    if has_callbacks:
        lines.append("    callbacks=callbacks,")
    return "\n".join([*lines, "    verbose=2,", ")"])


def _test_text(config: TrainConfig) -> str:
    if config.tested_on == TEST_IMAGES:
        return "On images that no training has seen."
    why = "The recipe leaves the test images unseen" if config.test_unseen else "There are no test images"
    return f"{why}, so the {config.tested_on} stand in for them, as in the run."


def _test(run: Reproduction) -> str:
    return f"""\
result = model.evaluate(scale(x_test), one_hot(y_test), batch_size=500, verbose=0, return_dict=True)
print(f"{run.config.accuracy_label} {{100 * result['accuracy']:.2f}} %; the run had {run.accuracy}")
model.save("{"digits" if run.config.dataset.is_digits else "model"}.keras")"""
