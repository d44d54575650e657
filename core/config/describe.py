"""Recipes in words: the difference from the seed recipe, and the differences between several recipes."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.config.architectures import ARCHITECTURES
from core.config.dataset_spec import DatasetSpec
from core.config.field_spec import format_number
from core.config.layer_specs import describe_layer
from core.config.named_stacks import STACK_LABELS
from core.config.train_config import FIELD_SPECS, TrainConfig

_OWN_NETWORK = "own"
_NO_CHANGES: Mapping[str, str] = {}


def network_name(network: str) -> str:
    """Return what people call the network of a config (`TrainConfig.network`)."""
    labels = {each.name: each.label for each in ARCHITECTURES.values()} | STACK_LABELS | {_OWN_NETWORK: "Own layers"}
    return labels.get(network) or network


def summarize_recipe(config: TrainConfig, changes: Mapping[str, str] = _NO_CHANGES) -> str:
    """Return in a few words what differs from the seed recipe; 'seed recipe' where nothing does.

    Another network than the seed recipe's comes first: its name, or its layers where it has none. `changes` are, by
    field, the words for what was changed while the run trained (`runs.plan.changed_settings`).
    """
    seed, values = _values(TrainConfig()), {**_values(config), **changes}
    unnamed = values["architecture"] == _OWN_NETWORK
    hidden = "architecture" if unnamed else "layers"  # a name says which layers it has
    changed = [name for name in values if name != hidden and values[name] != seed[name]]
    return ", ".join(_describe_setting(name, values[name]) for name in changed) or "seed recipe"


def describe_recipe(config: TrainConfig, changes: Mapping[str, str] = _NO_CHANGES) -> dict[str, str]:
    """Return the value of each setting in words, by field; `changes` as in `summarize_recipe`."""
    values = {**_values(config), **changes}
    return {name: _value_in_words(name, value) for name, value in (values | {"layers": _all_layers(config)}).items()}


def _all_layers(config: TrainConfig) -> tuple[Mapping[str, Any], ...]:
    """Return the network's layers but for the last: the recipe's own, or those of its architecture."""
    return config.layers or tuple(ARCHITECTURES[config.architecture].layers(config)[:-1])


def _values(config: TrainConfig) -> dict[str, Any]:
    """Return the recipe's values by field; the architecture is the name of the network."""
    return {name: getattr(config, name) for name in FIELD_SPECS} | {"architecture": config.network}


def _describe_setting(name: str, value: object) -> str:
    if name in ("architecture", "layers"):
        return _value_in_words(name, value)
    label = FIELD_SPECS[name].label.lower()
    if isinstance(value, bool):
        return label if value else f"no {label}"
    return f"{label} {_value_in_words(name, value)}"


def _value_in_words(name: str, value: object) -> str:
    """Return the value of a field as a person reads it; a choice has the name that people call it by."""
    spec = FIELD_SPECS[name]
    if name == "architecture":
        return network_name(str(value))
    if isinstance(value, str) and value in spec.choices:
        return spec.choice_name(value)
    return format_value(value)


def format_value(value: object) -> str:
    """Return a setting's value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format_number(value)
    if isinstance(value, DatasetSpec):
        return value.name if value.version == 1 else f"{value.name} (version {value.version})"
    if isinstance(value, tuple):
        return "; ".join(describe_layer(layer) for layer in value)
    return str(value)


def recipe_differences(
    configs: Sequence[TrainConfig], changes: Sequence[Mapping[str, str]] = ()
) -> list[tuple[str, list[str]]]:
    """Return each setting in which the recipes differ: its label, and its value in each of them, in words.

    `changes` are those of each recipe, as in `summarize_recipe`; none where it is empty.
    """
    changes = changes or [_NO_CHANGES] * len(configs)
    recipes = [{**_values(config), **changed} for config, changed in zip(configs, changes, strict=True)]
    differing = [name for name in FIELD_SPECS if any(recipe[name] != recipes[0][name] for recipe in recipes)]
    shown = [recipe | {"layers": _all_layers(config)} for recipe, config in zip(recipes, configs, strict=True)]
    return [(FIELD_SPECS[name].label, [_value_in_words(name, recipe[name]) for recipe in shown]) for name in differing]
