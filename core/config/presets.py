"""The presets: recipes that have a name on the Train page, on the command line and in links."""

from dataclasses import dataclass, fields, replace

from core.config.dataset_spec import MNIST, DatasetSpec
from core.config.describe import network_name
from core.config.field_spec import ConfigError
from core.config.named_stacks import LENET_5, LINEAR, MINUTE, OVERFITTING, RESIDUAL
from core.config.train_config import TrainConfig


@dataclass(frozen=True)
class Preset:
    """A recipe: its name on the command line and in links, its title on pages, and in a few words what it is for."""

    name: str
    title: str
    why: str
    config: TrainConfig
    accuracy: float | None = None  # on the test images, as docs/accuracy.md has it; None where it does not


_MAX_NAME = 40  # of a data set in a title

_PRESETS = (
    Preset("recipe", "Seed recipe", "the one the project grew from", TrainConfig(), 0.9772),
    Preset(
        "recipe-60k",
        "Seed recipe, all images",
        "the same on all 60,000 images",
        TrainConfig(validation_images=0),
        0.9765,
    ),
    Preset(
        "convnet",
        "Convolutions",
        "four convolutions, with augmentation",
        TrainConfig(
            architecture="convnet",
            hidden_units=96,
            batch_size=64,
            learning_rate=0.003,
            schedule="one_cycle",
            augmentation=True,
        ),
        0.9959,
    ),
    Preset(
        "reader",
        "The shipped reader",
        "the one that made the shipped network",
        TrainConfig(
            architecture="reader",
            dropout=0.3,
            epochs=36,
            batch_size=128,
            learning_rate=0.002,
            optimizer="adamw",
            weight_decay=0.03,
            schedule="one_cycle",
            other_hands=True,
            mixed_precision=True,
        ),
        0.9977,
    ),
    Preset(
        "minute",
        "99 % in a minute",
        "99 % on the test images as soon as can be",
        TrainConfig(
            layers=MINUTE,
            epochs=2,
            batch_size=128,
            learning_rate=0.01,
            schedule="one_cycle",
            mixed_precision=True,
        ),
    ),
    Preset(
        "small-set",
        "Small set",
        "for a few drawings of each class; it starts from the shipped reader, which has learned to see strokes",
        TrainConfig(
            architecture="reader",
            dropout=0.3,
            epochs=30,
            batch_size=16,
            learning_rate=0.001,
            schedule="one_cycle",
            augmentation=True,
            start_from="reader",
        ),
    ),
    Preset("linear", "Linear", "ten weighted sums, nothing between", TrainConfig(layers=LINEAR)),
    Preset(
        "lenet-5",
        "LeNet-5",
        "the network of 1998, but for its output of drawn digits and its pooling's own weights",
        TrainConfig(layers=LENET_5),
    ),
    Preset(
        "residual",
        "Residual",
        "a small one with shortcuts",
        TrainConfig(
            layers=RESIDUAL,
            epochs=3,
            batch_size=64,
            learning_rate=0.01,
            schedule="one_cycle",
            mixed_precision=True,
        ),
    ),
    Preset(
        "overfitting",
        "Overfitting",
        "bad on purpose; far too large for the few images it sees",
        TrainConfig(layers=OVERFITTING, epochs=30, training_share=0.02),
    ),
)

PRESETS: dict[str, TrainConfig] = {each.name: each.config for each in _PRESETS}
"""The recipe of each preset, by its name."""

PRESET_CARDS: dict[str, Preset] = {each.name: each for each in _PRESETS}
"""Each preset with its title and what it is for, by its name."""

REFERENCE_ACCURACY = 0.9766
"""The test accuracy that the seed recipe is known for, drawn as the reference line."""


def reference_accuracy(config: TrainConfig) -> float | None:
    """Return the accuracy with which a run's is compared: the seed recipe's on MNIST, None for another data set."""
    return REFERENCE_ACCURACY if config.dataset == MNIST else None


def recipe_title(config: TrainConfig) -> str:
    """Return what a recipe is called: the title of the preset that it is, but for its seed, or its network's name.

    Where it learns another data set than MNIST, that is named too.
    """
    title = next((each.title for each in _PRESETS if _is_of(each.config, config)), "") or network_name(config.network)
    name = config.dataset.name
    short = name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"
    return title if config.dataset == MNIST else f"{title} on {short}"


def preset_for(config: TrainConfig, dataset: DatasetSpec) -> TrainConfig:
    """Return a preset's recipe for a data set: without other hands, which draw digits, where it has other classes."""
    return replace(config, dataset=dataset, other_hands=config.other_hands and dataset.is_digits)


def preset_name(config: TrainConfig) -> str:
    """Return the name of the preset that a recipe is, whatever its data set; '' for another recipe."""
    return next((name for name, each in PRESETS.items() if each.seed == config.seed and _is_of(each, config)), "")


def _is_of(preset: TrainConfig, config: TrainConfig) -> bool:
    """Return whether a recipe is that of a preset, whatever its seed and data set."""
    names = [each.name for each in fields(TrainConfig) if each.name not in ("seed", "dataset")]
    return all(getattr(preset, name) == getattr(config, name) for name in names)


def preset(name: str) -> TrainConfig:
    """Return the preset of that name; raises `ConfigError` with the names there are."""
    if name not in PRESETS:
        raise ConfigError(f"preset is {name!r}; it must be one of {', '.join(PRESETS)}.")
    return PRESETS[name]
