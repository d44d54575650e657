"""The recipe of a training run: one frozen dataclass that refuses values out of range with a sentence."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from core.config.architectures import ARCHITECTURES
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


def _setting(
    default: Any,
    label: str,
    text: str,
    low: float | None = None,
    high: float | None = None,
    entries: Mapping[str, Entry] | None = None,
) -> Any:
    return field(default=default, metadata={"spec": FieldSpec(label, text, low, high, entries or ())})


@dataclass(frozen=True)
class TrainConfig:
    """A training recipe. `TrainConfig()` is the seed recipe: 28×28 → Flatten → Dense 128 ReLU → Dropout 0.2 → Dense 10.

    Raises `ConfigError` where a value has the wrong type or lies outside its range.
    """

    architecture: str = _setting("mlp", "Network", "", entries=ARCHITECTURES)
    layers: tuple[LayerSpec, ...] = _setting(
        (),
        "Layers",
        "The network's layers from the picture to the last one, which is always Dense 10 softmax. They replace the "
        "architecture with its hidden units and dropout; without any, the architecture is built.",
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
        "The share of certainty that is spread over all ten digits: with 0.1 the network is asked for 91 % and not for "
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
        "The last so many of the 60,000 training images are kept out of training and measured after each epoch. 5,000 "
        "is customary; with 0, all 60,000 are trained on and there is no validation curve.",
        0,
        10000,
    )
    fold: int = _setting(
        0,
        "Fold kept back",
        "With 1 to 5, every fifth of the 60,000 training images, from that one on, is kept out of training and "
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

    def __post_init__(self) -> None:
        checked = check_fields({each.name: getattr(self, each.name) for each in fields(self)})
        object.__setattr__(self, "layers", checked["layers"])
        if self.layers:
            check_layers_fit(self.layers, self.batch_size)
        for name in ("target_accuracy", "patience"):
            if getattr(self, name) and not (self.validation_images or self.fold):
                raise ConfigError(f"{name} is {getattr(self, name)}; it needs validation images, and there are none.")

    @property
    def network(self) -> str:
        """Return what the network is called: its architecture, the name of its stack of layers, or `own`."""
        named = (name for name, stack in NAMED_STACKS.items() if parse_layers(stack) == self.layers)
        return next(named, "own") if self.layers else self.architecture

    def to_json(self) -> str:
        """Return the config as an indented JSON object, one key a field."""
        return json.dumps(asdict(self), indent=2)

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


FIELD_SPECS: dict[str, FieldSpec] = {each.name: each.metadata["spec"] for each in fields(TrainConfig)}
"""The `FieldSpec` of each field of `TrainConfig`, in order."""


def check_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of some fields, layers as `parse_layers` returns them; whether all go together is not checked.

    Raises `ConfigError` for an unknown field, and for a value of the wrong type or out of its range.
    """
    unknown = sorted(values.keys() - FIELD_SPECS.keys())
    if unknown:
        raise ConfigError(f"Unknown field {unknown[0]!r}; the fields are {', '.join(FIELD_SPECS)}.")
    for each in fields(TrainConfig):
        if each.name in values and each.name != "layers":
            check_value(each.name, values[each.name], each.type, each.metadata["spec"])
    return {name: parse_layers(value) if name == "layers" else value for name, value in values.items()}
