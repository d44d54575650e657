"""The fields that a sweep may vary, and those that exclude each other."""

from collections.abc import Sequence

from core.config.field_spec import ConfigError
from core.config.optimizers import OPTIMIZERS, optimizer_fields
from core.config.train_config import TrainConfig
from core.sweeps.swept_field import SweptField

NEVER_VARIED = {
    "seed": "each trial has seeds of its own, as many as the sweep's seeds say",
    "dataset": "accuracies on different images cannot be compared",
    "validation_images": "accuracies on different images cannot be compared",
    "fold": "accuracies on different images cannot be compared",
    "start_from": "it names a run; make a sweep for each network to start from",
    "trained_layers": "it belongs to the network to start from; set it in the recipe",
    "test_unseen": "the trials of a sweep never see the test images",
    "target_accuracy": "a trial would be praised for ending early",
}
"""The fields that no sweep varies, each with the reason."""

_BUILT_FROM = ("architecture", "hidden_units", "dropout")


def check_varied(base: TrainConfig, fields: Sequence[SweptField], is_timed: bool) -> None:
    """Raise `ConfigError` where these fields cannot be varied around a recipe, or not together.

    is_timed: whether each trial trains for a given time.
    """
    names = [each.name for each in fields]
    if not names:
        raise ConfigError("The sweep varies nothing: choose at least one field, such as learning_rate.")
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{name} is varied twice; give it one range.")
        if name in NEVER_VARIED:
            raise ConfigError(f"{name} cannot be varied: {NEVER_VARIED[name]}.")
    if "time_limit_s" in names and is_timed:
        raise ConfigError("time_limit_s cannot be varied where the sweep looks for the accuracy in a given time.")
    _check_network(base, names)
    _check_optimizers(base, fields)
    for each in fields:
        _check_values(base, each)


def _check_network(base: TrainConfig, names: Sequence[str]) -> None:
    built = [name for name in _BUILT_FROM if name in names]
    if built and "layers" in names:
        raise ConfigError(
            f"layers and {built[0]} exclude each other: layers replace the architecture with its hidden units and "
            "dropout. Vary one of the two."
        )
    if built and base.layers:
        raise ConfigError(
            f"{built[0]} changes nothing: the recipe has layers of its own, which replace the architecture with its "
            "hidden units and dropout. Vary layers instead."
        )
    if {"augmentation", "other_hands"} <= set(names):
        raise ConfigError("augmentation and other_hands exclude each other: other hands replace it. Vary one.")


def _check_optimizers(base: TrainConfig, fields: Sequence[SweptField]) -> None:
    optimizers = next((each.options for each in fields if each.name == "optimizer"), (base.optimizer,))
    used = {name for each in optimizers if each in OPTIMIZERS for name in OPTIMIZERS[each].fields}
    if idle := sorted({each.name for each in fields} & set(optimizer_fields()) - used):
        raise ConfigError(
            f"{idle[0]} changes nothing with {', '.join(map(str, optimizers))}. Vary another field, or the "
            "optimizer too."
        )


def _check_values(base: TrainConfig, swept: SweptField) -> None:
    """Check that each end or option makes a recipe by itself, the others as in the base."""
    for value in swept.examples():
        try:
            base.changed({swept.name: value})
        except ConfigError as error:
            raise ConfigError(f"{swept.name} cannot be varied so. {error}") from error
