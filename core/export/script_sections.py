"""The parts of a script that trains a run's network again in plain Keras, in the order in which they run."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.config.dataset_spec import MNIST, DatasetSpec, ImageForm
from core.config.describe import summarize_recipe
from core.config.losses import LOSSES
from core.config.optimizers import OPTIMIZERS
from core.config.recipe_fields import FOLDS
from core.config.train_config import TEST_IMAGES, TrainConfig
from core.datasets.augmentation import shift
from core.datasets.split import SUBSAMPLE_STREAM, even_order
from core.export import plain_augmentation
from core.export.reproduction import Reproduction
from core.export.script_callbacks import script_callbacks, validation_loss
from core.export.script_network import network_code
from core.export.script_schedule import schedule_code
from core.export.script_source import plain_source

MNIST_VARIABLE = "MNIST_NPZ"
"""The environment variable by which a script is given MNIST as a file."""

DATASET_VARIABLE = "DATASET_NPZ"
"""The same for another data set."""


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
    yield Section("The data", _data_text(config), _data(config))
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


def _data_text(config: TrainConfig) -> str:
    spec = config.dataset
    tested = f"{spec.test_images:,} for the test" if spec.test_images else "none for the test"
    texts = [f"{spec.name}: {spec.train_images:,} images for training and {tested}, 28×28 grey values from 0 to 255."]
    if spec != MNIST:
        texts.append("The first are put into an order in which all classes go on evenly.")
    if config.fold:
        texts.append(f"Every fifth of the first, from image {config.fold - 1} on, is kept for validation.")
    elif config.kept_back:
        texts.append(f"The last {config.kept_back:,} of the first are kept for validation.")
    if config.training_share < 1:
        texts.append("Of the rest a share is trained on, chosen by the seed as in the run.")
    if config.label_noise:
        texts.append("A share of the labels is made wrong, the same ones as in the run.")
    if config.label_smoothing:
        texts.append("The targets are smoothed: the network is not asked to be quite certain.")
    return " ".join(texts)


def _data(config: TrainConfig) -> str:
    trained_on, kept_back = _parts(config)
    classes = config.dataset.num_classes
    blocks = [
        f"{_load(config)}\n",
        *([f"fold = np.arange(len(x_train)) % {FOLDS} == {config.fold - 1}"] if config.fold else []),
        *_stand_in(config, kept_back),
        f"images, labels = x_train{trained_on}, y_train{trained_on}",
        *_choice_of_images(config),
        *_wrong_labels(config),
        f'''\


def scale(images):
    """Return grey values from 0 to 255 as numbers from 0 to 1."""
    return images.astype("float32") / 255


def one_hot(labels):
    """Return a row of {classes} for each label: 1 at its place, else 0."""
    return keras.utils.to_categorical(labels, {classes})


targets = one_hot(labels)''',
    ]
    if config.label_smoothing:
        share = config.label_smoothing
        blocks[-1] += f" * (1 - {share}) + {share} / {classes}"
    if kept_back:
        blocks.append(f"validation = scale(x_train{kept_back}), one_hot(y_train{kept_back})")
    return "\n".join(blocks)


_LOAD_MNIST = f"""\
if path := os.environ.get("{MNIST_VARIABLE}"):
    with np.load(path) as file:
        x_train, y_train, x_test, y_test = (file[name] for name in ("x_train", "y_train", "x_test", "y_test"))
else:
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()"""

_LOAD_OTHER = f"""\
with np.load(os.environ.get("{DATASET_VARIABLE}", "arrays.npz")) as file:
    x_train, y_train, x_test, y_test = (file[name] for name in ("x_train", "y_train", "x_test", "y_test"))
order = even_order(y_train)
x_train, y_train = x_train[order], y_train[order]"""


def _load(config: TrainConfig) -> str:
    """Return the code that loads the images, and the names of classes other than MNIST's."""
    if config.dataset == MNIST:
        return _LOAD_MNIST
    return "\n\n\n".join([plain_source(even_order), f"{_class_names(config.dataset)}\n{_LOAD_OTHER}"])


def _class_names(dataset: DatasetSpec) -> str:
    names = "".join(f"    {name!r},\n" for name in dataset.class_names)
    return f"CLASSES = [\n{names}]"


def _stand_in(config: TrainConfig, kept_back: str) -> list[str]:
    """Return the code by which the validation or training images stand in for test images, where none are looked at."""
    if config.tested_on == TEST_IMAGES:
        return []
    return [f"x_test, y_test = x_train{kept_back}, y_train{kept_back}"]


def _parts(config: TrainConfig) -> tuple[str, str]:
    """Return the indexes, in Python, of the images that are trained on and of those that are kept back; '' is none."""
    if config.fold:
        return "[~fold]", "[fold]"
    last = config.kept_back
    return (f"[:-{last}]", f"[-{last}:]") if last else ("", "")


def _choice_of_images(config: TrainConfig) -> list[str]:
    lines = []
    if config.training_share < 1 or config.label_noise:
        lines.append(f"rng = np.random.default_rng([SEED, {SUBSAMPLE_STREAM}])")
    if config.training_share < 1:
        share = f" max(1, round({config.training_share} * len(labels)))"
        lines.append(f"chosen = np.sort(rng.permutation(len(labels))[:{share}])")
        lines.append("images, labels = images[chosen], labels[chosen]")
    return lines


def _wrong_labels(config: TrainConfig) -> list[str]:
    if not config.label_noise:
        return []
    classes = config.dataset.num_classes
    return [
        f"wrong = rng.permutation(len(labels))[: round({config.label_noise} * len(labels))]",
        "labels = labels.copy()",
        f"labels[wrong] = (labels[wrong] + rng.integers(1, {classes}, len(wrong), dtype=np.uint8)) % {classes}",
    ]


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
