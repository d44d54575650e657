"""The recipe of a training run: one frozen dataclass that refuses values out of range with a sentence."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

from core.config.architectures import ARCHITECTURES
from core.config.dataset_spec import MNIST, DatasetSpec, parse_dataset
from core.config.field_spec import ConfigError, FieldSpec, check_value
from core.config.layer_math import check_layers_fit
from core.config.layer_specs import LayerSpec, parse_layers
from core.config.losses import LOSSES
from core.config.named_stacks import NAMED_STACKS
from core.config.optimizers import OPTIMIZERS
from core.config.registry import Entry
from core.config.schedules import SCHEDULES

FOLDS = 5
"""Into how many folds cross-validation parts the training images."""

READER = "reader"
"""What `start_from` is called where a network starts from the shipped reader."""

TEST_IMAGES = "test images"
"""The images that a run is tested on, where its data set has any."""

_RUN_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,119}")
_MAX_VALIDATION_SHARE = 5
_LATER_FIELDS = ("dataset", "start_from", "trained_layers", "test_unseen")
"""The fields that a config's JSON leaves out where they are the recipe's, so that it reads as it always did."""


def _setting(
    default: Any,
    label: str,
    text: str,
    low: float | None = None,
    high: float | None = None,
    entries: Mapping[str, Entry] | None = None,
    words: Mapping[str, str] | None = None,
) -> Any:
    names = words or {}
    spec = FieldSpec(label, text, low, high, entries or tuple(names), tuple(names.items()))
    return field(default=default, metadata={"spec": spec})


@dataclass(frozen=True)
class TrainConfig:
    """A training recipe. `TrainConfig()` is the seed recipe: 28×28 → Flatten → Dense 128 ReLU → Dropout 0.2 → Dense 10.

    Raises `ConfigError` where a value has the wrong type or lies outside its range.
    """

    architecture: str = _setting("mlp", "Network", "", entries=ARCHITECTURES)
    layers: tuple[LayerSpec, ...] = _setting(
        (),
        "Layers",
        "The network's layers from the picture to the last one, which is always Dense softmax with a unit for each "
        "class. They replace the architecture with its hidden units and dropout; without any, it is built.",
    )
    hidden_units: int = _setting(
        128,
        "Hidden units",
        "Neurons in the hidden layer. 128 is enough for about 97.7 %; 512 adds some 0.3 points and takes longer.",
        8,
        2048,
    )
    dropout: float = _setting(
        0.2,
        "Dropout",
        "The share of neurons silenced at random in each training step, so that none is relied on alone. 20 % holds "
        "back overfitting without slowing the learning much; 0 turns it off. In the reader "
        "this is the share before the last layer, and a third of it is silenced where it pools.",
        0.0,
        0.9,
    )
    epochs: int = _setting(
        5,
        "Epochs",
        "How many times every training image is seen. After 5 the recipe's test accuracy hardly rises any more.",
        1,
        200,
    )
    target_accuracy: float = _setting(
        0.0,
        "Target accuracy",
        "Training ends after the epoch that reads this share of the validation images right: 0.99 for 99 %. The epochs "
        "are then the most there will be; 0 trains all of them.",
        0.0,
        1.0,
    )
    time_limit_s: int = _setting(
        0,
        "Time limit, seconds",
        "Training ends when it has learned for this long, wherever it is: 60 for a minute. A schedule is cut off, for "
        "it is laid out over all epochs. 0 sets no limit.",
        0,
        86400,
    )
    patience: int = _setting(
        0,
        "Patience, epochs",
        "Early stopping: training ends when the validation loss has not become smaller for so many epochs, since from "
        "then on the network mostly learns its training images by heart. 0 trains all epochs.",
        0,
        50,
    )
    batch_size: int = _setting(
        32,
        "Batch size",
        "Images per step of the optimizer. Small batches learn more per image; large ones compute faster per image. "
        "32 is the customary middle.",
        1,
        1024,
    )
    learning_rate: float = _setting(
        0.001,
        "Learning rate",
        "How far each step moves the weights. 0.001 is Adam's published default; ten times more makes the loss jump, "
        "ten times less needs many more epochs. SGD wants about 0.1.",
        0.00001,
        1.0,
    )
    optimizer: str = _setting("adam", "Optimizer", "", entries=OPTIMIZERS)
    momentum: float = _setting(
        0.9,
        "Momentum",
        "With SGD: how much of the last step is added to the next. 0.9 is customary and learns "
        "about ten times as fast as 0; above 0.95 it overshoots.",
        0.0,
        0.99,
    )
    nesterov: bool = _setting(
        False,
        "Nesterov",
        "With SGD: each step is corrected by the slope where the momentum is about to lead, so that it slows down "
        "before it overshoots (Nesterov, 1983). It changes nothing where momentum is 0.",
    )
    beta_1: float = _setting(
        0.9,
        "Beta 1",
        "With Adam and AdamW: how much of past gradients' mean goes on into the next step, as momentum does with SGD. "
        "0.9 remembers about ten steps; 0 follows each batch alone, and 0.99 overshoots.",
        0.0,
        0.99,
    )
    beta_2: float = _setting(
        0.999,
        "Beta 2",
        "With Adam and AdamW: how long it remembers how large a weight's gradients were, by which it divides that "
        "weight's steps. 0.999 remembers about a thousand steps; 0.9 follows a change sooner, with unsteady steps.",
        0.5,
        0.9999,
    )
    rho: float = _setting(
        0.9,
        "Rho",
        "With RMSprop: how long it remembers how large a weight's gradients were, by which it divides that weight's "
        "steps. 0.9 remembers about ten steps; 0.99 is steadier and slower to follow a change.",
        0.0,
        0.999,
    )
    weight_decay: float = _setting(
        0.004,
        "Weight decay",
        "With AdamW: each step shrinks all weights by this share, times the learning rate. It keeps weights small that "
        "the digits do not need, which holds back overfitting. 0.004 is Keras's default; 0 makes it plain Adam.",
        0.0,
        0.5,
    )
    loss: str = _setting("cross_entropy", "Loss", "What training minimises.", entries=LOSSES)
    label_smoothing: float = _setting(
        0.0,
        "Label smoothing",
        "The share of certainty that is spread over all classes: with 0.1 the network is asked for 91 % and not for "
        "100 %, so it grows less sure of itself, and its probabilities are more honest.",
        0.0,
        0.5,
    )
    schedule: str = _setting("constant", "Learning rate over time", "", entries=SCHEDULES)
    augmentation: bool = _setting(
        False,
        "Augmentation",
        "Shift, rotate, stretch, slant, thicken or thin each image a little, anew every time it is seen. The recipe "
        "does without; a network that is to read other people's handwriting needs it, and more epochs.",
    )
    other_hands: bool = _setting(
        False,
        "Other hands",
        "Bend images far, draw some digits anew in forms that MNIST lacks (crossed 7s, 1s with a foot, hooked 9s) and "
        "mix in drawings that are no digit. It replaces Augmentation, and wants 20 epochs or more.",
    )
    mixed_precision: bool = _setting(
        False,
        "Mixed precision",
        "Compute convolutions in bfloat16 and keep the weights in float32: as exact, and more than twice as fast on "
        "processors with AMX. It changes nothing where the processor is not made for it.",
    )
    training_share: float = _setting(
        1.0,
        "Share of the training images",
        "How much of the training images is used, chosen by the seed. A tenth shows how much worse a network reads "
        "that has seen little, and how much sooner it overfits.",
        0.001,
        1.0,
    )
    label_noise: float = _setting(
        0.0,
        "Wrong labels",
        "The share of training images that get a wrong label, chosen by the seed, to see what it does: a network "
        "learns the right digits in spite of much noise, until it has epochs enough to learn the mistakes by heart.",
        0.0,
        0.9,
    )
    validation_images: int = _setting(
        5000,
        "Validation images",
        "The last so many training images are kept out of training and measured after each epoch, but at most a fifth "
        "of a small data set. Of MNIST's 60,000, 5,000 are customary; with 0, all are trained on and there is no "
        "validation curve.",
        0,
        10000,
    )
    fold: int = _setting(
        0,
        "Fold kept back",
        "With 1 to 5, every fifth training image, from that one on, is kept out of training and "
        "measured after each epoch, in place of the validation images. Five such runs read every training image "
        "without having learned from it (cross-validation). 0 keeps no fold back.",
        0,
        FOLDS,
    )
    seed: int = _setting(
        0,
        "Seed",
        "Where the random numbers start: first weights, order of the images, dropout. The same seed on the same "
        "machine gives the same network, to the last bit.",
        0,
        2**31 - 1,
    )
    dataset: DatasetSpec = _setting(
        MNIST,
        "Data set",
        "What is learned: MNIST's ten digits, or a data set of one's own, which the Data page and the command `data` "
        "add. The network's last layer has an output for each of its classes.",
    )
    start_from: str = _setting(
        "",
        "Start from",
        "Where the first weights come from: random numbers, or a network that has learned already, the shipped reader "
        "(reader) or a run by its id. A few images are then enough. The last layer is new where the classes differ.",
    )
    trained_layers: str = _setting(
        "all",
        "Layers trained",
        "With a network to start from: train all of its layers, or only the last, which is quick and keeps what the "
        "others have learned. All layers read more right where the pictures look unlike those learned before.",
        words={"all": "All", "last": "Only the last"},
    )
    test_unseen: bool = _setting(
        False,
        "Test images unseen",
        "The report is on the validation images, and the test images are not looked at. A sweep trains its trials so: "
        "a recipe that was chosen because it reads the test images well says nothing about other images any more.",
    )

    def __post_init__(self) -> None:
        checked = check_fields({each.name: getattr(self, each.name) for each in fields(self)})
        for name in ("layers", "dataset"):
            object.__setattr__(self, name, checked[name])
        if self.layers:
            check_layers_fit(self.layers, self.batch_size, self.dataset.num_classes)
        self._check_start()
        for name in ("target_accuracy", "patience"):
            if getattr(self, name) and not self.has_validation:
                raise ConfigError(f"{name} is {getattr(self, name)}; it needs validation images, and there are none.")
        if self.test_unseen and not self.has_validation:
            raise ConfigError("test_unseen is on; it needs validation images, and there are none.")

    def _check_start(self) -> None:
        if self.trained_layers == "last" and not self.start_from:
            raise ConfigError(
                "trained_layers is 'last'; that needs a network to start from (start_from), and there is none."
            )
        if self.start_from == READER and (self.layers or self.architecture != READER):
            raise ConfigError(
                f"start_from is {READER!r}; the network must then be the reader's, and it is {self.network}. "
                "Choose that network, or start from random weights."
            )
        if self.other_hands and not self.dataset.is_digits:
            raise ConfigError(
                f"other_hands is on; it draws digits, and the classes of {self.dataset.name} are no digits. "
                "Use augmentation."
            )

    @property
    def kept_back(self) -> int:
        """Return how many training images are the validation images where no fold is kept back.

        They are a fifth of the data set at most, so that a small one still has images to learn from.
        """
        return min(self.validation_images, self.dataset.train_images // _MAX_VALIDATION_SHARE)

    @property
    def has_validation(self) -> bool:
        """Return whether images are kept out of training and measured after each epoch."""
        return bool(self.kept_back or self.fold)

    @property
    def tested_on(self) -> str:
        """Return which images a run's report is on: the test images, or others where its data set has none.

        The test images of a recipe that leaves them unseen are as good as not there.
        """
        if self.dataset.test_images and not self.test_unseen:
            return TEST_IMAGES
        return "validation images" if self.has_validation else "training images"

    @property
    def tested_part(self) -> tuple[DatasetSpec, int, int]:
        """Return what decides which images a run's report is on: it is the same where they are the same images."""
        if self.tested_on == TEST_IMAGES:
            return self.dataset, 0, 0
        return self.dataset, self.fold, 0 if self.fold else self.kept_back

    @property
    def accuracy_label(self) -> str:
        """Return what the accuracy in a run's report is called; only on test images is it the test accuracy."""
        return "Test accuracy" if self.tested_on == TEST_IMAGES else f"Accuracy on the {self.tested_on}"

    @property
    def network(self) -> str:
        """Return what the network is called: its architecture, the name of its stack of layers, or `own`."""
        named = (name for name, stack in NAMED_STACKS.items() if parse_layers(stack) == self.layers)
        return next(named, "own") if self.layers else self.architecture

    def to_json(self) -> str:
        """Return the config as an indented JSON object, one key a field; later fields only where they are set."""
        values = asdict(self) | {"dataset": self.dataset.to_json()}
        unset = [name for name in _LATER_FIELDS if getattr(self, name) == FIELD_DEFAULTS[name]]
        return json.dumps({name: value for name, value in values.items() if name not in unset}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "TrainConfig":
        """Return the config that `to_json` wrote; missing fields take the recipe's value.

        Raises `ConfigError` where the text is no JSON object, names an unknown field or holds a value out of range.
        """
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"The config is not valid JSON: {error}.") from error
        if not isinstance(values, dict):
            raise ConfigError("The config must be a JSON object with one key a field.")
        return cls().changed(values)

    def changed(self, values: Mapping[str, Any]) -> "TrainConfig":
        """Return this config with `values` in place of its own; raises `ConfigError` for an unknown field."""
        check_fields(values)
        return replace(self, **values)


@lru_cache(4096)
def parse_config(text: str) -> TrainConfig:
    """Return what `TrainConfig.from_json` does, for a text that was parsed before the same config."""
    return TrainConfig.from_json(text)


FIELD_SPECS: dict[str, FieldSpec] = {each.name: each.metadata["spec"] for each in fields(TrainConfig)}
"""The `FieldSpec` of each field of `TrainConfig`, in order."""

FIELD_DEFAULTS: dict[str, Any] = {each.name: each.default for each in fields(TrainConfig)}
"""The seed recipe's value of each field."""

_PARSERS = {"layers": parse_layers, "dataset": parse_dataset}


def check_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of some fields, layers and data set parsed; whether all go together is not checked.

    Raises `ConfigError` for an unknown field, and for a value of the wrong type or out of its range.
    """
    unknown = sorted(values.keys() - FIELD_SPECS.keys())
    if unknown:
        raise ConfigError(f"Unknown field {unknown[0]!r}; the fields are {', '.join(FIELD_SPECS)}.")
    for each in fields(TrainConfig):
        if each.name == "start_from" and each.name in values:
            _check_start_name(values[each.name])
        elif each.name in values and each.name not in _PARSERS:
            check_value(each.name, values[each.name], each.type, each.metadata["spec"])
    return {name: _PARSERS[name](value) if name in _PARSERS else value for name, value in values.items()}


def _check_start_name(value: object) -> None:
    if value != "" and not (isinstance(value, str) and _RUN_ID.fullmatch(value)):
        raise ConfigError(f"start_from is {value!r}; it must be {READER!r}, the id of a run, or empty.")
